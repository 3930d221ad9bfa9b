"""Frameworks that are looked for at their source: what is asked, mailed and applied, and when not."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from importers import jobs
from importers.models import FrameworkImport, RefreshSchedule
from importers.reconcile import prepare
from importers.refresh import is_due, what_speaks_against
from importers.services import import_framework
from people.models import Organisation, Role
from standards.models import Framework, Item
from tests.factories import DistrictFactory, StateFactory, member
from tests.importers.asking import person
from tests.importers.packages import as_bytes, identifier_of, package
from tests.jobs import wait, work
from tests.post import AWAY, post_office
from tests.repository.pages import signed_in

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A"} | {f"B.{n}": None for n in range(20)}


class Source:
    """A server whose one file tests change; it answers 304 to whoever knows the file already."""

    def __init__(self) -> None:
        self.data = as_bytes(package(TREE))
        self.status = 200
        self.sent = 0
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tag = f'"{hash(source.data)}"'
                known = source.status == 200 and self.headers.get("If-None-Match") == tag
                self.send_response(304 if known else source.status)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", "0" if known else str(len(source.data)))
                self.end_headers()
                if not known:
                    source.sent += 1
                    self.wfile.write(source.data)

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/CFPackages/one"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(autouse=True)
def _no_jobs_of_others() -> None:
    DBTaskResult.objects.all().delete()


@pytest.fixture
def source(settings: Any) -> Iterator[Source]:
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = True
    source = Source()
    yield source
    source.server.shutdown()
    source.server.server_close()


@pytest.fixture
def district() -> Organisation:
    district = DistrictFactory()
    member(Role.DISTRICT_ADMIN, district, email="admin@district.example")
    member(Role.COORDINATOR, district, email="coordinator@district.example")
    member(Role.STATE_ADMIN, StateFactory(), email="state@state.example")
    return district


def scheduled(source: Source, owner: Organisation | None, **fields: Any) -> RefreshSchedule:
    framework = import_framework(source.url, owner=owner, short_name="RATIO").framework
    assert framework is not None
    return RefreshSchedule.objects.create(framework=framework, **{"every": "daily", **fields})


def run(*options: str) -> str:
    out = StringIO()
    call_command("refresh_frameworks", "--all", *options, stdout=out)
    work()
    return out.getvalue()


def run_failing(*names: str) -> str:
    """What a run says in which the sources of these frameworks fail: whatever runs it hears of that."""
    out = StringIO()
    with pytest.raises(CommandError, match=rf"sources failed.*: {', '.join(names)}\.") as failure:
        call_command("refresh_frameworks", "--all", stdout=out)
    assert failure.value.returncode == 2
    work()
    return out.getvalue()


def recipients() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_a_change_is_planned_and_the_plan_mailed_to_who_keeps_the_framework(
    source: Source, district: Organisation
) -> None:
    schedule = scheduled(source, district)
    assert "RATIO unchanged" in run()
    assert (FrameworkImport.objects.count(), source.sent, mail.outbox) == (1, 1, [])
    source.data = as_bytes(package({**TREE, "C": None}))
    assert "RATIO planned" in run()
    assert recipients() == ["admin@district.example"]
    record = FrameworkImport.objects.latest("pk")
    body = str(mail.outbox[0].body)
    assert "added: C What C says." in body
    assert "\n1 added\n" in body
    assert f"/admin/standards/imports/{record.pk}/" in body
    assert not Item.objects.filter(identifier=identifier_of("C")).exists()
    assert "RATIO known" in run()  # the same plan is not mailed again, nor once it was discarded
    FrameworkImport.objects.filter(pk=record.pk).update(state="discarded")
    assert "RATIO known" in run()
    assert len(mail.outbox) == 1
    source.data = as_bytes(package({**TREE, "C": None, "D": None}))
    assert "RATIO planned" in run()
    schedule.refresh_from_db()
    assert schedule.checked_at is not None


def test_a_plan_whose_mail_found_no_server_is_mailed_when_there_is_one_again(
    source: Source, district: Organisation
) -> None:
    member(Role.DISTRICT_ADMIN, district, email="colleague@district.example")
    scheduled(source, district)
    source.data = as_bytes(package({**TREE, "C": None}))
    with AWAY:
        assert "RATIO planned" in run()
    with post_office(unknown=["colleague@district.example"]) as office:
        wait()
        work()
        assert office.delivered == ["admin@district.example"]
    wait()
    work()
    assert recipients() == ["colleague@district.example"]
    assert "added: C What C says." in str(mail.outbox[0].body)


def test_nobody_is_sent_to_a_plan_that_a_colleague_has_discarded_meanwhile(
    source: Source, district: Organisation
) -> None:
    scheduled(source, district)
    source.data = as_bytes(package({**TREE, "C": None}))
    with AWAY:
        run()
    FrameworkImport.objects.filter(state="planned").update(state="discarded")
    wait()
    work()
    assert mail.outbox == []


def test_a_source_that_answers_again_is_not_said_to_fail(source: Source, district: Organisation) -> None:
    scheduled(source, district)
    source.status = 404
    with AWAY:
        run_failing("RATIO")
    source.status = 200
    run()
    wait()
    work()
    assert mail.outbox == []


def test_it_is_applied_where_that_was_chosen_and_can_be_undone(
    source: Source, district: Organisation
) -> None:
    scheduled(source, district, by_itself=True)
    source.data = as_bytes(package({**TREE, "C": None}))
    assert "RATIO applied" in run()
    assert Item.objects.filter(identifier=identifier_of("C")).exists()
    assert mail.outbox[0].subject == "Updated from its source: Ratios and more"
    assert Framework.objects.get().owner == district
    call_command(
        "undo_import", str(FrameworkImport.objects.latest("pk").pk), stdout=StringIO(), stderr=StringIO()
    )
    assert not Item.objects.filter(identifier=identifier_of("C")).exists()


def test_a_file_that_may_be_cut_off_is_never_applied_by_itself(
    source: Source, district: Organisation
) -> None:
    scheduled(source, district, by_itself=True)
    source.data = as_bytes(package({"A": None}))
    assert "RATIO planned" in run()
    assert mail.outbox[0].subject == "Changed at its source: Ratios and more"
    body = str(mail.outbox[0].body)
    assert "More than a tenth of the framework would be retired" in body
    assert "whoever applies it says that the file is whole" in body
    assert "--" not in body  # what one types on a command line
    assert not Item.objects.filter(withdrawn=True).exists()


def test_a_file_with_an_error_is_never_applied_by_itself() -> None:
    record = FrameworkImport(
        plan={"retires_too_many": False},
        warnings=[{"severity": "error", "path": "CFItems[3]", "rule": "schema", "message": "says nothing."}],
    )
    assert what_speaks_against(record) == "The file has an error: CFItems[3] says nothing."
    record.warnings[0]["severity"] = "warning"
    assert what_speaks_against(record) == ""


def test_a_failure_is_mailed_once_until_the_source_is_back(source: Source, district: Organisation) -> None:
    schedule = scheduled(source, district)
    good, source.status = source.data, 404
    assert "RATIO failed" in run_failing("RATIO")
    assert "answered 404" in run_failing("RATIO")
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "Cannot be read at its source: Ratios and more"
    assert FrameworkImport.objects.filter(state="refused").count() == 1
    schedule.refresh_from_db()
    assert "answered 404" in schedule.failure
    source.status = 200
    assert "RATIO unchanged" in run()
    source.data = b"<html>moved</html>"
    assert "RATIO failed" in run_failing("RATIO")
    assert len(mail.outbox) == 2
    source.data = good
    assert "RATIO unchanged" in run()


def test_an_address_that_answers_another_framework_fails(source: Source, district: Organisation) -> None:
    scheduled(source, district, by_itself=True)
    source.data = as_bytes(package({"X": None}, identifier="another", title="Another one"))
    said = run_failing("RATIO")
    assert "does not answer with “Ratios and more” any more, but with “Another one”" in said
    assert Framework.objects.count() == 1


def test_an_address_that_answers_another_framework_that_is_here_already_fails_too(
    source: Source, district: Organisation
) -> None:
    scheduled(source, district, by_itself=True)
    source.data = as_bytes(package({"X": None}, identifier="another", title="Another one"))
    import_framework(source.data)
    assert "any more, but with “Another one”" in run_failing("RATIO")


def test_what_nobody_foresaw_in_one_framework_leaves_the_others_their_turn(
    source: Source, district: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = scheduled(source, district)
    other = import_framework(as_bytes(package({"X": None}, identifier="another")), owner=district).framework
    assert other is not None
    Framework.objects.filter(pk=other.pk).update(source_url=source.url, short_name="ANOTHER")
    RefreshSchedule.objects.create(framework=other, every="daily")
    source.data = as_bytes(package({**TREE, "C": None}))
    seen: list[object] = []

    def stumbles_once(*args: Any) -> Any:
        seen.append(args)
        if len(seen) == 1:
            raise ZeroDivisionError
        return prepare(*args)

    monkeypatch.setattr("importers.jobs.prepare", stumbles_once)
    told = run_failing("RATIO", "ANOTHER")
    assert "RATIO failed" in told
    assert "ZeroDivisionError" in told
    assert "ANOTHER failed" in told
    assert "but with “Ratios and more”" in told
    schedule.refresh_from_db()
    assert "Something unforeseen" in schedule.failure


def test_one_source_that_fails_keeps_no_other_back(source: Source, district: Organisation) -> None:
    scheduled(source, district, by_itself=True)
    gone = import_framework(as_bytes(package({"X": None}, identifier="gone")), owner=district).framework
    assert gone is not None
    Framework.objects.filter(pk=gone.pk).update(source_url="http://127.0.0.1:1/gone", short_name="GONE")
    RefreshSchedule.objects.create(framework=gone, every="daily")
    source.data = as_bytes(package({**TREE, "C": None}))
    told = run_failing("GONE")
    assert "RATIO applied" in told
    assert "GONE failed" in told


def test_the_states_framework_concerns_the_states_administrators(
    source: Source, district: Organisation
) -> None:
    scheduled(source, None)
    source.data = as_bytes(package({**TREE, "C": None}))
    run()
    assert recipients() == ["state@state.example"]


@pytest.mark.parametrize(
    ("every", "hours", "due"),
    [("daily", 23.5, True), ("daily", 22, False), ("weekly", 167.5, True), ("weekly", 160, False),
     ("monthly", 720, True), ("monthly", 700, False), ("off", 9999, False)],
)  # fmt: skip
def test_what_is_due(every: str, hours: float, due: bool) -> None:
    framework = Framework(source_url="https://case.example/one")
    last = timezone.now() - timedelta(hours=hours)
    assert is_due(RefreshSchedule(framework=framework, every=every, checked_at=last)) is due
    assert is_due(RefreshSchedule(framework=framework, every=every)) is (every != "off")


def test_the_schedule_is_set_in_the_admin_by_who_keeps_the_framework(
    source: Source, district: Organisation
) -> None:
    framework = import_framework(source.url, owner=district).framework
    assert framework is not None
    client = signed_in(person(Role.DISTRICT_ADMIN, district))
    page = client.get(f"/admin/standards/{framework.pk}/").content.decode()
    assert "Look for changes" in page
    client.post(f"/admin/standards/{framework.pk}/schedule/", {"every": "weekly", "by_itself": "on"})
    schedule = RefreshSchedule.objects.get()
    assert (schedule.framework, schedule.every, schedule.by_itself) == (framework, "weekly", True)
    stranger = signed_in(person(Role.DISTRICT_ADMIN, DistrictFactory()))
    assert stranger.post(f"/admin/standards/{framework.pk}/schedule/", {"every": "daily"}).status_code in (
        302,
        403,
    )
    schedule.refresh_from_db()
    assert schedule.every == "weekly"


def test_an_address_that_has_nothing_new_is_kept_and_looked_at_from_then_on(
    source: Source, district: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    """The framework came as a file, and later somebody learns where it is published."""
    framework = import_framework(source.data).framework
    assert framework is not None
    client = signed_in(person(Role.STATE_ADMIN, StateFactory()))
    for given, kept in ((source.url, source.url), (f"{source.url}?copy", source.url)):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/admin/standards/import/", {"url": given, "owner": district.parent_id})
        record = FrameworkImport.objects.latest("pk")
        jobs.plan_now(record.pk)
        record.refresh_from_db()
        framework.refresh_from_db()
        assert (record.state, framework.source_url) == ("unchanged", kept)
        said = client.get(f"/admin/standards/imports/{record.pk}/").content.decode()
        assert ("Its address is kept: changes can be looked for there" in said) == (given == kept)
    assert "Refresh from its source" in client.get(f"/admin/standards/{framework.pk}/").content.decode()
