"""Search as a reader meets it: what is found, in which order, and what the facets count."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from search import text
from search.results import Results
from standards.codes import code_forms
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    SubjectFactory,
    resource,
)
from tests.search.asking import VISITOR, search

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def titles(query: str, user=VISITOR) -> list[str]:
    return [hit.title for hit in search(query, user).hits]


def counts(results: Results, facet: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in results.facet(facet).walk()}


def test_a_published_resource_is_found_by_words_of_its_title(follow: Callable[[], None]) -> None:
    resource("Sharing a pizza fairly", summary="Fractions of a whole", subjects=[SubjectFactory()])
    resource("Rivers of our state")
    resource("Café math for a baker’s shop")
    follow()
    assert titles("q=pizza") == ["Sharing a pizza fairly"]
    assert titles("q=fraction") == ["Sharing a pizza fairly"]
    bakers = search("q=cafe+baker")  # as they are written here, and not as near spellings
    assert [hit.title for hit in bakers.hits] == ["Café math for a baker’s shop"]
    assert (bakers.fuzzy, bakers.corrected) == (False, False)
    results = search("")
    assert results.total == 3
    assert counts(results, "subject") == {"mathematics": 1}


def test_a_code_in_any_spelling_finds_what_is_aligned_to_it_first(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    domain = ItemFactory(framework=framework, human_coding_scheme="6.RP", full_statement="Ratios")
    item = ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.A.3",
        full_statement="Use ratio reasoning",
        under=domain,
        depth=1,
        code_forms=code_forms("6.RP.A.3"),
    )
    district = DistrictFactory()
    resource("Mixing paint", district=district, alignments=[{"item": item}])
    resource("Something else", district=district, alignments=[{"item": domain}])
    follow()
    assert titles("q=6rp3") == ["Mixing paint"]
    assert titles("standard=MER-MATH:6.RP.3") == ["Mixing paint"]
    results = search("open=standard:MER-MATH")
    assert counts(results, "standard") == {"MER-MATH": 2, domain.identifier: 2}
    results = search(f"standard={domain.identifier}")
    assert counts(results, "standard") == {"MER-MATH": 2, domain.identifier: 2, item.identifier: 1}
    assert results.hits[0].why


def test_grades_are_found_by_the_words_that_teachers_use(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Ratios with paint", district=district, grades=["06"])
    resource("Ratios with maps", district=district, grades=["08"])
    resource("Counting leaves", district=district, grades=["KG"])
    follow()
    assert titles("q=6th+grade+ratios")[0] == "Ratios with paint"
    assert titles("q=kindergarten") == ["Counting leaves"]
    assert sorted(titles("q=middle+school+ratios")[:2]) == ["Ratios with maps", "Ratios with paint"]


def test_a_time_that_leaves_nothing_is_put_aside_and_its_words_are_looked_for(
    follow: Callable[[], None], client: Client
) -> None:
    resource("Stations with fractions", summary="Half an hour is enough")
    resource("Rivers", duration_minutes=30)
    follow()
    results = search("q=fractions+in+half+an+hour")
    assert [hit.title for hit in results.hits] == ["Stations with fractions"]
    assert [part.facet for part in results.put_aside] == ["duration"]
    assert results.understood.offered == ()
    page = client.get("/search/", {"q": "fractions in half an hour"}).content.decode()
    assert "looked for as words instead" in page
    answer = client.get("/api/v1/resources", {"q": "fractions in half an hour"}).json()
    assert [part["facet"] for part in answer["put_aside"]] == ["duration"]


def test_a_time_that_nothing_says_does_not_stand_in_the_way_of_what_is_meant(
    follow: Callable[[], None], client: Client
) -> None:
    """Its words were looked for in vain, and so what has any number came before and among what has all other words."""
    for title in ("Finding the main idea", "The main idea and its details"):
        resource(title, grades=["04"])
    resource("A main road of 30 houses", grades=["04"], summary="30 houses and an idea of each")
    resource("Stations", grades=["09"], summary="30 minutes a station, and the main idea of each")
    follow()
    with_time, without = (search(f"q=main+idea+4th+grade{more}") for more in ("+30+minutes", ""))
    assert [hit.title for hit in with_time.hits] == [hit.title for hit in without.hits]
    assert not with_time.loosened
    page = client.get("/search/", {"q": "main idea 4th grade 30 minutes"}).content.decode()
    assert "Nothing that fits is marked “16 to 30 minutes”. These say another time, or none." in page


def test_a_grade_that_leaves_nothing_is_put_aside_but_one_chosen_by_hand_never_is(
    follow: Callable[[], None],
) -> None:
    resource("Ratios with paint", grades=["06"])
    follow()
    assert [part.facet for part in search("q=ratios+grade+3").put_aside] == ["grade"]
    assert search("q=ratios&grade=03").total == 0
    # Not whatever is for some grade.
    assert search("q=volcano+opera+grade+3").total == 0
    assert search("q=grade+3").total == 0
    found = search("q=ratios+grade+6")
    assert (found.total, found.put_aside) == (1, ())


def test_a_filter_that_leaves_nothing_has_no_grade_of_the_words_put_aside(follow: Callable[[], None]) -> None:
    """Or one filter more would show what was not among the results before."""
    resource("Ratios with paint", grades=["06"], duration_minutes=20)
    resource("Ratios with maps", grades=["03"], duration_minutes=90)
    follow()
    assert titles("q=ratios+6th+grade") == ["Ratios with paint"]
    results = search("q=ratios+6th+grade&duration=61-90")
    assert (results.total, results.put_aside) == (0, ())
    # What is put aside without a filter is put aside with it.
    assert titles("q=ratios+9th+grade&duration=61-90") == ["Ratios with maps"]
    results = search("q=ratios+9th+grade&duration=1-15")
    assert (results.total, results.put_aside) == (0, ())


def test_the_digits_of_a_grade_are_marked_in_no_passage(follow: Callable[[], None]) -> None:
    resource(
        "River stones",
        summary="Sort what the water left",
        grades=["05"],
        body=[("text", {"text": "Weigh 3 stones, then 5 stones, and write 5 sums."})],
    )
    follow()
    (hit,) = search("q=river+grades+3-5").hits
    assert hit.highlights == ()
    assert "“River” in the title" in hit.why


def test_of_a_grade_and_a_time_that_leave_nothing_only_what_must_is_put_aside(
    follow: Callable[[], None],
) -> None:
    resource("River food webs", grades=["04"], duration_minutes=90)
    resource("River stones", grades=["11"], duration_minutes=20)
    follow()
    found = search("q=river+grade+4+20+minutes")
    assert [hit.title for hit in found.hits] == ["River food webs"]
    assert [part.facet for part in found.put_aside] == ["duration"]
    assert [part.facet for part in found.understood.applied] == ["grade"]
    found = search("q=river+grade+2+20+minutes")
    assert [hit.title for hit in found.hits] == ["River stones"]
    assert [part.facet for part in found.put_aside] == ["grade"]
    found = search("q=river+grade+2+5+minutes")
    assert {part.facet for part in found.put_aside} == {"grade", "duration"}
    assert found.total == 2


def test_the_statement_of_a_standard_finds_what_is_aligned_to_it_and_what_speaks_of_what_is_above(
    follow: Callable[[], None],
) -> None:
    framework = FrameworkFactory()
    grade = ItemFactory(framework=framework, full_statement="Grade 6")
    domain = ItemFactory(framework=framework, full_statement="Statistics and Probability", under=grade)
    statement = "Recognize a question as one that anticipates variability in its answers"
    item = ItemFactory(
        framework=framework, human_coding_scheme="6.SP.1", full_statement=statement, under=domain
    )
    district = DistrictFactory()
    resource("How tall are we", district=district, alignments=[{"item": item}])
    resource("First steps in statistics", district=district, summary="A question a day")
    resource("First steps in geometry", district=district, summary="A question a day")
    follow()
    for typed in (statement, statement.removeprefix("Recognize ")):
        results = search("q=" + typed.replace(" ", "+"))
        assert [hit.title for hit in results.hits[:2]] == ["How tall are we", "First steps in statistics"]
        assert any("6.SP.1" in reason for reason in results.hits[0].why)


def test_titles_are_sorted_as_people_sort_them(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("zebra stripes", "Éclairs by the dozen", "apple pie", "Banana bread"):
        resource(title, district=district)
    follow()
    found = [hit.title for hit in search("sort=title").hits]
    assert found == ["apple pie", "Banana bread", "Éclairs by the dozen", "zebra stripes"]


def test_a_statement_that_was_moved_helps_by_what_is_above_it_now(follow: Callable[[], None]) -> None:
    """The revision before had the same words in another place."""
    framework = FrameworkFactory()
    grade = ItemFactory(framework=framework, full_statement="Grade 6")
    statement = "Recognize a question as one that anticipates variability in its answers"
    for place, retired_at in (("Chance and luck", "2025-01-01T00:00Z"), ("Statistics", None)):
        domain = ItemFactory(framework=framework, full_statement=place, under=grade, retired_at=retired_at)
        ItemFactory(framework=framework, full_statement=statement, under=domain, retired_at=retired_at)
    district = DistrictFactory()
    resource("First steps in chance and luck", district=district, summary="A question a day")
    resource("First steps in statistics", district=district, summary="A question a day")
    follow()
    assert search("q=" + statement.replace(" ", "+")).hits[0].title == "First steps in statistics"


SENTENCE = "q=sort+the+red+and+blue+beans+into+glass+jars"


@pytest.fixture
def beans(follow: Callable[[], None]) -> None:
    """Four lessons with most words of SENTENCE, and two that share one word with it."""
    district = DistrictFactory()
    for number in range(4):
        resource(f"Sort beans into jars {number}", district=district, summary="Red or blue", grades=["02"])
    resource("Blue whales", district=district, grades=["07"])
    resource("Stained glass", district=district, grades=["07"])
    follow()


@pytest.mark.usefixtures("beans")
def test_a_sentence_leaves_out_what_has_a_word_of_it_where_plenty_have_most(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = search(SENTENCE)
    assert few.total == 6
    assert {hit.title for hit in few.hits[4:]} == {"Blue whales", "Stained glass"}
    monkeypatch.setattr(text, "PLENTY", 4)
    plenty = search(SENTENCE)
    assert plenty.total == 4 == client.get(f"/api/v1/resources?{SENTENCE}").json()["total"]
    assert counts(plenty, "grade")["02"] == 4
    # A filter does not loosen it.
    assert search(f"{SENTENCE}&grade=07").total == 0


def test_of_a_sentence_three_quarters_of_the_words_are_enough_also_where_plenty_have_all(
    follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "PLENTY", 1)
    most = "Compare unit prices, groceries, two stores"
    resource(most)
    resource(f"{most}, weekly flyer")
    follow()
    assert search("q=compare+unit+prices+groceries+two+stores+weekly+flyer").total == 2


@pytest.mark.usefixtures("beans")
def test_a_sentence_is_one_list_by_pages_and_by_cursor(client: Client) -> None:
    def read(query: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.get(f"/api/v1/resources?{SENTENCE}&limit=2&{query}").json()
        return answer

    by_pages = [one["id"] for page in (1, 2, 3) for one in read(f"page={page}")["results"]]
    by_cursor, cursor = [], "start"
    while cursor:
        answer = read(f"cursor={cursor}")
        by_cursor += [one["id"] for one in answer["results"]]
        cursor = answer["next_cursor"]
    assert len(by_pages) == 6
    assert by_cursor == by_pages


def test_a_question_is_answered_by_what_has_its_words_in_the_title(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Red beans", district=district, summary="How many jars can be stacked on a shelf of wood")
    resource("How many jars", district=district, summary="Red beans can be stacked on a shelf of wood")
    follow()
    assert titles("q=how+many+jars+do+we+need+for+this")[0] == "How many jars"


def test_tags_of_the_best_matches_lend_to_others_of_the_same_unit(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Sharks of the reef", district=district, summary="Sharks hunt", tags=["Unit 4 oceans"])
    resource("Field notes", district=district, summary="They hunt at night", tags=["Unit 4 oceans"])
    resource("Owls", district=district, summary="They hunt at night", tags=["Spelling games"])
    follow()
    found = titles("q=sharks+that+hunt+by+smell+in+deep+cold+water")
    assert found.index("Field notes") < found.index("Owls")


def test_under_a_filter_the_best_matches_that_it_leaves_are_the_ones_that_lend(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    for number in range(5):
        resource(f"Sharks hunt by smell {number}", district=district, grades=["03"], tags=["Unit 9"])
    resource("Sharks of the reef", district=district, summary="Sharks hunt", grades=["07"], tags=["Unit 4"])
    for title, tag in (("Field notes", "Unit 4"), ("Owls", "Unit 9")):
        resource(title, district=district, summary="They hunt at night", grades=["07"], tags=[tag])
    follow()
    found = titles("q=sharks+that+hunt+by+smell+in+deep+cold+water&grade=07")
    assert found == ["Sharks of the reef", "Field notes", "Owls"]


def test_a_word_that_nothing_has_is_corrected_although_the_others_are_found(
    follow: Callable[[], None], client: Client
) -> None:
    district = DistrictFactory()
    resource("Similes and metaphors in a poem", district=district)
    resource("Figurative language: similes and metaphors in a poem", district=district)
    resource("Rain", district=district, summary="A poem", body=[("text", {"text": "Figurativa"})])
    follow()
    results = search("q=figuurative+similes+and+metaphors+poem")
    assert results.corrected
    assert results.unknown == ("figuurative",)
    page = client.get("/search/", {"q": "figuurative similes and metaphors poem"}).content.decode()
    assert "No resource has “figuurative”. Showing results for" in page
    assert results.did_you_mean == "figurative similes and metaphors poem"
    assert results.hits[0].title.startswith("Figurative")
    as_typed = search("q=figuurative+similes+and+metaphors+poem&as_typed=spelling")
    assert (as_typed.corrected, as_typed.total) == (False, 3)
    assert not search("q=figurative+similes+and+metaphors+poem").corrected
    # Only the text of one resource has it, and so it was meant.
    assert not search("q=figurativa+similes+and+metaphors+poem").corrected


def test_the_digits_of_a_code_are_not_marked_in_a_lesson_that_has_numbers(follow: Callable[[], None]) -> None:
    item = ItemFactory(framework=FrameworkFactory(), human_coding_scheme="6.RP.2")
    body = [{"type": "text", "value": "Mix 2 cups of blue with 6 cups of yellow"}]
    resource("Mural paint", summary="Share 6 pots among 2 walls", body=body, alignments=[{"item": item}])
    follow()
    (hit,) = search("q=6.RP.2").hits
    assert hit.highlights == ()
    assert not any("“" in reason for reason in hit.why)


def test_quotation_marks_of_a_pasted_statement_are_its_own(follow: Callable[[], None]) -> None:
    """Those of a question ask for what stands together."""
    statement = 'Name the parts of an expression by the words "sum", "term" and "whole number factor"'
    item = ItemFactory(human_coding_scheme="6.EE.2", full_statement=statement)
    resource("Sorting algebra cards", alignments=[{"item": item, "relation": "teaches"}])
    resource(
        "Expressions",
        summary="Students name the parts of an expression: each factor, every whole term, a sum",
    )
    follow()
    assert titles(f"q={quote(statement)}") == ["Sorting algebra cards", "Expressions"]
    question = 'lessons where students name parts by the words "whole number factor"'
    assert titles(f"q={quote(question)}") == ["Sorting algebra cards"]


def test_a_filter_corrects_no_spelling_that_stands_without_it(follow: Callable[[], None]) -> None:
    resource("Rivers and the towns at their banks", grades=["06"], summary="Maps of old harbours")
    resource("Harbor life", grades=["03"], summary="Ships, cranes and sailors")
    follow()
    q = "q=maps+of+harbours+and+the+rivers+with+many+towns"
    assert titles(q)[0].startswith("Rivers")
    narrowed = search(f"{q}&grade=03")
    assert not narrowed.corrected
    assert {hit.title for hit in narrowed.hits} <= set(titles(q))
