from django.urls import path

from standards import outline_views, views

app_name = "standards"
urlpatterns = [
    path("", views.frameworks, name="frameworks"),
    path("lookup/", views.lookup, name="lookup"),
    path("item/<path:identifier>/", views.item, name="item"),
    path("level/<path:identifier>/", views.level, name="level"),
    path("<str:short_name>/", views.framework, name="framework"),
    path("<str:short_name>/print/", outline_views.printable, name="printable"),
    path("<str:short_name>/compare/", outline_views.compare, name="compare"),
    path("<str:short_name>/download/<str:format>/", outline_views.download, name="download"),
]
