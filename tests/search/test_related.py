"""Strict and related: what is for the standard itself, and what is for its equivalents, never mixed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from repository.models import ResourcePage
from search.find import find
from search.kept import PromotedResource, Promotion
from search.related import Related, find_related
from search.request import SearchRequest
from standards.models import Association, Item
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ScaleFactory,
    resource,
)
from tests.repository.pages import Page
from tests.search.corpus import Lesson, World, fits, lessons, make_world, selections, tokens
from tests.search.test_facet_counts import examples, fill

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def crosswalk(db: None) -> dict[str, Item]:
    """Meridian's M.6.RP.2 is the same as the common 6.RP.A.2, which has a part of its own; others only come near, or are
    in a framework that nobody has loaded here."""
    mine, common = (
        FrameworkFactory(short_name="MER", title="Meridian"),
        FrameworkFactory(short_name="CCSS", title="Common Core"),
    )
    made: dict[str, Item] = {"cluster": ItemFactory(framework=mine, human_coding_scheme="M.6.RP")}
    made["mine"] = ItemFactory(framework=mine, human_coding_scheme="M.6.RP.2", under=made["cluster"])
    made["common"] = ItemFactory(framework=common, human_coding_scheme="6.RP.A.2")
    made["part"] = ItemFactory(framework=common, human_coding_scheme="6.RP.A.2.a", under=made["common"])
    made["before"] = ItemFactory(framework=common, human_coding_scheme="5.NF.1")
    made["old"] = ItemFactory(framework=mine, human_coding_scheme="OLD.7", retired_at="2025-01-01T00:00Z")
    made["sister"] = ItemFactory(framework=mine, human_coding_scheme="M.6.RP.3", under=made["cluster"])

    def tie(origin: str, kind: str, destination: str) -> None:
        AssociationFactory(
            framework=mine, origin=made[origin], association_type=kind, destination=made[destination]
        )

    tie("mine", "exactMatchOf", "common")
    tie("before", "precedes", "mine")
    tie("old", "replacedBy", "mine")
    tie("mine", "isRelatedTo", "sister")
    for ends in (
        {"origin": made["mine"], "destination": None},
        {"origin": None, "destination": made["mine"]},
    ):
        AssociationFactory(framework=mine, association_type="isPeerOf", **ends)
    return made


def related(standard: Item, **more: Any) -> Related | None:
    asked = SearchRequest(related=1, **more).choosing("standard", [standard.identifier])
    return find_related(find(asked, {"public"}).understood, {"public"})


@pytest.fixture
def library(follow: Callable[[], None], crosswalk: dict[str, Item]) -> dict[str, Item]:
    district = DistrictFactory()
    level = LevelFactory(scale=ScaleFactory(slug="state"), name="Proficient", slug="proficient")
    for title, names in {
        "Mine": "mine",
        "Common": "common",
        "Part": "part",
        "Before": "before",
        "Old": "old",
        "Sister": "sister",
        "Both": "mine common",
    }.items():
        resource(
            title,
            district=district,
            alignments=[{"item": crosswalk[name], "level": level} for name in names.split()],
        )
    follow()
    return crosswalk


def test_equivalents_are_a_list_of_their_own_that_says_the_hop(library: dict[str, Item]) -> None:
    found = related(library["mine"])
    assert found is not None
    assert found.total == 4
    assert {hit.title: hit.why[0] for hit in found.hits} == {
        "Common": "M.6.RP.2 is an exact match of 6.RP.A.2 (Common Core)",
        "Part": "M.6.RP.2 is an exact match of 6.RP.A.2 (Common Core)",
        "Old": "M.6.RP.2 replaced OLD.7",
        "Sister": "M.6.RP.2 is related to M.6.RP.3",
    }


def test_what_lies_below_the_standard_is_its_own_and_not_an_equivalent(library: dict[str, Item]) -> None:
    found = related(library["cluster"])
    assert found is not None
    assert {hit.title for hit in found.hits} == {"Common", "Part", "Old"}


def test_ties_between_what_lies_below_a_standard_lead_to_no_equivalent_of_it(
    library: dict[str, Item],
) -> None:
    """The page would offer a list with nothing in it."""
    Association.objects.exclude(association_type__in=("isRelatedTo", "isChildOf")).delete()
    assert related(library["cluster"]) is None
    assert related(library["mine"]) is not None


def test_a_standard_without_a_crosswalk_has_no_list(library: dict[str, Item]) -> None:
    assert related(library["part"]) is None
    assert related(library["before"]) is None


def test_a_standard_without_a_code_is_named_by_its_words(library: dict[str, Item]) -> None:
    Item.objects.filter(pk=library["common"].pk).update(
        human_coding_scheme="", full_statement="Share *fairly*"
    )
    found = related(library["mine"])
    assert found is not None
    assert "M.6.RP.2 is an exact match of “Share fairly” (Common Core)" in {hit.why[0] for hit in found.hits}


def test_a_page_of_equivalents_past_the_last_leads_back_to_the_first(
    library: dict[str, Item], client: Client
) -> None:
    address = f"/search/?standard={library['mine'].identifier}"
    html = client.get(f"{address}&related=9").content.decode()
    assert "There are not that many pages" in html
    assert re.search(r"related=1\"[^>]*>To the first page", html)


def test_a_new_crosswalk_counts_at_once(library: dict[str, Item]) -> None:
    assert related(library["before"]) is None
    Association.objects.filter(association_type="precedes").update(association_type="isPeerOf")
    found = related(library["before"])
    assert found is not None
    assert [hit.why[0] for hit in found.hits] == ["5.NF.1 is a peer of M.6.RP.2 (Meridian)"] * 2


def test_a_code_in_the_query_has_equivalents_too_and_other_words_still_count(
    library: dict[str, Item],
) -> None:
    results = find(SearchRequest(q="M.6.RP.2 part", related=1), {"public"})
    found = find_related(results.understood, {"public"})
    assert found is not None
    assert [hit.title for hit in found.hits] == ["Part"]


def test_a_word_that_is_left_out_is_left_out_of_equivalents_too(library: dict[str, Item]) -> None:
    found = related(library["mine"], q="-sister -before")
    assert found is not None
    assert {hit.title for hit in found.hits} == {"Common", "Part", "Old"}


def test_what_is_hidden_from_the_reader_is_no_equivalent(
    library: dict[str, Item], follow: Callable[[], None]
) -> None:
    hidden = ResourcePage.objects.get(title="Common")
    hidden.audience = "school"
    hidden.save_revision().publish()
    follow()
    found = related(library["mine"])
    assert found is not None
    assert (found.total, {hit.title for hit in found.hits}) == (3, {"Part", "Old", "Sister"})


def test_a_crosswalk_that_was_withdrawn_leads_nowhere(library: dict[str, Item]) -> None:
    Association.objects.filter(association_type="exactMatchOf").update(withdrawn=True)
    found = related(library["mine"])
    assert found is not None
    assert {hit.title for hit in found.hits} == {"Old", "Sister"}


def test_what_coordinators_picked_is_no_equivalent_and_does_no_harm(
    library: dict[str, Item], client: Client
) -> None:
    picked = Promotion.objects.create(phrases="M.6.RP.2")
    PromotedResource.objects.create(promotion=picked, resource=ResourcePage.objects.get(title="Before"))
    found = client.get("/api/v1/resources?q=M.6.RP.2&related=1").json()
    assert {one["title"] for one in found["related"]["results"]} == {"Common", "Part", "Old", "Sister"}
    assert client.get("/search/?q=M.6.RP.2").status_code == 200


@pytest.mark.parametrize("code", ["M.6.RP.2 ", ""])
def test_a_standard_with_its_statement_has_the_equivalents_whatever_their_words(
    follow: Callable[[], None], library: dict[str, Item], client: Client, code: str
) -> None:
    statement = "Describe how two amounts grow side by side"
    Item.objects.filter(pk=library["mine"].pk).update(full_statement=statement)
    follow()
    query = f"q={code}{statement}&standard={library['mine'].identifier}&related=1"
    found = client.get(f"/api/v1/resources?{query}").json()["related"]
    assert {one["title"] for one in found["results"]} == {"Common", "Part", "Old", "Sister"}
    assert "is an exact match of" in client.get(f"/search/?{query}").content.decode()


def test_page_and_api_offer_the_switch(library: dict[str, Item], client: Client) -> None:
    address = f"/search/?standard={library['mine'].identifier}"
    html = client.get(address).content.decode()
    assert "Also for equivalents (4 resources)" in html
    assert "is an exact match of" not in html
    html = client.get(f"{address}&related=1&limit=3").content.decode()
    assert "4 resources for equivalent standards" in html
    assert "related=2" in html
    page = Page.open(client, f"{address}&related=1")
    (back,) = page.html.xpath("//a[. = 'For this standard only']/@href")
    assert "Also for equivalents (4 resources)" in client.get(back).text
    assert "4 resources for equivalent standards" not in client.get(back).text
    answer = client.get(f"/api/v1/resources?standard={library['mine'].identifier}&related=1").json()
    assert (answer["total"], answer["related"]["total"]) == (2, 4)
    pages = [
        client.get(f"/api/v1/resources?standard={library['mine'].identifier}&limit=3&related={number}").json()
        for number in (1, 2)
    ]
    by_page = [[one["title"] for one in page["related"]["results"]] for page in pages]
    assert [len(some) for some in by_page] == [3, 1]
    assert sorted(title for some in by_page for title in some) == ["Common", "Old", "Part", "Sister"]
    strict = client.get(f"/api/v1/resources?standard={library['mine'].identifier}").json()
    assert (strict["total"], strict["related"]) == (2, None)


def test_where_only_equivalents_have_resources_the_page_says_so_and_leads_there(
    follow: Callable[[], None], crosswalk: dict[str, Item], client: Client
) -> None:
    resource("Common", alignments=[{"item": crosswalk["common"]}])
    follow()
    page = Page.open(client, f"/search/?standard={crosswalk['mine'].identifier}&related=1")
    assert "No resource for the standard itself" in page.text
    assert "Nothing fits" not in page.text
    (below,) = page.html.xpath("//a[contains(., 'Below are resources for equivalent standards')]/@href")
    assert (
        page.html.get_element_by_id(below.lstrip("#")).text_content() == "1 resource for equivalent standards"
    )


def test_of_more_equivalents_than_are_followed_the_closest_are_and_the_rest_is_said(
    library: dict[str, Item], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the loosest kind of all is the first that the frameworks say."""
    Association.objects.filter(association_type="isRelatedTo").update(sequence_number=-1)
    address = f"standard={library['mine'].identifier}&related=1"
    monkeypatch.setattr("search.related.MAX_HOPS", 3)
    found = related(library["mine"])
    assert found is not None
    assert (found.total, found.at_least) == (4, False)
    assert "at least" not in client.get(f"/search/?{address}").content.decode().lower()
    monkeypatch.setattr("search.related.MAX_HOPS", 2)
    Association.objects.filter(association_type="isRelatedTo").update(sequence_number=-2)
    found = related(library["mine"])
    assert found is not None
    assert (found.total, found.at_least) == (3, True)
    assert {hit.title for hit in found.hits} == {"Common", "Part", "Old"}
    html = client.get(f"/search/?{address}").content.decode()
    assert "At least 3 resources for equivalent standards" in html
    assert "Also for equivalents (at least 3 resources)" in html
    answer = client.get(f"/api/v1/resources?{address}").json()
    assert (answer["related"]["total"], answer["related"]["total_is_exact"]) == (3, False)


# -- whatever is chosen

TIES = [("M.3.1", "S.1"), ("M.4", "S.1.1"), ("M.3.10", "M.4.1")]


@examples(12)
@given(
    corpus=lessons(), chosen=selections(), standard=st.sampled_from(["M.3", "M.3.1", "M.4", "S.1", "MATH"])
)
def test_related_never_mixes_with_strict_and_counts_as_a_plain_walk_does(
    corpus: list[Lesson], chosen: dict[str, list[str]], standard: str, tied: tuple[str, World]
) -> None:
    index, world = tied
    fill(index, world, corpus)
    chosen = {**chosen, "standard": [standard]}
    asked = SearchRequest(related=1, limit=50)
    for facet, values in chosen.items():
        asked = asked.choosing(facet, values)
    reader = {"public", "state", "state-admin"}
    strict = find(asked, reader)
    found = find_related(strict.understood, reader)
    here = {item for item in world.parents if standard in world.above(item)}
    there = {b if a in here else a for a, b in TIES if (a in here) != (b in here)}
    wanted = {
        f"lesson-{number}"
        for number, lesson in enumerate(corpus)
        if fits(world, lesson, {**chosen, "standard": sorted(there)})
        and not fits(world, lesson, chosen)
        and tokens(world, lesson) & reader
    }
    if found is None:
        assert not there or standard == "MATH"  # a whole framework has no equivalents
    else:
        assert {hit.identifier for hit in found.hits} == wanted
        assert found.total == len(wanted)
        assert not {hit.identifier for hit in found.hits} & {hit.identifier for hit in strict.hits}
        assert all(hit.why[0].startswith(tuple(here)) for hit in found.hits)


@pytest.fixture
def tied(index: str) -> tuple[str, World]:
    world = make_world()
    for origin, destination in TIES:
        AssociationFactory(
            framework=world.items[origin].framework,
            origin=world.items[origin],
            association_type="exactMatchOf",
            destination=world.items[destination],
        )
    return index, world
