"""`publish_scheduled` beside itself, and beside somebody who saves."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import PageLogEntry, Revision

from repository.models import ResourcePage
from repository.services import drafts
from tests.factories import resource
from tests.repository.conftest import retitled
from tests.repository.pages import latest
from tests.waiting import elsewhere, waits_after

pytestmark = pytest.mark.django_db(transaction=True)
AN_HOUR = timedelta(hours=1)


def run() -> None:
    call_command("publish_scheduled")


def test_of_two_runs_one_publishes(people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    page = resource("Rivers", district=people.district, live=False)
    page.title, page.go_live_at = "Rivers and lakes", timezone.now() - AN_HOUR
    revision = page.save_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=page.go_live_at)
    call_command("publish_scheduled", dryrun=True)
    assert not ResourcePage.objects.get(pk=page.pk).live
    waits_after(monkeypatch, (Revision, "as_object"))
    elsewhere(run, run)
    now = ResourcePage.objects.get(pk=page.pk)
    assert (now.live, now.title) == (True, "Rivers and lakes")
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled").count() == 1


def test_who_saves_while_a_page_ends_loses_nothing(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = resource("Rivers", district=people.district, owner=people.teacher)
    ResourcePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - AN_HOUR)
    waits_after(monkeypatch, (UnpublishPageAction, "check"), (drafts, "is_in_review"))

    def save() -> None:
        drafts.save_draft(
            identifier=page.identifier, user=people.coordinator, change=retitled("Rivers and lakes")
        )

    elsewhere(run, save)
    now = ResourcePage.objects.get(pk=page.pk)
    # `expired` is for who was first to say: Wagtail takes what is saved after its end for a draft.
    assert not now.live
    assert latest(page).title == "Rivers and lakes"
    assert now.draft_title == "Rivers and lakes"
