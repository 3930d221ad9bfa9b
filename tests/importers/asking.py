"""Imports in the Wagtail admin as people make them: a file is sent, a button pressed, and the worker works."""

import copy
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from importers import jobs, permissions
from importers.models import FrameworkImport
from people.models import User
from repository.permissions import sync_all
from tests.factories import member
from tests.importers.packages import as_bytes, package, statement

TREE = {"A": None, "A.1": "A", "A.2": "A"} | {f"B.{number}": None for number in range(20)}


def person(role: str, organisation: Any) -> User:
    user = member(role, organisation)
    sync_all()
    return user


def upload(client: Client, callbacks: Any, raw: Any, **fields: Any) -> FrameworkImport:
    """Sends the form, and lets the worker read and plan."""
    data = raw if isinstance(raw, bytes) else as_bytes(raw)
    owner = permissions.owners_for(User.objects.get(pk=client.session["_auth_user_id"]))[0]
    with callbacks(execute=True):
        answer = client.post(
            "/admin/standards/import/",
            {"file": SimpleUploadedFile("ratios.json", data), "owner": owner.pk, **fields},
        )
    assert answer.status_code == 302, answer.content
    record = FrameworkImport.objects.latest("pk")
    assert answer["Location"] == f"/admin/standards/imports/{record.pk}/"
    jobs.plan_now(record.pk)
    record.refresh_from_db()
    return record


def act(client: Client, callbacks: Any, record: FrameworkImport, action: str, **fields: Any) -> str:
    """Presses a button, lets the worker work, and returns the page that follows."""
    with callbacks(execute=True):
        answer = client.post(f"/admin/standards/imports/{record.pk}/{action}/", fields)
    assert answer.status_code == 302
    jobs.apply_now(record.pk)
    record.refresh_from_db()
    return page(client, record)


def press(client: Client, callbacks: Any, record: FrameworkImport, action: str) -> FrameworkImport:
    """Presses a button that starts another run, lets the worker plan it, and returns that run."""
    with callbacks(execute=True):
        answer = client.post(f"/admin/standards/imports/{record.pk}/{action}/")
    started = FrameworkImport.objects.latest("pk")
    assert answer["Location"] == f"/admin/standards/imports/{started.pk}/"
    jobs.plan_now(started.pk)
    started.refresh_from_db()
    return started


def page(client: Client, record: FrameworkImport) -> str:
    answer = client.get(f"/admin/standards/imports/{record.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def revised() -> Any:
    raw = copy.deepcopy(package(TREE))
    raw["CFItems"][1]["fullStatement"] = "What A.1 now says."
    raw["CFItems"] = [entry for entry in raw["CFItems"] if entry["humanCodingScheme"] != "A.2"]
    raw["CFItems"].append(statement("C", "A new statement."))
    return raw
