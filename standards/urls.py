from django.urls import path

from standards import views

app_name = "standards"
urlpatterns = [
    path("", views.frameworks, name="frameworks"),
    path("lookup/", views.lookup, name="lookup"),
    path("item/<path:identifier>/", views.item, name="item"),
    path("level/<path:identifier>/", views.level, name="level"),
    path("<str:short_name>/", views.framework, name="framework"),
]
