"""The form of the search page: boxes that words ticked follow the words until a hand changes them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.http import QueryDict

from search.pages import chips
from search.request import SearchRequest, parse_shared


def form(q: str, *, was: str = "6th grade ratios", **fields: list[str]) -> SearchRequest:
    """What the page makes of its form after a search for "6th grade ratios"."""
    params = QueryDict(mutable=True)
    params.update({"q": q, "was": was, "from_words": "grade:06"})
    for name, values in fields.items():
        params.setlist(name, values)
    asked, complaints = parse_shared(params)
    assert complaints == []
    return chips.settled(asked, params)


@pytest.mark.django_db
def test_boxes_that_words_ticked_follow_the_words_until_a_hand_changes_them() -> None:
    assert form("6th grade ratios", grade=["06"]) == SearchRequest(q="6th grade ratios")
    assert form("5th grade ratios", grade=["06"]) == SearchRequest(q="5th grade ratios")
    assert form("ratios", grade=["06"]) == SearchRequest(q="ratios")
    unticked = form("6th grade ratios")
    assert (unticked.q, unticked.values("grade")) == ("ratios", ())
    both = form("6th grade ratios", grade=["06", "07"])
    assert (both.q, both.values("grade")) == ("ratios", ("06", "07"))
    # Words of another filter stay.
    timed = "6th grade ratios in 30 minutes"
    assert form(timed, was=timed).q == "ratios in 30 minutes"


@pytest.mark.django_db
def test_as_typed_goes_with_the_query_it_was_asked_for() -> None:
    assert form("6th grade ratios", as_typed=["grade"], was="6th grade ratios").as_typed == ("grade",)
    assert form("5th grade poems", as_typed=["grade"], was="6th grade ratios").as_typed == ()


@pytest.mark.django_db
def test_an_address_that_says_hundreds_of_times_what_words_said_costs_no_more(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    facets = ("grade", "duration", "standard", "subject", "kind", "level", "spelling", "odd")
    params = QueryDict(mutable=True)
    params.update({"q": "6th grade ratios in 30 minutes", "was": "6th grade ratios in 30 minutes"})
    params.setlist("from_words", [f"{facet}:{number}" for number in range(100) for facet in facets])
    asked, _complaints = parse_shared(params)
    with django_assert_max_num_queries(30):
        settled = chips.settled(asked, params)
    assert settled.q == "ratios"
