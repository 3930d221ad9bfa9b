"""The pages of a list on the site."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest


def pager(request: HttpRequest, page: Page[Any]) -> dict[str, Any]:
    """What components/pager.html takes."""

    def url(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
        "links": [
            {"number": number, "url": url(number), "current": number == page.number}
            if isinstance(number, int)
            else None
            for number in numbers
        ],
    }
