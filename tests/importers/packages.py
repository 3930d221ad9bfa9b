"""CASE packages to import: small ones made by hand, and any kind that hypothesis comes up with."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

Raw = dict[str, Any]
DOCUMENT = "0d0c0000-0000-4000-8000-000000000000"
TIME = "2024-05-01T10:00:00+00:00"
BASE = "https://case.example/ims/case/v1p0"


def identifier_of(code: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, code))


def statement(code: str, text: str = "", **more: Any) -> Raw:
    identifier = identifier_of(code)
    return {
        "identifier": identifier,
        "uri": f"{BASE}/CFItems/{identifier}",
        "fullStatement": text or f"What {code} says.",
        "humanCodingScheme": code,
        "lastChangeDateTime": TIME,
        **more,
    }


def link(identifier: str, title: str = "A title") -> Raw:
    return {"title": title, "identifier": identifier, "uri": f"{BASE}/uri/{identifier}"}


def association(origin: str, kind: str, destination: str, **more: Any) -> Raw:
    """Between identifiers."""
    identifier = identifier_of(f"{origin} {kind} {destination}")
    return {
        "identifier": identifier,
        "uri": f"{BASE}/CFAssociations/{identifier}",
        "associationType": kind,
        "originNodeURI": link(origin),
        "destinationNodeURI": link(destination),
        "lastChangeDateTime": TIME,
        **more,
    }


def below(code: str, parent: str | None, **more: Any) -> Raw:
    """`code` hangs below the code `parent`, or below the document."""
    return association(
        identifier_of(code), "isChildOf", identifier_of(parent) if parent else DOCUMENT, **more
    )


def package(
    tree: Mapping[str, str | None], *, identifier: str = DOCUMENT, title: str = "Ratios and more", **keys: Any
) -> Raw:
    """A package of statements named by code, each below another one (its code), or below the document (None)."""
    edges = []
    for code, parent in tree.items():
        edge = below(code, parent)
        if parent is None:
            edge["destinationNodeURI"] = link(identifier)
        edges.append(edge)
    return {
        "CFDocument": {
            "identifier": identifier,
            "uri": f"{BASE}/CFDocuments/{identifier}",
            "creator": "Department of Education",
            "title": title,
            "lastChangeDateTime": TIME,
        },
        "CFItems": [statement(code) for code in tree],
        "CFAssociations": edges,
        **keys,
    }


def as_bytes(raw: Any) -> bytes:
    return json.dumps(raw).encode()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back: one example of hypothesis must not see the one before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# -- any package

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6, allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
_ODD = st.one_of(TEXT, st.none(), st.integers(-5, 5), st.lists(TEXT, max_size=2))


def _optional(keys: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Raw]:
    """Some of the keys, now and then with a value of the wrong type, and unknown keys beside them."""
    known = st.fixed_dictionaries({}, optional={key: st.one_of(values, _ODD) for key, values in keys.items()})
    unknown = st.dictionaries(TEXT.map(lambda text: f"x{text}"), VALUES, max_size=2)
    return st.tuples(known, unknown).map(lambda pair: pair[1] | pair[0])


_ITEM_KEYS = _optional(
    {
        "humanCodingScheme": st.from_regex(r"\A[A-Z]{1,4}(\.[0-9]{1,2}){0,3}\Z"),
        "listEnumeration": st.sampled_from(["1", "2", "10", "a.", "b."]),
        "abbreviatedStatement": TEXT,
        "CFItemType": st.sampled_from(["Standard", "Cluster"]),
        "educationLevel": st.lists(st.sampled_from(["KG", "01", "06", "Grade 7", "3-5", "?"]), max_size=3),
        "conceptKeywords": st.lists(TEXT, max_size=2),
        "notes": TEXT,
        "language": st.just("en"),
        "statusEndDate": st.sampled_from(["2020-01-01", "2999-01-01", "soon"]),
        "extensions": VALUES,
    }
)
_ASSOCIATION_KEYS = _optional({"sequenceNumber": st.integers(0, 30), "notes": TEXT})
_DOCUMENT_KEYS = _optional(
    {"description": TEXT, "subject": st.lists(TEXT, max_size=2), "adoptionStatus": TEXT, "version": TEXT}
)
_KINDS = st.sampled_from(["exactMatchOf", "isRelatedTo", "precedes", "isPeerOf", "ext:buildsOn"])


@st.composite
def packages(draw: st.DrawFn) -> Raw:
    """Several parents, orphans, links that lead nowhere, odd characters, values of the wrong type."""
    count = draw(st.integers(0, 8))
    ids = [identifier_of(f"item {number}") for number in range(count)]
    items = [
        {**draw(_ITEM_KEYS), "identifier": ids[n], "uri": f"{BASE}/CFItems/{ids[n]}", "fullStatement": draw(TEXT),
         "lastChangeDateTime": TIME}
        for n in range(count)
    ]  # fmt: skip
    edges: dict[str, Raw] = {}
    for number, origin in enumerate(ids):
        # Only earlier ones are parents, so that no circle comes about.
        targets = st.sampled_from([DOCUMENT, identifier_of("elsewhere"), *ids[:number]])
        for parent in draw(st.lists(targets, max_size=3, unique=True)):
            edge = association(origin, "isChildOf", parent, **draw(_ASSOCIATION_KEYS))
            edges[edge["identifier"]] = edge
    if ids:
        ends = st.sampled_from([*ids, identifier_of("elsewhere")])
        for _ in range(draw(st.integers(0, 4))):
            edge = association(draw(ends), draw(_KINDS), draw(ends), **draw(_ASSOCIATION_KEYS))
            edges[edge["identifier"]] = edge
    raw: Raw = {
        "CFDocument": {
            **draw(_DOCUMENT_KEYS),
            "identifier": DOCUMENT,
            "uri": f"{BASE}/CFDocuments/{DOCUMENT}",
            "creator": "Department of Education",
            "title": draw(TEXT.filter(bool)),
            "lastChangeDateTime": TIME,
        },
        "CFItems": items,
        "CFAssociations": list(edges.values()),
    }
    if draw(st.booleans()):
        raw["CFDefinitions"] = _definitions(draw)
    if draw(st.booleans()):
        raw["CFRubrics"] = [_rubric(draw, number, ids) for number in range(draw(st.integers(0, 2)))]
    return raw


def _definitions(draw: st.DrawFn) -> Raw:
    found: Raw = {}
    for kind in ("CFItemTypes", "CFSubjects", "CFLicenses", "CFConcepts", "CFAssociationGroupings"):
        if draw(st.booleans()):
            found[kind] = [
                {
                    "identifier": f"{kind}-{n}",
                    "uri": f"{BASE}/{kind}/{n}",
                    "title": draw(TEXT),
                    **draw(_optional({})),
                }
                for n in range(draw(st.integers(0, 2)))
            ]
    return found


def _rubric(draw: st.DrawFn, number: int, ids: list[str]) -> Raw:
    level = {
        "identifier": f"l{number}",
        "uri": "https://x.example",
        "score": draw(st.sampled_from([1, 2.5, "3"])),
    }
    criterion: Raw = {
        "identifier": f"c{number}",
        "uri": "https://x.example",
        "description": draw(TEXT),
        "CFRubricCriterionLevels": [level] if draw(st.booleans()) else [],
    }
    if ids:
        criterion["CFItemURI"] = link(ids[0])
    return {"identifier": f"r{number}", "uri": "https://x.example", "CFRubricCriteria": [criterion]}
