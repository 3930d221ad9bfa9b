"""What the engine shows to a person is what the database's rule lets them see: real people, real resources."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from people.models import Role, User
from repository.audience import user_tokens, visible_to
from repository.models import Audience
from search.find import find
from search.request import SearchRequest
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    SchoolFactory,
    StateFactory,
    SubjectFactory,
    UserFactory,
    member,
    resource,
)

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_search_and_database_agree_for_every_role(follow: Callable[[], None], client: Client) -> None:
    juniper, harbor = DistrictFactory(name="Juniper"), DistrictFactory(name="Harbor")
    ridge, high, k8 = (
        SchoolFactory(parent=juniper),
        SchoolFactory(parent=juniper),
        SchoolFactory(parent=harbor),
    )
    author = member(Role.TEACHER, ridge, name="author")
    people: dict[str, User | AnonymousUser] = {
        "anonymous": AnonymousUser(),
        "without a role": UserFactory(),
        "author": author,
        "no longer active": member(Role.TEACHER, ridge, is_active=False),
        "teacher of the school": member(Role.TEACHER, ridge),
        "teacher of another school": member(Role.TEACHER, high),
        "teacher of the district": member(Role.TEACHER, juniper),
        "reviewer": member(Role.REVIEWER, juniper),
        "coordinator": member(Role.COORDINATOR, juniper),
        "administrator": member(Role.DISTRICT_ADMIN, juniper),
        "teacher elsewhere": member(Role.TEACHER, k8),
        "reviewer elsewhere": member(Role.REVIEWER, harbor),
        "state administrator": member(Role.STATE_ADMIN, StateFactory()),
        "superuser": UserFactory(is_superuser=True),
    }
    for audience in Audience.values:
        for live in (True, False):
            shared = {
                "school": ridge,
                "owner": author,
                "audience": audience,
                "live": live,
                "summary": "secret",
            }
            resource(f"{audience} {live}", district=juniper, **shared)
    resource("school of nobody", district=juniper, audience="school")
    follow()
    seen_by = {}
    for name, person in people.items():
        results = find(SearchRequest(limit=100), user_tokens(person))
        seen = {hit.title for hit in results.hits}
        assert seen == set(visible_to(person).values_list("title", flat=True)), name
        assert results.total == len(seen)
        # No count gives a hidden resource away, and neither does another door to the same results.
        assert sum(bucket.count for bucket in results.facet("audience").buckets) == len(seen)
        if isinstance(person, User) and person.is_active:
            client.force_login(person)
        answer = client.get("/api/v1/resources?q=secret&limit=100").json()
        assert {one["title"] for one in answer["results"]} == seen - {"school of nobody"}, name
        client.logout()
        seen_by[name] = seen
    assert seen_by["anonymous"] == {"public True"}
    assert "school True" in seen_by["teacher of the school"]
    assert "school True" not in seen_by["teacher of another school"]
    assert not any("False" in title for seen in seen_by.values() for title in seen)


def test_a_near_spelling_gives_no_hidden_word_away(follow: Callable[[], None], client: Client) -> None:
    resource("Zanzibar expedition", audience="school")
    follow()
    answer = client.get("/api/v1/resources?q=zanzibra").json()
    assert (answer["total"], answer["did_you_mean"]) == (0, None)


def test_what_could_be_dropped_counts_nothing_hidden(follow: Callable[[], None], client: Client) -> None:
    resource("Zebra opera", audience="school")
    resource("Zebra crossing", grades=["06"])
    follow()
    page = client.get("/search/?q=zebra&grade=12").content.decode()
    ways = re.findall(r">without ([^<]+)</a> <span class=\"soft\">(\d+) resource", page)
    assert ways == [("Grade 12", "1")]


def test_a_value_that_only_hidden_resources_have_is_not_found_in_its_facet(
    follow: Callable[[], None], client: Client
) -> None:
    framework = FrameworkFactory()
    open_to_all, hidden = (
        ItemFactory(framework=framework, full_statement=f"Units of {what}") for what in ("length", "money")
    )
    resource("Rulers", alignments=[{"item": open_to_all}])
    resource("Coins", alignments=[{"item": hidden}], audience="school")
    follow()
    page = client.get("/search/facet/standard/?find=units").content.decode()
    assert open_to_all.full_statement in page
    assert hidden.full_statement not in page


def test_every_page_of_search_counts_for_the_reader_alone(
    follow: Callable[[], None], client: Client, settings: Any
) -> None:
    """The page of a facet, what is offered while one types, equivalents, filters that words may mean, and the look-up
    while the engine rests: nothing to a visitor, and all of it to a colleague."""
    district = DistrictFactory()
    framework = FrameworkFactory()
    mine, common = (ItemFactory(framework=framework, human_coding_scheme=code) for code in ("M.1", "C.1"))
    AssociationFactory(framework=framework, origin=mine, association_type="exactMatchOf", destination=common)
    resource("Rulers", district=district, alignments=[{"item": mine}])
    resource(
        "Zanzibar rulers",
        district=district,
        audience=Audience.DISTRICT,
        language="es",
        subjects=[SubjectFactory(slug="secrets", label="Secrets")],
        alignments=[{"item": common}],
    )
    follow()
    doors = {
        "/search/facet/subject/": "Secrets",
        "/search/suggest/?q=zanzi": "Zanzibar rulers",
        f"/search/?standard={mine.identifier}&related=1": "Zanzibar rulers",
        "/search/?q=rulers+spanish": "Language Spanish",
        "/search/?q=zanzibar&engine=rests": "Zanzibar rulers",
    }

    engine = settings.OPENSEARCH_URL

    def told() -> list[str]:
        found = []
        for address, words in doors.items():
            settings.OPENSEARCH_URL = "http://127.0.0.1:9" if address.endswith("rests") else engine
            html = client.get(address, follow=True).content.decode()
            text = " ".join(re.sub(r"<[^>]*>", "", html).split())
            found += [address] if words in text else []
        return found

    assert told() == []
    client.force_login(member(Role.TEACHER, district))
    assert told() == list(doors)
