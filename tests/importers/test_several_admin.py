"""A file with several frameworks in the admin: one chooses which are read, and each is planned and applied by itself."""

from typing import Any

import lxml.html
import pytest

from importers import jobs
from importers.models import FrameworkImport
from people.models import User
from standards.models import Framework
from tests.importers.asking import act, page, upload
from tests.importers.loading import other
from tests.importers.packages import as_bytes, package
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db
BOTH = [package({"A": None}), other({"X": None, "Y": "X"})]


def test_frameworks_of_one_file_are_chosen_and_each_becomes_a_plan(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    client, callbacks = signed_in(state_admin), django_capture_on_commit_callbacks
    record = upload(client, callbacks, as_bytes(BOTH))
    assert "The file holds 2 frameworks." in page(client, record)
    listed = f"/admin/standards/imports/{record.pk}/documents/"
    html: Any = lxml.html.fromstring(client.get(listed).content)
    words = " ".join(html.xpath("//main")[0].text_content().split())
    assert "Which frameworks shall be imported?" in words
    assert "May 1, 2024" in words, "a day as people read it"
    offered = [one.text_content() for one in html.xpath("//label[.//input[@name='document']]")]
    assert ["Ratios and more" in offered[0], "Another one" in offered[1]] == [True, True]
    with callbacks(execute=True):
        answer = client.post(listed, {"document": html.xpath("//input[@name='document']/@value")})
    assert answer["Location"] == "/admin/standards/imports/"
    for run in FrameworkImport.objects.exclude(pk=record.pk):
        jobs.plan_now(run.pk)
        run.refresh_from_db()
        assert "Nothing is written yet" in page(client, run)
        assert "Applied." in act(client, callbacks, run, "apply")
    assert sorted(Framework.objects.values_list("title", flat=True)) == ["Another one", "Ratios and more"]
    assert page(client, record)
    assert client.get(listed).content.decode().count("imported<") == 2


def test_a_file_that_holds_a_framework_twice_is_refused(
    state_admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    record = upload(signed_in(state_admin), django_capture_on_commit_callbacks, as_bytes([BOTH[0], BOTH[0]]))
    assert record.state == "refused"
    assert "holds “Ratios and more” more than once" in record.message
