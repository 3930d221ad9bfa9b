"""The address of a search."""

from django.urls import reverse

from search.request import SearchRequest


def url(request: SearchRequest) -> str:
    query = request.query_string()
    return f"{reverse('search:search')}?{query}" if query else reverse("search:search")
