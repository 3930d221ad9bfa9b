"""Make a search document of a resource: a pure function, so the same resource always gives the same document."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import orjson

from repository.models import Alignment
from search import ranking
from search.facets import FACETS, JOINT, JOINT_PATH
from search.sources import AlignmentSource, ResourceSource
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
    "elementary school": {"KG", "01", "02", "03", "04", "05"},
    "middle school": {"06", "07", "08"},
    "high school": {"09", "10", "11", "12"},
}


def build(source: ResourceSource) -> dict[str, Any]:
    """The document: facets, alignments, text, and a card that is shown without the database."""
    strong = [one for one in source.alignments if ranking.is_strong(one)]
    weak = [one for one in source.alignments if not ranking.is_strong(one)]
    document: dict[str, Any] = {
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
        "statements": _unique(_statement(one.item.statement) for one in strong),
        "context": _unique(
            _statement(words)
            for words in (
                *(one.item.statement for one in weak),
                *(words for one in source.alignments for words in one.item.words),
            )
        ),
        "keywords": _keywords(source),
        "grade_words": grade_words(source.grades),
        ranking.THEMES: _unique(one.lower() for one in (*source.topic_names, *source.tags)),
        "code_forms": _unique(form for one in source.alignments for form in one.item.code_forms),
        "strong_codes": _unique(form for one in strong for form in one.item.code_forms),
        "codes_above": _unique(form for one in source.alignments for form in one.item.codes_above),
        "strong_codes_above": _unique(form for one in strong for form in one.item.codes_above),
        "disputed": _disputed(source.alignments),
        "minutes": source.minutes,
        "published_at": source.first_published_at.isoformat() if source.first_published_at else None,
        JOINT_PATH: [_alignment(alignment) for alignment in source.alignments],
        "card": card(source),
        **ranking.document(source),
    }
    for spec in FACETS:
        if not spec.joint:
            document |= spec.document(source)
    _merge(document, document[JOINT_PATH])
    document["checksum"] = checksum(document)
    return document


def tombstone() -> dict[str, Any]:
    """What is left of a resource that is gone: no audience, so no query finds it, but a version that refuses late writes."""
    return {"deleted": True}


def checksum(document: dict[str, Any]) -> str:
    """Two documents are the same exactly when their checksums are."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()[:32]


def to_json(document: dict[str, Any]) -> str:
    return orjson.dumps(document, default=str, option=orjson.OPT_SORT_KEYS).decode()


def card(source: ResourceSource) -> dict[str, Any]:
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
        "standards": [
            {
                "identifier": one.item.identifier,
                "code": one.item.code,
                "statement": _statement(one.item.statement),
                "framework": one.item.framework,
                "relation": one.relation,
                "confirmed": one.status == Alignment.Status.CONFIRMED,
                "disputed": one.status == Alignment.Status.DISPUTED,
                "level": one.level,
                "level_label": one.level_label,
                "code_forms": list(one.item.code_forms),
            }
            for one in source.alignments
        ],
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


def _alignment(alignment: AlignmentSource) -> dict[str, Any]:
    return {name: value for spec in JOINT for name, value in spec.document(alignment).items()}


def _disputed(alignments: Iterable[AlignmentSource]) -> list[str]:
    """The values of the standards facet that only alignments have which a reviewer disputes."""
    disputed, others = set[str](), set[str]()
    for one in alignments:
        into = disputed if one.status == Alignment.Status.DISPUTED else others
        into.update(node.value for node in one.item.nodes)
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


def grade_words(grades: Iterable[str]) -> list[str]:
    """What teachers type for a grade: "6th grade", "Grade 6", "middle school"."""
    words: list[str] = []
    for code in grades:
        words.append(_GRADE_WORDS.get(code, ""))
        for stage, codes in _STAGES.items():
            if code in codes:
                words.append(stage)
    return _unique(word for word in words if word)


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
