"""nsdl_dc: qualified Dublin Core in XML, bare or as the payload of Learning Registry envelopes, one or thousands."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from importers.payload import Payload, clean, loads
from importers.problems import ImportRefused, Problems
from importers.resources.draft import AlignmentDraft, Collection, Part, ResourceDraft
from importers.resources.values import is_address, with_scheme

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_MARK = re.compile(r'"(?:payload_schema|resource_data)"')


class NsdlReader:
    name = "nsdl-dc"
    label = "nsdl_dc (XML, or in Learning Registry envelopes)"

    def recognises(self, payload: Payload) -> bool:
        if "nsdl_dc" in payload.head and payload.head.startswith("<"):
            return True
        return payload.is_json and bool(_MARK.search(payload.text)) and "nsdl_dc" in payload.text

    def read(self, payload: Payload) -> Collection:
        problems = Problems()
        if payload.head.startswith("<"):
            root = _parse(payload.text, "", refuse=True)
            records = [one for one in root.iter() if _name(one) == "nsdl_dc"] if root is not None else []
            found = [_draft(one, f"record {n}", {}, problems) for n, one in enumerate(records, start=1)]
        else:
            found = [_of_envelope(*one, problems) for one in _envelopes(_json(payload), "")]
        return Collection(self.name, [draft for draft in found if draft], problems)


def _json(payload: Payload) -> Any:
    first, _, rest = payload.text.strip().partition("\n")
    if rest.lstrip().startswith("{") and first.rstrip().endswith("}"):
        try:
            return [loads(line) for _, line in payload.lines()]
        except ValueError:
            pass  # one value on several lines, which says by itself what is wrong with it
    return payload.json


def _envelopes(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record that has a payload, wherever lists and wrappers put it."""
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from _envelopes(member, f"{path}[{number}]")
    elif isinstance(value, dict):
        if "resource_data" in value:
            yield path, value
        else:
            for key, member in value.items():
                if isinstance(member, list | dict):
                    yield from _envelopes(member, f"{path}.{key}".lstrip("."))


def _of_envelope(path: str, envelope: dict[str, Any], problems: Problems) -> ResourceDraft | None:
    envelope = clean(envelope)[0]
    data = envelope.get("resource_data")
    if envelope.get("active") is False:
        problems.add("notice", path, "inactive", "is marked as withdrawn; passed over.", alike="")
        return None
    root = _parse(data, f"{path}.resource_data", problems=problems) if isinstance(data, str) else None
    if root is None:
        problems.add(
            "warning", f"{path}.resource_data", "payload", "is no nsdl_dc record; passed over.", alike=""
        )
        return None
    return _draft(root, path, envelope, problems)


def _parse(text: str, path: str, *, refuse: bool = False, problems: Problems | None = None) -> Element | None:
    """Entities and external definitions are refused: no metadata record needs them."""
    try:
        root: Element = ElementTree.fromstring(text.encode("utf-8", "replace"), forbid_dtd=True)
        return root
    except (ParseError, DefusedXmlException, ValueError) as error:
        if refuse:
            raise ImportRefused(f"The file is not readable XML: {error}.", rule="xml") from None
        if problems is not None:
            problems.add("warning", path, "xml", f"is not readable XML: {error}; passed over.", alike="")
        return None


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _draft(root: Element, path: str, envelope: dict[str, Any], problems: Problems) -> ResourceDraft | None:
    values: dict[str, list[str]] = {}
    handles: list[str] = []
    licences: list[str] = []
    for element in root.iter():
        text = " ".join((element.text or "").split())
        if not text or len(element):
            continue
        name, kind = _name(element), element.get(_TYPE, "")
        if name == "identifier" and kind.endswith("ResourceHandle"):
            handles.append(text)
        elif name == "rights" and text.startswith("http"):
            licences.append(text)
        else:
            values.setdefault(name, []).append(text)

    def all_of(*names: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for name in names for text in values.get(name, ())))

    locator = envelope.get("resource_locator")
    located = locator if isinstance(locator, list) else [locator]
    addresses = [*all_of("identifier"), *(one for one in located if isinstance(one, str))]
    url = next(filter(is_address, addresses), "")
    title = next(iter(all_of("title")), "")
    if not title:
        problems.add("warning", path, "no-name", "has no title, so it is passed over.", alike="")
        return None
    relations = {"conformsTo": "teaches"}
    rights = [*licences, *all_of("license"), *all_of("rights")]
    return ResourceDraft(
        names=tuple(dict.fromkeys(filter(None, [*handles, *addresses, with_scheme(url)]))),
        title=title,
        description="\n\n".join(all_of("description")),
        url=url,
        kinds=all_of("type"),
        levels=all_of("educationLevel"),
        ages=all_of("typicalAgeRange"),
        language="; ".join(all_of("language")),
        licence=next(iter(rights), ""),
        authors=all_of("creator", "contributor"),
        publishers=all_of("publisher"),
        part_of=tuple(Part(text) for text in all_of("isPartOf") if not text.startswith("http")),
        subjects=all_of("subject"),
        roles=all_of("audience"),
        interactivity=all_of("interactivityType"),
        alignments=tuple(
            AlignmentDraft(relation, text if "://" in text else "", "" if "://" in text else text)
            for name, relation in relations.items()
            for text in all_of(name)
        ),
        # The signature is about the envelope, not about the resource, and is longer than it.
        raw={
            "nsdl_dc": {**values, "handle": handles},
            **{k: v for k, v in envelope.items() if k not in ("resource_data", "digital_signature")},
        },
        path=path,
    )
