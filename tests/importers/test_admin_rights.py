"""Importing in the Wagtail admin: who may look, and who may start."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from importers.models import FrameworkImport
from importers.services import import_framework
from people.models import Role, User
from standards.models import Framework
from tests.factories import DistrictFactory, StateFactory
from tests.importers.asking import TREE, act, page, person, revised, upload
from tests.importers.packages import DOCUMENT, as_bytes, package
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_district_applies_its_own_and_only_looks_at_others(django_capture_on_commit_callbacks: Any) -> None:
    import_framework(as_bytes(package(TREE)))
    ours = DistrictFactory()
    admin = person(Role.DISTRICT_ADMIN, ours)
    client, callbacks = signed_in(admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, revised())
    assert "is kept by the state" in page(client, record)
    own = upload(client, callbacks, package({"X": None}, identifier="district-framework"))
    assert "Applied. 1 added." in act(client, callbacks, own, "apply")
    assert Framework.objects.get(identifier="district-framework").owner == ours
    neighbour = signed_in(person(Role.DISTRICT_ADMIN, DistrictFactory()))
    again = upload(client, callbacks, package({"X": None, "Y": None}, identifier="district-framework"))
    assert "Only an administrator" in page(neighbour, again)
    assert neighbour.post(f"/admin/standards/imports/{again.pk}/apply/").status_code in (302, 403)
    again.refresh_from_db()
    assert again.state == FrameworkImport.State.PLANNED


@pytest.mark.parametrize(
    ("role", "looks", "starts"),
    [
        (Role.TEACHER, False, False),
        (Role.REVIEWER, False, False),
        (Role.COORDINATOR, True, False),
        (Role.DISTRICT_ADMIN, True, True),
        (Role.STATE_ADMIN, True, True),
    ],
)
def test_who_may_look_and_who_may_start(role: str, looks: bool, starts: bool) -> None:
    framework = import_framework(as_bytes(package(TREE))).framework
    assert framework is not None
    record = FrameworkImport.objects.get()
    client = signed_in(person(role, StateFactory() if role == Role.STATE_ADMIN else DistrictFactory()))
    for path in ("", "imports/", f"imports/{record.pk}/", f"{framework.pk}/"):
        assert (client.get(f"/admin/standards/{path}").status_code == 200) is looks, path
    assert (client.get("/admin/standards/import/").status_code == 200) is starts
    menu = client.get("/admin/").content.decode() if looks else ""
    assert ("/admin/standards/" in menu) is looks


def test_lists_cost_the_same_however_long_they_are() -> None:
    client = signed_in(person(Role.STATE_ADMIN, StateFactory()))
    counted = []
    for round_ in range(2):
        for number in range(4):
            raw = package({f"{round_}.{number}": None}, identifier=f"{DOCUMENT}-{round_}-{number}")
            import_framework(as_bytes(raw), owner=DistrictFactory())
        for path in ("/admin/standards/", "/admin/standards/imports/"):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counted.append(len(queries))
    assert counted[:2] == counted[2:]


def test_a_private_draft_is_listed_for_those_who_keep_it_only(
    django_capture_on_commit_callbacks: Any,
) -> None:
    juniper, harbor = DistrictFactory(), DistrictFactory()
    keeper, other = person(Role.DISTRICT_ADMIN, juniper), person(Role.DISTRICT_ADMIN, harbor)
    draft = package(TREE, title="Hidden ratios")
    draft["CFDocument"]["adoptionStatus"] = "Private Draft"
    record = upload(signed_in(keeper), django_capture_on_commit_callbacks, draft)

    def seen_by(user: User) -> list[bool]:
        client = signed_in(user)
        lists = [
            client.get(url).content.decode() for url in ("/admin/standards/", "/admin/standards/imports/")
        ]
        page = client.get(f"/admin/standards/imports/{record.pk}/")
        return ["Hidden ratios" in one for one in lists] + [page.status_code == 200]

    assert seen_by(keeper) == [False, True, True]
    assert seen_by(other) == [False, False, False]
    act(signed_in(keeper), django_capture_on_commit_callbacks, record, "apply")
    framework = Framework.objects.get()
    assert seen_by(keeper) == [True, True, True]
    assert seen_by(other) == [False, False, False]
    assert signed_in(other).get(f"/admin/standards/{framework.pk}/").status_code == 404
    assert signed_in(keeper).get(f"/admin/standards/{framework.pk}/").status_code == 200
