from django.urls import path

from repository.views import contribute, my_resources, picker, review

app_name = "repository"

urlpatterns = [
    path("contribute/", contribute.start, name="contribute"),
    path("contribute/standards/", picker.standards, name="standards"),
    path("contribute/<uuid:identifier>/", contribute.edit, name="edit"),
    path("contribute/<uuid:identifier>/preview/", contribute.preview, name="preview"),
    path("contribute/<uuid:identifier>/submit/", contribute.submit, name="submit"),
    path("my-resources/", my_resources.index, name="my_resources"),
    path("my-resources/<uuid:identifier>/<slug:action>/", my_resources.act, name="act"),
    path("review/", review.queue, name="queue"),
    path("review/<uuid:identifier>/", review.review, name="review"),
]
