"""Licence and attribution of frameworks and statements, as their sources ask for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from standards.browsing import web_address
from standards.models import Framework, Item, License
from standards.outlines import Branch

# Where sources put the words that must be shown with a record: the Knowledge Graph and ASN.
_ATTRIBUTION_KEYS = ("attributionStatement", "attribution", "attributionName", "rightsHolder", "rights")


@dataclass(frozen=True)
class Credit:
    """What must be said of a record. link: the licence's own address, "" for none; lines: its words, one each."""

    license: str
    link: str
    lines: tuple[str, ...]
    published_by: str

    @property
    def is_stated(self) -> bool:
        return bool(self.license or self.lines)


def credit_of(record: Framework | Item) -> Credit:
    """The credit of a framework, or of a statement: its own, else that of its framework."""
    framework = record.framework if isinstance(record, Item) else record
    license = record.license or framework.license
    lines = _lines(license, _attributions(record.extra) or _attributions(framework.extra))
    return Credit(
        license=_title(license),
        link=_link(license),
        lines=lines,
        published_by=framework.publisher or framework.creator,
    )


def credits_of(framework: Framework, branches: Iterable[Branch]) -> list[Credit]:
    """Licences of statements that differ from that of their framework, each once. One query."""
    named = {key for branch in branches for key in _license_keys(branch)} - {framework.license_id}
    keys = [key for key in named if key is not None]
    licenses = License.objects.filter(pk__in=keys).order_by("title", "pk")
    published_by = framework.publisher or framework.creator
    found = [Credit(_title(one), _link(one), _lines(one, ()), published_by) for one in licenses]
    return list(dict.fromkeys(found))


def _license_keys(branch: Branch) -> set[int | None]:
    keys: set[int | None] = {branch.item.license_id}
    for child in branch.children:
        keys |= _license_keys(child)
    return keys


def _title(license: License | None) -> str:
    if license is None:
        return ""
    return license.title or license.license_text.strip().partition("\n")[0]


def _link(license: License | None) -> str:
    """The address of the licence itself, where the source gives one: its text, or its URI unless that is a CASE record."""
    if license is None:
        return ""
    text = license.license_text.strip()
    if web_address(text) and " " not in text and "\n" not in text:
        return text
    return "" if "/CFLicenses/" in license.uri else web_address(license.uri)


def _lines(license: License | None, attributions: Iterable[str]) -> tuple[str, ...]:
    said = [] if license is None else [license.description, *license.license_text.splitlines()]
    lines = [line.strip() for line in (*said, *attributions)]
    return tuple(
        dict.fromkeys(line for line in lines if line and line not in (_title(license), _link(license)))
    )


def _attributions(extra: Any) -> tuple[str, ...]:
    if not isinstance(extra, dict):
        return ()
    found = [extra.get(key) for key in _ATTRIBUTION_KEYS]
    return tuple(one for one in found if isinstance(one, str) and one.strip())
