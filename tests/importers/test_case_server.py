"""A CASE provider by its base address: its documents are listed, chosen, fetched, and fetched again only if they changed."""

import copy
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from importers import jobs, readers, services, sources
from importers.case_server import choose, list_addresses, list_documents
from importers.draft import FrameworkDraft
from importers.models import FrameworkImport
from importers.payload import Payload
from importers.problems import ImportRefused
from people.models import Role
from repository.permissions import sync_all
from standards.models import Framework, Item
from tests.factories import StateFactory, member
from tests.importers.packages import Raw, as_bytes, package
from tests.importers.provider import Provider, busy, hangs_up, serving


def documents(number: int) -> dict[str, Raw]:
    found = {}
    for index in range(number):
        identifier = f"7b1f3c00-0000-4000-8000-{index:012}"
        raw = package(
            {f"A{index}": None, f"A{index}.1": f"A{index}"}, identifier=identifier, title=f"Framework {index}"
        )
        raw["CFDocument"]["uri"] = f"https://case.example/{identifier}"
        found[identifier] = raw
    return found


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    settings.IMPORT_ALLOW_PRIVATE_ADDRESSES = True
    with serving(Provider(documents(7), largest_page=3)) as one:
        yield one


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited."""
    found: list[float] = []
    monkeypatch.setattr(sources, "sleep", found.append)
    return found


@pytest.mark.parametrize("version", ["v1p0", "v1p1"])
@pytest.mark.parametrize(
    "end", ["", "/", "/ims/case", "/ims/case/{version}", "/ims/case/{version}/CFDocuments"]
)
def test_a_server_is_known_by_any_form_of_its_base_address(
    provider: Provider, version: str, end: str
) -> None:
    provider.version = version
    found = list_documents(provider.address + end.format(version=version))
    assert [one.title for one in found] == [f"Framework {index}" for index in range(7)]
    assert found[0].creator == "Department of Education"


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("total", [True, False])
def test_all_pages_are_followed_by_link_by_total_or_until_one_is_empty(
    provider: Provider, links: bool, total: bool
) -> None:
    provider.links, provider.total = links, total
    assert len(list_documents(provider.base)) == 7
    pages = [path for path in provider.paths() if "CFDocuments" in path]
    assert len(pages) == (3 if total else 4)


@pytest.mark.parametrize("offset", ["many", "-3", "%C2%B2", "9" * 5000])
def test_an_odd_offset_in_the_address_is_no_stumbling_block(provider: Provider, offset: str) -> None:
    provider.links = False
    assert len(list_documents(f"{provider.base}/CFDocuments?limit=3&offset={offset}")) == 7


def test_a_server_that_knows_no_pages_is_asked_no_further(provider: Provider) -> None:
    provider.pages = provider.links = provider.total = False
    assert len(list_documents(provider.base)) == 7
    assert len(provider.asked) == 2


def test_packages_are_fetched_from_the_server_that_listed_them(provider: Provider) -> None:
    """The addresses in CFPackageURI name a host that only the server itself can reach."""
    first = list_documents(provider.base)[0]
    assert first.package_url == f"{provider.base}/CFPackages/{first.identifier}"
    assert b"Framework 0" in sources.fetch(first.package_url).data


def test_documents_are_chosen_by_identifier_in_any_spelling_or_by_title(provider: Provider) -> None:
    listed = list_documents(provider.base)
    wanted = ["{7B1F3C00-0000-4000-8000-000000000002}", "framework 5", listed[2].identifier]
    assert [one.title for one in choose(listed, wanted)] == ["Framework 2", "Framework 5"]
    with pytest.raises(ImportRefused, match="The server has no document 'Framework 9'"):
        choose(listed, ["Framework 9"])


def test_what_is_no_server_says_what_was_tried(provider: Provider) -> None:
    provider.version = "v9"
    with pytest.raises(ImportRefused, match=r"is no CASE server: .*v1p1/CFDocuments\S* answered 404.*v1p0"):
        list_documents(provider.address)
    for address in (f"{provider.address}/standards.json", "ftp://case.example", "http://["):
        assert list_addresses(address) == []


def test_a_busy_server_is_asked_again_after_growing_waits(provider: Provider, waits: list[float]) -> None:
    provider.faults["/CFDocuments"] = busy(2)
    assert len(list_documents(provider.base)) == 7
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("status", [429, 503])
def test_the_time_that_a_server_names_is_waited_within_limits(
    provider: Provider, waits: list[float], status: int
) -> None:
    provider.faults["/CFDocuments"] = busy(1, status, {"Retry-After": "7"})
    list_documents(provider.base)
    provider.faults["/CFDocuments"] = busy(99, status, {"Retry-After": "86400"})
    with pytest.raises(ImportRefused, match=f"answered {status}"):
        list_documents(provider.base)
    assert waits[0] == 7.0
    assert max(waits) == sources.MAX_WAIT


def test_a_server_that_stays_busy_is_given_up_after_a_few_attempts(
    provider: Provider, waits: list[float]
) -> None:
    provider.faults["/CFDocuments"] = busy(99)
    with pytest.raises(ImportRefused, match="answered 503"):
        list_documents(provider.base)
    assert waits == [1.0, 2.0, 4.0]


def test_an_answer_that_breaks_off_is_asked_for_again(provider: Provider, waits: list[float]) -> None:
    url = list_documents(provider.base)[0].package_url
    provider.faults["000000000000"] = hangs_up(1)
    assert b"Framework 0" in sources.fetch(url).data
    assert waits == [1.0]
    provider.times.clear()
    provider.faults["000000000000"] = hangs_up(99)
    with pytest.raises(ImportRefused, match="broke off"):
        sources.fetch(url)


def test_waiting_never_takes_longer_than_a_fetch_may(
    provider: Provider, waits: list[float], settings: Any
) -> None:
    settings.IMPORT_TIMEOUT = 3
    provider.faults["/CFDocuments"] = busy(99, 429, {"Retry-After": "20"})
    with pytest.raises(ImportRefused, match="answered 429"):
        list_documents(provider.base)
    assert waits == []


def test_a_package_that_has_not_changed_is_not_sent_again(provider: Provider) -> None:
    url = list_documents(provider.base)[0].package_url
    known = sources.fetch(url).validators
    assert known.etag
    with pytest.raises(sources.NotModified):
        sources.fetch(url, known)
    provider.packages["7b1f3c00-0000-4000-8000-000000000000"]["CFDocument"]["title"] = "New"
    assert b"New" in sources.fetch(url, known).data


# -- importing


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("import_framework", *arguments, verbosity=0, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def fetched(provider: Provider) -> list[str]:
    """The last digit of each package that was asked for since."""
    found = [path[-1] for path in provider.paths() if "CFPackages" in path]
    provider.asked.clear()
    return found


@pytest.mark.django_db
def test_the_command_lists_the_documents_and_imports_the_chosen(provider: Provider) -> None:
    listed = run(provider.address, "--list")
    assert "7b1f3c00-0000-4000-8000-000000000003  Framework 3 (Department of Education, 2024-05-01)" in listed
    assert not Framework.objects.exists()
    with pytest.raises(
        CommandError, match=r"a CASE server with 7 documents\. See them with --list"
    ) as refusal:
        run(provider.address)
    assert refusal.value.returncode == 2
    fetched(provider)
    said = run(
        provider.base, "--document", "Framework 3", "--document", "7B1F3C00-0000-4000-8000-000000000005"
    )
    assert said.count("\n2 added") == 2
    assert fetched(provider) == ["3", "5"]
    assert sorted(Framework.objects.values_list("title", flat=True)) == ["Framework 3", "Framework 5"]


@pytest.mark.django_db
@pytest.mark.parametrize("etags", [True, False])
def test_what_has_not_changed_is_said_to_be_unchanged_and_not_parsed(
    provider: Provider, etags: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.etags = etags
    chosen = [provider.base, "--document", "Framework 1", "--document", "Framework 2"]
    run(*chosen)
    provider.packages["7b1f3c00-0000-4000-8000-000000000002"]["CFItems"][0]["fullStatement"] = "Reworded."
    parsed = []
    real = readers.read

    def read(payload: Payload, format: str | None = None) -> list[FrameworkDraft]:
        parsed.append(payload)
        return real(payload, format)

    monkeypatch.setattr(readers, "read", read)
    said = run(*chosen)
    assert (
        "Framework 1 [7b1f3c00-0000-4000-8000-000000000001] has not changed since it was imported: not read."
        in said
    )
    assert "1 changed" in said
    assert len(parsed) == 1
    assert FrameworkImport.objects.count() == 3
    asked = [headers for path, headers in provider.asked if path.endswith("1")]
    assert ["If-None-Match" in headers for headers in asked] == [False, etags]
    run(*chosen, "--again")
    assert len(parsed) == 3


@pytest.mark.django_db
def test_after_another_import_or_an_undo_the_source_is_read_again(provider: Provider) -> None:
    chosen = [provider.base, "--document", "Framework 1"]
    run(*chosen)
    other = copy.deepcopy(provider.packages["7b1f3c00-0000-4000-8000-000000000001"])
    other["CFItems"][0]["fullStatement"] = "As a file has it."
    services.import_framework(as_bytes(other))
    assert "1 changed" in run(*chosen)
    assert "has not changed" in run(*chosen)
    services.undo_import(FrameworkImport.objects.filter(state="applied").latest("pk"))
    assert Item.objects.filter(full_statement="As a file has it.").exists()
    assert "1 changed" in run(*chosen)
    assert not Item.objects.filter(full_statement="As a file has it.").exists()


@pytest.mark.django_db
def test_an_import_of_many_goes_on_where_it_broke_off(provider: Provider, waits: list[float]) -> None:
    broken = provider.packages["7b1f3c00-0000-4000-8000-000000000002"]
    whole = list(broken["CFAssociations"])
    broken["CFAssociations"] = [{"identifier": "x", "associationType": "isChildOf"}] * 2 + [1]
    provider.faults["000000000004"] = busy(99)
    with pytest.raises(
        CommandError, match=r"2 of 7 documents were refused; the others are imported\. Run it again"
    ) as refusal:
        run(provider.base, "--all-documents")
    assert refusal.value.returncode == 2
    assert Framework.objects.count() == 5
    broken["CFAssociations"] = whole
    del provider.faults["000000000004"]
    said = run(provider.base, "--all-documents")
    assert said.count("has not changed") == 5
    assert Framework.objects.count() == 7
    assert FrameworkImport.objects.count() == 7


@pytest.mark.django_db
def test_the_numbers_of_many_are_a_list_that_tells_what_was_not_modified(provider: Provider) -> None:
    run(provider.base, "--document", "Framework 1")
    said = json.loads(run(provider.base, "--document", "Framework 1", "--document", "Framework 2", "--json"))
    assert [(one["title"], one["added"], one["unchanged"], one["not_modified"]) for one in said] == [
        ("Framework 1", 0, 2, True),
        ("Framework 2", 2, 0, False),
    ]


@pytest.mark.django_db
def test_in_the_admin_documents_are_chosen_and_each_becomes_a_plan(
    provider: Provider, django_capture_on_commit_callbacks: Any
) -> None:
    run(provider.base, "--document", "Framework 1")
    state = StateFactory()
    user = member(Role.STATE_ADMIN, state)
    sync_all()
    client = Client()
    client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/standards/import/", {"url": provider.address, "owner": state.pk})
    record = FrameworkImport.objects.latest("pk")
    jobs.plan_now(record.pk)
    page = client.get(f"/admin/standards/imports/{record.pk}/").content.decode()
    assert "This is a CASE server with 7 documents." in page
    page = client.get(f"/admin/standards/imports/{record.pk}/documents/").content.decode()
    assert page.count('name="document"') == 7
    assert page.count("imported<") == 1
    with django_capture_on_commit_callbacks(execute=True):
        empty = client.post(f"/admin/standards/imports/{record.pk}/documents/", follow=True)
        client.post(
            f"/admin/standards/imports/{record.pk}/documents/",
            {"document": [f"7b1f3c00-0000-4000-8000-00000000000{number}" for number in (1, 6)]},
        )
    assert "Tick at least one." in empty.content.decode()
    waiting = client.get("/admin/standards/imports/").content.decode()
    assert "Framework 6" in waiting
    assert "No statement changes" not in waiting  # of what is not planned yet nothing is known
    started = list(FrameworkImport.objects.filter(pk__gt=record.pk).order_by("pk"))
    for one in started:
        jobs.plan_now(one.pk)
        one.refresh_from_db()
    assert [(one.title, one.state) for one in started] == [
        ("Framework 1", "unchanged"),
        ("Framework 6", "planned"),
    ]
    page = client.get(f"/admin/standards/imports/{started[0].pk}/").content.decode()
    assert "The source has not changed since it was imported, so it was not read again." in page
