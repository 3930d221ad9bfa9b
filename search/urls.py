from django.urls import path
from django.views.decorators.http import conditional_page, require_safe

from search.pages import gaps, missing, views
from search.saved import feeds
from search.saved import views as saved_views

# Programs ask for a feed every half hour, most of the time for what they have already.
feed, saved_feed = (
    conditional_page(require_safe(one())) for one in (feeds.SearchFeed, feeds.SavedSearchFeed)
)

app_name = "search"
urlpatterns = [
    path("", views.search, name="search"),
    path("suggest/", views.suggest, name="suggest"),
    path("levels/", views.levels, name="levels"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("missing/", missing.missing, name="missing"),
    path("facet/<slug:name>/", views.facet, name="facet"),
    path("feed/", feed, name="feed"),
    path("saved/", saved_views.saved, name="saved"),
    path("saved/new/", saved_views.save, name="save"),
    path("saved/<str:key>/", saved_views.change, name="change_saved"),
    path("saved/<str:key>/delete/", saved_views.delete, name="delete_saved"),
    path("saved/<str:key>/feed/", saved_feed, name="saved_feed"),
    path("saved/<str:key>/stop/", saved_views.stop_mail, name="stop_mail"),
    path("stop/<str:key>/", saved_views.stop_all_mail, name="stop_all_mail"),
]
