"""What resources, their forms and the admin say of a framework that is a private draft."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from repository.models import Alignment
from repository.services import drafts, review
from tests.factories import FrameworkFactory, ItemFactory, KindFactory, resource
from tests.repository.conftest import complete
from tests.repository.pages import Page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    framework = FrameworkFactory(
        short_name="DRAFT", title="Juniper draft", owner=people.district, adoption_status="Private Draft"
    )
    item = ItemFactory(framework=framework, human_coding_scheme="D.6.RP.9", full_statement="Weigh marmalade")
    return SimpleNamespace(framework=framework, item=item)


def test_a_resource_shows_it_to_those_who_keep_it_only(people, draft):
    page = resource(
        "Jam day", district=people.district, alignments=[{"item": draft.item, "relation": "teaches"}]
    )
    assert "marmalade" in signed_in(people.coordinator).get(page.url).content.decode()
    for client in (Client(), signed_in(people.teacher), signed_in(people.reviewer)):
        shown = client.get(page.url).content.decode()
        assert "Jam day" in shown
        assert "marmalade" not in shown
        assert "D.6.RP.9" not in shown
    assert "D.6.RP.9" not in Client().get(f"/{people.district.slug}/").content.decode()


def test_a_reviewer_is_not_asked_to_judge_what_is_not_shown(people, draft):
    open_item = ItemFactory(human_coding_scheme="P.1", full_statement="Compare prices")

    def fill(page):
        complete(page)
        page.alignments = [Alignment(item=one) for one in (draft.item, open_item)]

    mine = drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Jam", fill=fill
    )
    review.submit(identifier=mine.identifier, user=people.teacher)
    for user, asked in ((people.reviewer, ["P.1"]), (people.coordinator, ["D.6.RP.9", "P.1"])):
        page = Page.open(signed_in(user), reverse("repository:review", args=[mine.identifier]))
        shown = " ".join(" ".join(page.html.xpath("//form//label//text()")).split())
        assert [code for code in ("D.6.RP.9", "P.1") if code in shown] == asked
        assert ("marmalade" in page.response.content.decode()) is (len(asked) == 2)


@pytest.mark.parametrize(("who", "finds"), [("coordinator", True), ("teacher", False), ("reviewer", False)])
def test_the_picker_offers_it_to_those_who_keep_it(people, draft, who, finds):
    answer = signed_in(getattr(people, who)).get(reverse("repository:standards"), {"standards_q": "6rp9"})
    assert ("marmalade" in answer.content.decode()) is finds


def test_a_row_written_by_hand_does_not_reveal_it(people, draft):
    mine = drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Jam", fill=complete
    )
    client = signed_in(people.teacher)
    open_item = ItemFactory(full_statement="Compare prices")
    url = reverse("repository:edit", args=[mine.identifier])
    page = Page.open(client, url).press("Find", standards_q=open_item.human_coding_scheme)
    page = page.press("Add")
    field = page.names("alignment-0-item")[0]
    forged = page.press("Save", **{field.replace("-", "__"): draft.item.identifier})
    assert "marmalade" not in forged.response.content.decode()
    mine.refresh_from_db()
    assert not mine.get_latest_revision_as_object().alignments.filter(item=draft.item).exists()


def test_the_admins_chooser_finds_by_code_and_hides_it(people, draft):
    ItemFactory(human_coding_scheme="P.1", full_statement="Compare prices")
    for user, finds in [(people.coordinator, True), (people.reviewer, False), (people.other_reviewer, False)]:
        client = signed_in(user)
        chosen = reverse("item_chooser:chosen", args=[draft.item.pk])
        assert client.get(chosen).status_code == (200 if finds else 404)
        found = client.get(reverse("item_chooser:choose_results"), {"q": "d6rp9"}).content.decode()
        assert ("marmalade" in found) is finds
        everything = client.get(reverse("item_chooser:choose")).json()["html"]
        assert "Compare prices" in everything
        assert ("marmalade" in everything) is finds


def test_a_resource_is_edited_in_the_admin_without_a_list_of_all_standards(people):
    item = ItemFactory(human_coding_scheme="P.1", full_statement="Compare prices")
    ItemFactory(full_statement="Never chosen")
    page = resource("Jam day", district=people.district, alignments=[{"item": item, "relation": "teaches"}])
    shown = (
        signed_in(people.coordinator).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )
    assert "Compare prices" in shown
    assert "Never chosen" not in shown
