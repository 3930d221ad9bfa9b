"""Search holds published standards only: a private draft gives no filter, no count and no word away, whoever asks."""

from collections.abc import Callable

import pytest
from django.test import Client

from people.models import Role
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    member,
    resource,
)

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

DOORS = [
    "/search/?q=marmalade",
    "/search/?q=D.6.RP.9",
    "/search/?standard={identifier}",
    "/search/?standard={identifier}&related=1",
    "/search/?standard=DRAFT",
    "/search/facet/standard/?find=ratio",
    "/search/facet/standard/?find=juniper",
    "/search/?open=standard:DRAFT",
    "/api/v1/resources?q=marmalade",
    "/api/v1/resources?q=juniper+draft",
    "/api/v1/resources?open=standard:DRAFT",
]


@pytest.fixture
def juniper():
    return DistrictFactory(name="Juniper Valley")


@pytest.fixture
def draft(juniper):
    return FrameworkFactory(
        short_name="DRAFT", title="Juniper draft", owner=juniper, adoption_status="Private Draft"
    )


@pytest.fixture
def item(draft, juniper):
    published = ItemFactory(framework=FrameworkFactory(short_name="PUB"), human_coding_scheme="P.1")
    top = ItemFactory(framework=draft, human_coding_scheme="D.6.RP", full_statement="Weigh marmalade")
    item = ItemFactory(framework=draft, human_coding_scheme="D.6.RP.9", full_statement="By ratio", under=top)
    resource(
        "Jam day",
        district=juniper,
        alignments=[{"item": item, "relation": "teaches"}, {"item": published, "relation": "teaches"}],
    )
    return item


@pytest.mark.parametrize("door", DOORS)
def test_search_does_not_know_it(client: Client, follow: Callable[[], None], item, juniper, door) -> None:
    follow()
    for user in (None, member(Role.TEACHER, juniper), member(Role.COORDINATOR, juniper)):
        if user:
            client.force_login(user)
        page = client.get(door.format(identifier=item.identifier))
        assert page.status_code in (200, 400)  # it is there; a program is told that there is no such standard
        answer = page.content.decode()
        told = [words for words in ("Weigh marmalade", "By ratio", "Juniper draft") if words in answer]
        # The look-up of standards that an empty search offers knows who may see a draft.
        assert not told or (user and user.memberships.get().role == Role.COORDINATOR and "?q=" in door)


def test_the_resource_is_found_by_its_published_standards(
    client: Client, follow: Callable[[], None], item
) -> None:
    follow()
    answer = client.get("/api/v1/resources?q=jam").json()
    assert [one["code"] for one in answer["results"][0]["standards"]] == ["P.1"]
    assert [bucket["value"] for bucket in answer["facets"]["standard"]["buckets"]] == ["PUB"]
    assert client.get("/api/v1/resources?q=marmalade").json()["total"] == 0
    assert client.get("/api/v1/resources?standard=DRAFT").status_code == 400


def test_published_standards_do_not_tell_what_a_draft_has_above_and_below_them(
    client: Client, follow: Callable[[], None], juniper, draft
) -> None:
    above = ItemFactory(framework=draft, human_coding_scheme="D.1", full_statement="Weigh marmalade")
    published = ItemFactory(framework=FrameworkFactory(short_name="PUB"), under=above)
    ItemFactory(framework=draft, human_coding_scheme="D.2", full_statement="Spread it", under=published)
    resource("Bread day", district=juniper, alignments=[{"item": published}])
    follow()
    for query in ("q=marmalade", "q=D.1"):
        assert client.get(f"/api/v1/resources?{query}").json()["total"] == 0
    query = f"open=standard:PUB&open=standard:{published.identifier}"
    (root,) = client.get(f"/api/v1/resources?{query}").json()["facets"]["standard"]["buckets"]
    assert root["value"] == "PUB"
    assert [(one["value"], one["has_children"], one["children"]) for one in root["children"]] == [
        (published.identifier, False, [])
    ]


def test_equivalents_are_known_by_published_crosswalks_between_published_standards(
    client: Client, follow: Callable[[], None], juniper, draft, item
) -> None:
    """Neither what a draft says of two published standards, nor a published crosswalk into a draft or out of it."""
    public = FrameworkFactory(short_name="COMMON")
    here, there = (ItemFactory(framework=public, human_coding_scheme=code) for code in ("C.1", "C.2"))
    resource("Bread day", district=juniper, alignments=[{"item": there}])
    AssociationFactory(framework=draft, origin=here, destination=there, association_type="exactMatchOf")
    AssociationFactory(framework=public, origin=here, destination=item, association_type="exactMatchOf")
    AssociationFactory(framework=public, origin=item, destination=here, association_type="isPeerOf")
    follow()
    address = f"standard={here.identifier}&related=1"
    for user in (None, member(Role.COORDINATOR, juniper)):
        if user:
            client.force_login(user)
        assert client.get(f"/api/v1/resources?{address}").json()["related"] is None
        html = client.get(f"/search/?{address}").content.decode()
        assert not [words for words in ("equivalent", "exact match", "D.6.RP.9", "Bread") if words in html]
    draft.adoption_status = "Adopted"
    draft.save()
    follow()
    related = client.get(f"/api/v1/resources?{address}").json()["related"]
    assert sorted(one["title"] for one in related["results"]) == ["Bread day", "Jam day"]


def test_search_follows_when_the_draft_is_published(
    client: Client, follow: Callable[[], None], item, draft
) -> None:
    follow()
    draft.adoption_status = "Adopted"
    draft.save()
    follow()
    answer = client.get("/api/v1/resources?standard=DRAFT:D.6.RP").json()
    assert [one["title"] for one in answer["results"]] == ["Jam day"]
    draft.adoption_status = "private draft"
    draft.save()
    follow()
    assert "D.6.RP" not in client.get("/api/v1/resources?q=jam").content.decode()
