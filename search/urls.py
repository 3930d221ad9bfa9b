from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("", views.search, name="search"),
    path("facet/<slug:name>/", views.facet, name="facet"),
]
