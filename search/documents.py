"""Make a search document of a resource: a pure function, so the same resource always gives the same document."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import orjson

from repository.models import Alignment
from search import ranking
from search.facets import FACETS, JOINT, JOINT_PATH
from search.sources import AlignmentSource, ResourceSource
from standards.grades import ELEMENTARY, HIGH, MIDDLE
from standards.text import to_plain

# Strings of a block that are no words to be read: addresses, and the short names of vocabularies.
UNREAD = frozenset({"id", "type", "url", "image", "setting"})
# What heads the other texts of a block or a row.
HEADS = frozenset({"heading", "title", "name", "partner"})
MAX_BODY = 100_000

_ORDINALS = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th".split()
_GRADE_WORDS = {
    "PK": "pre-kindergarten prek",
    "TK": "transitional kindergarten",
    "KG": "kindergarten",
    "PS": "postsecondary college",
    **{f"{number:02}": f"{ordinal} grade {number}" for number, ordinal in enumerate(_ORDINALS, start=1)},
}
_STAGES = {
    "elementary school": ELEMENTARY,
    "middle school": MIDDLE,
    "high school": HIGH,
}


@dataclass(frozen=True)
class _Part:
    """What documents hold of one alignment, made once for all that share it. Nobody may change what is in it."""

    strong: bool
    disputed: bool
    statement: str
    above: tuple[str, ...]
    joint: dict[str, Any]
    card: dict[str, Any]


_parts: WeakKeyDictionary[AlignmentSource, _Part] = WeakKeyDictionary()


def build(source: ResourceSource) -> dict[str, Any]:
    """The document: facets, alignments, text, and a card that is shown without the database."""
    items = [one.item for one in source.alignments]
    parts = [_part(one) for one in source.alignments]
    strong = [part.strong for part in parts]
    strong_items = list(compress(items, strong))
    document: dict[str, Any] = {
        "page": source.pk,
        "identifier": source.identifier,
        "group": source.group or source.identifier,
        "has_versions": source.has_versions,
        "tokens": sorted(source.tokens),
        "title": source.title,
        "summary": source.summary,
        "objectives": plain_text(source.body, only_objectives=True),
        "body": plain_text(source.body, only_objectives=False),
        # Filled when files are read for their text.
        "attachments": "",
        "statements": _unique(part.statement for part in parts if part.strong),
        "context": _unique(
            [
                *(part.statement for part in parts if not part.strong),
                *(words for part in parts for words in part.above),
            ]
        ),
        "keywords": _keywords(source),
        "grade_words": grade_words(source.grades),
        ranking.THEMES: _unique(one.lower() for one in (*source.topic_names, *source.tags)),
        "code_forms": _unique(form for item in items for form in item.code_forms),
        "strong_codes": _unique(form for item in strong_items for form in item.code_forms),
        "codes_above": _unique(form for item in items for form in item.codes_above),
        "strong_codes_above": _unique(form for item in strong_items for form in item.codes_above),
        "disputed": _disputed(parts),
        "minutes": source.minutes,
        "published_at": source.first_published_at.isoformat() if source.first_published_at else None,
        JOINT_PATH: [part.joint for part in parts],
        "card": card(source, parts),
        **ranking.document(source),
    }
    for spec in FACETS:
        if not spec.joint:
            document |= spec.document(source)
    _merge(document, document[JOINT_PATH])
    return document


class Written(NamedTuple):
    """A document as it goes to the engine. Two are the same exactly when their checksums are; `json` has it, too."""

    title: str
    checksum: str
    json: str


def written(document: dict[str, Any]) -> Written:
    text = orjson.dumps(document, default=str)
    checksum = hashlib.blake2b(text, digest_size=16).hexdigest()
    return Written(document["title"], checksum, f'{text[:-1].decode()},"checksum":"{checksum}"}}')


# What is left of a resource that is gone: no audience, so no query finds it, but a version that refuses late writes.
TOMBSTONE = orjson.dumps({"deleted": True}).decode()


def card(source: ResourceSource, parts: Iterable[_Part]) -> dict[str, Any]:
    """What a result card shows. Words that depend on the reader's language are made of it when it is shown."""
    return {
        "title": source.title,
        "url": source.url,
        "summary": source.summary,
        "kind": {"slug": source.kind.slug, "label": source.kind.label},
        "grades": list(source.grades),
        "subjects": [{"slug": subject.slug, "label": subject.label} for subject in source.subjects],
        "modalities": [modality.label for modality in source.modalities],
        "minutes": source.minutes,
        "standards": [part.card for part in parts],
        "author": source.author,
        "school": source.school.label if source.school else "",
        "district": source.district.label,
        "reviewed_by": source.reviewed_by,
        "reviewed_at": source.reviewed_at.isoformat() if source.reviewed_at else None,
        "licence": source.licence,
        "attribution": source.attribution,
        "audience": source.audience,
        "link_url": source.link_url,
        "site": source.link_host,
    }


def _part(alignment: AlignmentSource) -> _Part:
    if (part := _parts.get(alignment)) is None:
        part = _parts[alignment] = _make_part(alignment)
    return part


def _make_part(one: AlignmentSource) -> _Part:
    statement = _statement(one.item.statement)
    disputed = one.status == Alignment.Status.DISPUTED
    return _Part(
        strong=ranking.is_strong(one),
        disputed=disputed,
        statement=statement,
        above=tuple(map(_statement, one.item.words)),
        joint={name: value for spec in JOINT for name, value in spec.document(one).items()},
        card={
            "identifier": one.item.identifier,
            "code": one.item.code,
            "statement": statement,
            "framework": one.item.framework,
            "relation": one.relation,
            "confirmed": one.status == Alignment.Status.CONFIRMED,
            "disputed": disputed,
            "level": one.level,
            "level_label": one.level_label,
            "code_forms": list(one.item.code_forms),
        },
    )


def _disputed(parts: Sequence[_Part]) -> list[str]:
    """The values of the standards facet that only alignments have which a reviewer disputes."""
    if not any(part.disputed for part in parts):
        return []
    disputed, others = set[str](), set[str]()
    for part in parts:
        into = disputed if part.disputed else others
        into.update(part.joint["standard"])
    return sorted(disputed - others)


def _merge(document: dict[str, Any], parts: Iterable[dict[str, Any]]) -> None:
    """The values of all alignments, flat beside the nested ones: most counts need no nesting, and flat is cheaper."""
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict):
                _merge(document.setdefault(name, {}), [value])
            elif name in document:
                document[name] = sorted({*document[name], *value})
            else:
                document[name] = value


@lru_cache(maxsize=20_000)
def _statement(text: str) -> str:
    """Without markup. Many resources share a standard, and all of a framework its upper statements."""
    return to_plain(text)


@lru_cache(maxsize=5_000)
def grade_words(grades: tuple[str, ...]) -> tuple[str, ...]:
    """What teachers type for a grade: "6th grade", "Grade 6", "middle school"."""
    words: list[str] = []
    for code in grades:
        words.append(_GRADE_WORDS.get(code, ""))
        for stage, codes in _STAGES.items():
            if code in codes:
                words.append(stage)
    return tuple(_unique(word for word in words if word))


def _keywords(source: ResourceSource) -> list[str]:
    words = [*source.topic_names, *source.tags, source.kind.label, source.author, source.district.label]
    words += [named.label for named in (*source.subjects, *source.modalities)]
    if source.school:
        words.append(source.school.label)
    if source.attribution:
        words.append(source.attribution)
    return _unique(word for word in words if word)


def plain_text(body: Iterable[dict[str, Any]], *, only_objectives: bool) -> str:
    """The words of a body's blocks: of those that say what students learn, or of all others."""
    chosen = (block for block in body if (block.get("type") == "objectives") == only_objectives)
    return _plain(string for block in chosen for string in _strings(block.get("value")))


def _strings(value: Any) -> Iterator[str]:
    """All text in a block's value, what heads it first; a list's items are wrapped in {type, value, id}."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
    elif isinstance(value, dict):
        # The database keeps no order of names: a passage would begin with a text, and end with its heading.
        for name, member in sorted(value.items(), key=lambda one: one[0] not in HEADS):
            if name not in UNREAD:
                yield from _strings(member)


def _plain(texts: Iterable[str]) -> str:
    """Words only. Each text by itself, so that Markdown does not join one to the next."""
    return " ".join(filter(None, map(to_plain, texts)))[:MAX_BODY]


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
