"""What shares standards, topics or tags with the best matches: where it stands, and what is said of it."""

from collections.abc import Callable

import pytest

from search import ranking
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource
from tests.search.asking import search

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_what_is_on_two_standards_of_the_best_matches_goes_before_what_is_on_one(
    follow: Callable[[], None],
) -> None:
    district = DistrictFactory()
    hunting, smelling, other = (ItemFactory(full_statement=f"Statement {n}") for n in range(3))
    both = [{"item": hunting}, {"item": smelling}]
    for number in range(ranking.LEADING):
        resource(f"Sharks hunt by smell {number}", district=district, alignments=both)
    resource("On two", district=district, summary="They hunt", alignments=both)
    resource("On one", district=district, summary="They hunt", alignments=[both[0], {"item": other}])
    follow()
    found = [hit.title for hit in search("q=sharks+that+hunt+by+smell+in+cold+water").hits]
    assert found[ranking.LEADING :] == ["On two", "On one"]


def test_the_standards_of_all_best_matches_are_followed(follow: Callable[[], None]) -> None:
    """Only five were: where each of the best matches has two, those of the last ones were of no use."""
    district = DistrictFactory()
    items = [ItemFactory(full_statement=f"Statement {n}") for n in range(2 * ranking.LEADING)]
    for number in range(ranking.LEADING):
        own = [{"item": items[2 * number]}, {"item": items[2 * number + 1]}]
        resource(f"Sharks hunt by smell {number}", district=district, alignments=own)
    for number, item in enumerate(items):
        resource(
            f"On one of theirs {number}", district=district, summary="They hunt", alignments=[{"item": item}]
        )
    resource("On none", district=district, summary="They hunt", alignments=[{"item": ItemFactory()}])
    follow()
    found = [hit.title for hit in search("q=sharks+that+hunt+by+smell+in+cold+water").hits]
    assert found[-1] == "On none"
    assert len(found) == ranking.LEADING * 3 + 1


def test_what_has_none_of_the_words_says_what_it_shares_however_little_that_lifts_it(
    follow: Callable[[], None],
) -> None:
    """“Its standards were confirmed in review” stood there: why it is first, not why it is there."""
    district = DistrictFactory()
    items = [ItemFactory(human_coding_scheme=f"LS.{n}", full_statement=f"Statement {n}") for n in range(5)]
    for number in range(4):
        resource(f"Sharks {number}", district=district, alignments=[{"item": items[0]}])
    resource("Sharks at last", district=district, alignments=[{"item": item} for item in items[1:]])
    confirmed = {"item": items[3], "status": "confirmed"}
    resource("Food webs", district=district, alignments=[confirmed])
    follow()
    hits = {hit.title: hit for hit in search("q=sharks+zeppelin").hits}
    assert hits["Food webs"].why == ("Shares LS.3 with the best matches",)


def test_what_lifted_a_hit_beside_its_words_is_said(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory()
    grade = ItemFactory(framework=framework, full_statement="Grade 7")
    domain = ItemFactory(framework=framework, full_statement="Reefs, tides and currents", under=grade)
    item = ItemFactory(
        framework=framework,
        human_coding_scheme="LS.4",
        full_statement="Predators keep a balance",
        under=domain,
    )
    district = DistrictFactory()
    for number in range(ranking.LEADING):
        resource(
            f"Sharks hunt by smell {number}",
            district=district,
            tags=["Unit 4"],
            alignments=[{"item": item}],
        )
    for number in range(3):
        resource(f"Owls hunt {number}", district=district)
    resource("Field notes", district=district, summary="They hunt", tags=["Unit 4"])
    resource("Food webs", district=district, summary="They hunt", alignments=[{"item": item}])
    resource("Reefs, tides, currents", district=district, summary="A balance")
    follow()
    hits = {hit.title: hit for hit in search("q=sharks+that+hunt+by+smell+in+cold+water").hits}
    assert "Shares “Unit 4” with the best matches" in hits["Field notes"].why
    assert "Shares LS.4 with the best matches" in hits["Food webs"].why
    for title, hit in hits.items():
        if title.startswith(("Sharks", "Owls")):
            assert not any("best matches" in reason for reason in hit.why), title
    hits = {hit.title: hit for hit in search("q=predators+keep+a+balance").hits}
    assert hits["Food webs"].why[0] == "Teaches LS.4"
    assert "Has words from around a standard that says this" in hits["Reefs, tides, currents"].why
    by_title = {hit.title: hit for hit in search("q=sharks+that+hunt+by+smell+in+cold+water&sort=title").hits}
    assert by_title["Field notes"].why == ("“hunt” in the summary",)
