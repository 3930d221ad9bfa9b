"""The chips of a search, and what its form sends beside its boxes: of a search made up, without an index."""

from urllib.parse import parse_qs, urlsplit

import pytest

from search.pages import chips
from search.request import SearchRequest, Sort
from search.understanding import Part, Understood
from search.words import NONE
from tests.factories import KindFactory


def said(q: str, words: str, facet: str, label: str, *values: str) -> Part:
    """What these words of the query say."""
    return Part(facet, values, label, words, q.index(words), q.index(words) + len(words))


def understood(asked: SearchRequest, *parts: Part) -> Understood:
    request = asked
    for part in parts:
        request = request.choosing(part.facet, part.values)
    return Understood(asked, request, NONE, applied=parts)


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


Q = "6th grade ratios in 30 minutes"
GRADE = said(Q, "6th grade", "grade", "Grade 6", "06")
TIME = said(Q, "30 minutes", "duration", "16 to 30 minutes", "16-30")


def test_a_search_is_its_words_what_they_say_and_what_is_chosen_and_each_can_be_taken_away() -> None:
    asked = SearchRequest(q=Q, sort=Sort.TITLE).choosing("kind", ["task", "game"])
    shown = chips.chips(understood(asked, GRADE, TIME), {("kind", "task"): "Task", ("kind", "game"): "Game"})
    assert [(one.shown_kind, one.label, one.shown_words) for one in shown] == [
        ("", "“ratios”", ""),
        ("", "Grade 6", "6th grade"),
        ("Time", "16 to 30 minutes", "30 minutes"),
        ("Kind", "Task", ""),
        ("Kind", "Game", ""),
    ]
    kept = {"kind": ["task", "game"], "sort": ["title"]}
    assert [query(one.url) for one in shown] == [
        {"q": ["6th grade 30 minutes"], **kept},
        {"q": ["ratios in 30 minutes"], **kept},
        {"q": ["6th grade ratios in"], **kept},
        {"q": [Q], **kept, "kind": ["game"]},
        {"q": [Q], **kept, "kind": ["task"]},
    ]


def test_what_a_chip_takes_away_leads_to_the_first_page_of_the_rest() -> None:
    for asked in (SearchRequest(q="ratios", page=3), SearchRequest(q="ratios", cursor="abc")):
        (chip,) = chips.chips(understood(asked), {})
        assert chip.url == "/search/"


def test_words_that_only_join_are_words_where_nothing_is_joined() -> None:
    def labels(q: str, *parts: Part) -> list[str]:
        return [one.label for one in chips.chips(understood(SearchRequest(q=q), *parts), {})]

    q = "RI.4.1 and RI.4.2"
    parts = (said(q, "RI.4.1", "standard", "RI.4.1", "a"), said(q, "RI.4.2", "standard", "RI.4.2", "b"))
    assert labels(q, *parts) == ["RI.4.1", "RI.4.2"]
    q = "RI.4.1, RI.4.2"
    parts = (said(q, "RI.4.1", "standard", "RI.4.1", "a"), said(q, "RI.4.2", "standard", "RI.4.2", "b"))
    assert labels(q, *parts) == ["RI.4.1", "RI.4.2"]
    assert labels("to and for") == ["“to and for”"]
    assert labels("what is it good for") == ["“what is it good for”"]
    assert (
        labels("poems for 3rd grade", said("poems for 3rd grade", "3rd grade", "grade", "Grade 3", "03"))[0]
        == "“poems”"
    )


def test_a_code_is_not_said_twice_in_its_chip() -> None:
    q = "6.rp.3"
    (chip,) = chips.chips(understood(SearchRequest(q=q), said(q, q, "standard", "6.RP.3", "a")), {})
    assert (chip.shown_kind, chip.label, chip.shown_words) == ("Standard", "6.RP.3", "")


def test_values_that_read_alike_go_together_and_leave_the_others() -> None:
    asked = SearchRequest().choosing("standard", ["a", "b", "c"])
    labels = {("standard", "a"): "Geometry", ("standard", "b"): "Geometry"}
    alike, other = chips.chips(understood(asked), labels)
    assert (alike.label, query(alike.url)) == ("Geometry (2)", {"standard": ["c"]})
    assert (other.label, query(other.url)) == ("c", {"standard": ["a", "b"]})


def test_what_words_say_too_leaves_them_when_it_is_taken_away() -> None:
    asked = SearchRequest(q=Q).choosing("grade", ["06"])
    both = Understood(asked, asked, NONE, said=(GRADE,))
    _words, grade = chips.chips(both, {("grade", "06"): "Grade 6"})
    assert query(grade.url) == {"q": ["ratios in 30 minutes"]}


def test_all_words_that_became_filters_can_be_looked_for_as_they_are() -> None:
    assert chips.as_typed(understood(SearchRequest(q="ratios"))) is None
    link = chips.as_typed(understood(SearchRequest(q=Q), GRADE, TIME))
    assert link is not None
    assert link.words == "“6th grade”, “30 minutes”"
    assert query(link.url) == {"q": [Q], "as_typed": ["duration", "grade"]}


def test_the_form_sends_what_its_boxes_do_not() -> None:
    asked = SearchRequest(
        q=Q,
        sort=Sort.NEWEST,
        limit=50,
        related=2,
        opened={"topic": ("maps", "art")},
        as_typed=("level", "subject"),
    )
    asked = asked.choosing("standard", ["a", "b"]).choosing("kind", ["task"]).choosing("grade", ["06"])
    code = said(Q, "ratios", "standard", "Ratios", "c")
    made = Understood(asked, asked.choosing("duration", ["16-30"]), NONE, applied=(TIME, code), said=(GRADE,))
    assert chips.hidden_fields(made) == [
        ("standard", "a"),
        ("standard", "b"),
        ("from_words", "duration:16-30"),
        ("from_words", "grade:06"),
        ("as_typed", "level"),
        ("as_typed", "subject"),
        ("was", Q),
        ("open", "topic:maps"),
        ("open", "topic:art"),
        ("sort", "newest"),
        ("limit", "50"),
        ("related", "1"),
    ]
    # What words say of a tree is no box.
    assert chips.hidden_fields(understood(SearchRequest(q=Q), said(Q, "ratios", "standard", "R", "c"))) == [
        ("was", Q)
    ]
    assert chips.hidden_fields(understood(SearchRequest())) == []


def test_boxes_that_a_hand_changed_are_not_said_to_be_as_the_words_have_them() -> None:
    by_hand = SearchRequest(q=Q).choosing("grade", ["06", "07"])
    assert ("from_words", "grade:06") not in chips.hidden_fields(
        Understood(by_hand, by_hand, NONE, said=(GRADE,))
    )


@pytest.mark.django_db
def test_a_way_out_names_three_values_and_says_that_there_are_more() -> None:
    kinds = [KindFactory(slug=slug).slug for slug in ("game", "lesson", "task", "unit")]

    def named(number: int) -> str:
        asked = SearchRequest(q="zebra").choosing("kind", kinds[:number])
        return chips.words_or_filters(understood(asked), "kind", "")

    assert (named(3), named(4)) == ("Kind Game, Lesson, Task", "Kind Game, Lesson, Task…")
    assert chips.words_or_filters(understood(SearchRequest(q=Q), GRADE), "grade", "") == "Grade 6"
    assert chips.words_or_filters(understood(SearchRequest(q="zebra")), "", "zebra") == "“zebra”"
    assert chips.words_or_filters(understood(SearchRequest(q="zebra")), "", "") == "all filters"
