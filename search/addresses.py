"""The address of a search."""

from functools import cache

from django.urls import reverse

from search.request import SearchRequest


def url(request: SearchRequest, page: str = "") -> str:
    """page: the path of another page with the same search."""
    query = request.query_string()
    path = page or _path()
    return f"{path}?{query}" if query else path


@cache
def _path() -> str:
    """Looked up once: a page has hundreds of addresses."""
    return reverse("search:search")
