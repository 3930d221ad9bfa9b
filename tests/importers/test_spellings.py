"""The same item under another spelling of its identifier or address: kept as given, found in any."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from importers.problems import ImportRefused
from importers.services import import_framework
from standards.models import Association, Framework, Item
from standards.names import canonical
from standards.selectors import resolve_standard
from tests.importers.packages import Raw, as_bytes, package

pytestmark = pytest.mark.django_db
TREE = {"A": None, "A.1": "A", "A.2": "A"}
SPELLED: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "braces": lambda text: "{" + text.upper() + "}",
    "urn:uuid": lambda text: f"urn:uuid:{text}",
    "without hyphens": lambda text: text.replace("-", ""),
}


def with_identifiers(raw: Any, change: Callable[[str], str]) -> Any:
    """The package with every GUID under "identifier" spelled otherwise, those of links too."""
    if isinstance(raw, list):
        return [with_identifiers(member, change) for member in raw]
    if not isinstance(raw, dict):
        return raw
    found = {key: with_identifiers(value, change) for key, value in raw.items()}
    if isinstance(found.get("identifier"), str):
        found["identifier"] = change(str(uuid.UUID(found["identifier"])))
    return found


def small() -> Raw:
    raw: Raw = with_identifiers(package(TREE), str)
    return raw


@pytest.mark.parametrize("first", SPELLED)
def test_an_identifier_is_kept_as_given_and_found_in_every_spelling(first: str) -> None:
    import_framework(as_bytes(with_identifiers(small(), SPELLED[first])))
    plain = small()["CFItems"][1]["identifier"]
    item = Item.objects.get(human_coding_scheme="A.1")
    assert item.identifier == SPELLED[first](plain)
    assert item.depth == 1
    for spelled in (plain, *(spell(plain) for spell in SPELLED.values())):
        assert resolve_standard(spelled) == item, spelled
    assert resolve_standard(item.uri.upper()) == item
    assert resolve_standard(item.uri.replace("https:", "http:") + "/") == item


@pytest.mark.parametrize("second", SPELLED)
def test_a_package_in_another_spelling_is_the_same_framework_and_changes_nothing(second: str) -> None:
    import_framework(as_bytes(small()))
    before = dict(Item.objects.values_list("identifier", "pk"))
    links = set(Association.objects.values_list("identifier", "pk"))
    report = import_framework(as_bytes(with_identifiers(small(), SPELLED[second])))
    assert [*report.plan.added, *report.plan.changed, *report.plan.moved, *report.plan.retired] == []
    assert dict(Item.objects.values_list("identifier", "pk")) == before
    assert set(Association.objects.values_list("identifier", "pk")) == links
    assert Framework.objects.count() == 1


def test_links_inside_a_file_may_be_spelled_otherwise_than_what_they_name() -> None:
    raw = small()
    raw["CFAssociations"] = with_identifiers(raw["CFAssociations"], SPELLED["braces"])
    import_framework(as_bytes(raw))
    assert dict(Item.objects.values_list("human_coding_scheme", "depth")) == {"A": 0, "A.1": 1, "A.2": 1}


def test_a_statement_of_another_framework_is_foreign_in_any_spelling() -> None:
    import_framework(as_bytes(small()))
    other = with_identifiers(small(), str.upper)
    other["CFDocument"] |= {"identifier": str(uuid.uuid4()), "uri": "https://case.example/other"}
    with pytest.raises(ImportRefused, match="belongs to another framework"):
        import_framework(as_bytes(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://asn.jesandco.org/resources/S1143417", "https://asn.jesandco.org/resources/s1143417/"),
        ("http://purl.org/ASN/resources/S1143417", "https://www.purl.org/asn/resources/S1143417.json"),
        ("http://corestandards.org/Math/Content/3/OA/C/7", "HTTPS://WWW.CoreStandards.org/math/content/3/oa/c/7/"),
        ("http://corestandards.org/Math/3", "www.corestandards.org/math/3"),
        ("http://corestandards.org/Math/3", "//corestandards.org/math/3"),
        ("http://asn.jesandco.org/resources/S1143417", "asn.jesandco.org/resources/S1143417"),
        ("3D384CB2349B41299A3B5A133AB9E3F8", "urn:guid:{3d384cb2-349b-4129-9a3b-5a133ab9e3f8}"),
        ("https://case.example/CFItems/3D384CB2-349B-4129-9A3B-5A133AB9E3F8", "3d384cb2-349b-4129-9a3b-5a133ab9e3f8"),
        ("S1143417", "s1143417"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_share_their_canonical_form(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
