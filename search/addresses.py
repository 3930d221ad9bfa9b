"""The address of a search."""

from functools import cache

from django.urls import reverse

from search.request import SearchRequest


def url(request: SearchRequest) -> str:
    query = request.query_string()
    return f"{_path()}?{query}" if query else _path()


@cache
def _path() -> str:
    """Looked up once: a page has hundreds of addresses."""
    return reverse("search:search")
