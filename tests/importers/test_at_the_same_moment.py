"""What is done to a framework on its page in the admin while somebody else, or an import, is at it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.db import transaction
from django.test import Client

from importers import jobs
from importers.forms import RefreshForm
from importers.models import FrameworkImport, RefreshSchedule
from importers.services import import_framework
from importers.turns import take_turn
from people.models import Role, User
from repository.permissions import sync_all
from standards.models import Framework
from tests.factories import FrameworkFactory, StateFactory, member
from tests.waiting import elsewhere, waits_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clients() -> list[Client]:
    state = StateFactory()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(member(Role.STATE_ADMIN, state))
    sync_all()
    return clients


def test_a_framework_that_is_just_imported_gets_no_title_that_the_import_would_take_away(
    clients: list[Client], tmp_path: Path
) -> None:
    table = tmp_path / "math final (3).csv"
    table.write_text("code,statement\nN.1,Count to ten\n")
    import_framework(table)
    framework = Framework.objects.get()
    told: list[str] = []

    def rename() -> None:
        address = f"/admin/standards/{framework.pk}/title/"
        told.append(clients[0].post(address, {"title": "Mathematics"}, follow=True).text)

    with transaction.atomic():
        assert take_turn()
        elsewhere(rename)
    assert "because an import is just running" in told[0]
    assert 'value="Mathematics"' in told[0]
    assert Framework.objects.get().title == "math final (3)"
    rename()
    assert Framework.objects.get().title == "Mathematics"


def test_two_who_say_first_how_often_to_look_for_changes(
    clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = FrameworkFactory(source_url="https://case.example/package.json")
    waits_after(monkeypatch, (RefreshForm, "is_valid"))
    told: list[str] = []

    def says(client: Client, every: str) -> Callable[[], None]:
        address = f"/admin/standards/{framework.pk}/schedule/"
        return lambda: told.append(client.post(address, {"every": every}, follow=True).text)

    elsewhere(says(clients[0], "daily"), says(clients[1], "weekly"))
    assert all("Saved." in one for one in told)
    assert RefreshSchedule.objects.get().every in ("daily", "weekly")


def test_an_import_that_two_start_again_is_planned_once(
    clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower worker wrote its plan over what had become of the other's: what was applied was “planned” again."""
    user = User.objects.latest("pk")
    record = jobs.start(user=user, data=b"code,statement\nN.1,Count to ten\n", name="math.csv")
    FrameworkImport.objects.update(state=FrameworkImport.State.BROKEN)
    record.refresh_from_db()
    asked: list[int] = []
    monkeypatch.setattr(jobs, "_enqueue_plan", lambda one: asked.append(one.pk))
    for _twice in range(2):
        jobs.start_again(record)
    assert asked == [record.pk]
    planned: list[int] = []

    def another_is_asked_too(one: FrameworkImport) -> None:
        planned.append(one.pk)
        if len(planned) < 3:
            jobs.plan_now(one.pk)

    monkeypatch.setattr(jobs, "_plan", another_is_asked_too)
    jobs.plan_now(record.pk)
    assert planned == [record.pk]


def fields(client: Client, framework: Framework, form: str, page: str = "") -> dict[str, str]:
    """What a form of its page would send; of this page, where it came back with what was typed."""
    page = page or client.get(f"/admin/standards/{framework.pk}/").text
    html: Any = lxml.html.fromstring(page)
    (found,) = html.xpath(f"//form[@action='/admin/standards/{framework.pk}/{form}/']")
    return dict(found.form_values())


@pytest.mark.parametrize(
    ("form", "field", "typed", "words"),
    [
        ("title", "title", ["Mathematics", "Mathematics 2026"], "Now there is – Title: Mathematics"),
        ("schedule", "every", ["daily", "weekly"], "Now there is – Look for changes: Every day"),
    ],
)
def test_what_somebody_else_has_just_said_of_a_framework_is_not_replaced_unheard(
    clients: list[Client], tmp_path: Path, form: str, field: str, typed: list[str], words: str
) -> None:
    """What the second had typed was lost, and had to be typed again."""
    table = tmp_path / "math final (3).csv"
    table.write_text("code,statement\nN.1,Count to ten\n")
    import_framework(table)
    Framework.objects.update(source_url="https://case.example/package.json")
    framework = Framework.objects.get()
    address = f"/admin/standards/{framework.pk}/{form}/"
    opened = [fields(client, framework, form) for client in clients]

    def sent(number: int) -> str:
        return clients[number].post(address, opened[number] | {field: typed[number]}, follow=True).text

    assert "Nothing of yours has been kept" not in sent(0)
    told = sent(1)
    assert str(lxml.html.fromstring(told).findtext(".//title")).split()[0] == "Error:"
    assert "Somebody else has changed this since you opened it. Nothing of yours has been kept." in told
    assert words in told
    assert fields(clients[1], framework, form)[field] == typed[0]
    opened[1] = fields(clients[1], framework, form, told)
    assert opened[1][field] == typed[1]
    assert "Nothing of yours has been kept" not in sent(1)
    assert fields(clients[1], framework, form)[field] == typed[1]


def test_a_title_that_is_too_long_stays_to_be_shortened(clients: list[Client], tmp_path: Path) -> None:
    table = tmp_path / "math.csv"
    table.write_text("code,statement\nN.1,Count to ten\n")
    import_framework(table)
    framework = Framework.objects.get()
    address = f"/admin/standards/{framework.pk}/title/"
    told = clients[0].post(address, {"title": "Mathematics " * 30}).text
    assert "of at most 300 characters" in told
    assert fields(clients[0], framework, "title", told)["title"] == "Mathematics " * 30
    assert clients[0].get(address)["Location"] == f"/admin/standards/{framework.pk}/"
