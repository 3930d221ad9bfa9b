"""A CASE provider by its base address: its documents are listed, chosen, fetched, and fetched again only if they changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from importers import sources
from importers.case_server import choose, list_addresses, list_documents
from importers.problems import ImportRefused
from tests.importers.packages import Raw, package
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
    for address in (f"{provider.address}/standards.json", "ftp://case.example"):
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
