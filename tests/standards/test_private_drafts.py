"""A private draft is there for those who keep it, and for nobody else: on pages, in the look-up, in the API."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from people.models import Role
from standards.access import visible_frameworks
from standards.models import Framework
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    StateFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

CODE, WORDS = "D.6.RP.9", "Weigh marmalade by ratio"


@pytest.fixture
def draft():
    """A district's private draft, tied to a published framework in every way there is."""
    juniper, harbor = DistrictFactory(name="Juniper Valley"), DistrictFactory(name="Harbor Point")
    framework = FrameworkFactory(
        short_name="DRAFT", title="Juniper draft", owner=juniper, adoption_status="Private Draft"
    )
    item = ItemFactory(framework=framework, human_coding_scheme=CODE, full_statement=WORDS)
    published = FrameworkFactory(short_name="PUB", title="Published mathematics", adoption_status="Adopted")
    parent = ItemFactory(framework=published, human_coding_scheme="P.1", full_statement="Ratios")
    below_it = ItemFactory(framework=framework, full_statement=f"{WORDS} again", under=parent)
    child = ItemFactory(
        framework=published, human_coding_scheme="P.2", full_statement="Public child", under=item
    )
    AssociationFactory(
        framework=published,
        association_type="exactMatchOf",
        origin=parent,
        destination=item,
        destination_title=WORDS,
    )
    return SimpleNamespace(
        framework=framework,
        item=item,
        parent=parent,
        below_it=below_it,
        child=child,
        juniper=juniper,
        may=[
            member(Role.DISTRICT_ADMIN, juniper),
            member(Role.COORDINATOR, juniper),
            member(Role.STATE_ADMIN, StateFactory()),
            UserFactory(is_superuser=True),
        ],
        may_not=[
            AnonymousUser(),
            UserFactory(),
            member(Role.TEACHER, juniper),
            member(Role.REVIEWER, juniper),
            member(Role.COORDINATOR, harbor),
            member(Role.DISTRICT_ADMIN, harbor),
        ],
    )


def sign_in(client, user):
    client.logout()
    if user.is_authenticated:
        client.force_login(user)


ADDRESSES = [
    "/standards/DRAFT/",
    "/standards/draft/",
    "/standards/item/{identifier}/",
    f"/standards/item/DRAFT:{CODE}/",
    "/standards/lookup/?framework=DRAFT&q=ratio",
    "/api/v1/standards/{identifier}",
    f"/api/v1/standards/DRAFT:{CODE}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_it_answers_only_to_those_who_keep_it(client, draft, address):
    url = address.format(identifier=draft.item.identifier)
    for user in draft.may:
        sign_in(client, user)
        assert client.get(url, follow=True).status_code == 200
    for user in draft.may_not:
        sign_in(client, user)
        assert client.get(url, follow=True).status_code == 404


LISTS = [
    "/standards/",
    "/standards/PUB/?open={parent}",
    "/standards/item/{parent}/",
    "/standards/item/{child}/",
    "/standards/lookup/?q=marmalade",
    f"/standards/lookup/?q={CODE}",
    "/api/v1/standards?q=marmalade",
    f"/api/v1/standards?q={CODE}",
    "/api/v1/standards/{parent}",
    "/api/v1/standards/{child}",
    "/api/v1/frameworks",
]


@pytest.mark.parametrize("address", LISTS)
def test_nothing_else_gives_it_away(client, draft, address):
    url = address.format(parent=draft.parent.identifier, child=draft.child.identifier)
    told = (WORDS, "Juniper draft", draft.item.identifier, draft.below_it.identifier)
    for user in draft.may:
        sign_in(client, user)
        assert any(words in client.get(url, follow=True).content.decode() for words in told)
    for user in draft.may_not:
        sign_in(client, user)
        page = client.get(url, follow=True).content.decode()
        assert not [words for words in told if words in page]


def test_its_level_of_a_tree_is_not_there_for_others(client, draft):
    answer = client.get(f"/standards/level/{draft.item.identifier}/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert client.get(f"/api/v1/standards/{draft.parent.identifier}").json()["counts"]["descendants"] == 0


def test_what_only_a_draft_hangs_below_has_nothing_to_unfold(client, draft):
    for user, unfolds in ((draft.may[0], True), (AnonymousUser(), False)):
        sign_in(client, user)
        page = client.get("/standards/PUB/").content.decode()
        assert "P.1" in page
        assert (f"open={draft.parent.identifier}" in page) is unfolds


def test_the_api_says_the_same_of_it_as_of_what_never_was(client, draft):
    hidden = client.get("/api/v1/standards?framework=DRAFT&q=ratio")
    unknown = client.get("/api/v1/standards?framework=NOTHING&q=ratio")
    assert hidden.status_code == unknown.status_code == 400
    assert hidden.json()["detail"].replace("DRAFT", "NOTHING") == unknown.json()["detail"]


@pytest.mark.parametrize(
    ("status", "is_public"),
    [
        ("private draft", False),
        ("PRIVATE DRAFT", False),
        (" Private  Draft ", False),
        ("PrivateDraft", False),
        ("private-draft", False),
        ("Draft", True),
        ("Adopted", True),
        ("Deprecated", True),
        ("", True),
        ("Not a private draft", True),
    ],
)
def test_the_status_is_read_in_any_spelling(status, is_public):
    framework = FrameworkFactory(adoption_status=status)
    assert visible_frameworks().filter(pk=framework.pk).exists() is is_public


def test_one_that_nobody_keeps_is_the_states(draft):
    Framework.objects.filter(pk=draft.framework.pk).update(owner=None)
    seen = [visible_frameworks(user).filter(pk=draft.framework.pk).exists() for user in draft.may]
    assert seen == [False, False, True, True]


def test_a_coordinator_who_left_the_site_sees_nothing_more(draft):
    coordinator = draft.may[1]
    coordinator.is_active = False
    assert not visible_frameworks(coordinator).filter(pk=draft.framework.pk).exists()
