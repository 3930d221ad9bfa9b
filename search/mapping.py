"""The index's settings and mapping. Their fingerprint is kept in the index, so a program that differs says so."""

import hashlib
import json
from typing import Any

from search import ranking, stemming
from search.facets import FACETS, JOINT, JOINT_PATH, KEYWORD
from search.vocabularies import DURATIONS

# Raise it when documents change in a way that neither the mapping nor the facets show.
DOCUMENT_VERSION = 8
# Publish to searchable is the worker's pause plus this. Explicit: the default stops refreshing an idle index.
REFRESH_INTERVAL = "500ms"
MAX_RESULTS = 10_000


def _english(capitals: str) -> dict[str, Any]:
    """The engine's `english`, but for some words, and accents folded: a teacher types "cafe" for "café".

    capitals: the filter for words that are others in capitals.
    """
    filters = [
        "english_possessive",
        capitals,
        "lowercase",
        "asciifolding",
        "plain_numbers",
        "english_stop",
        "english_exceptions",
        "english_stemmer",
    ]
    return {"type": "custom", "tokenizer": "standard", "filter": filters}


ANALYSIS: dict[str, Any] = {
    "filter": {
        # In a text "US" is the country and "us" are we. Who looks for "us history" has the country in mind. "IT" is a trade.
        "capitals_written": {"type": "stemmer_override", "rules": ["US => usa", "IT => infotech"]},
        "capitals_asked": {"type": "stemmer_override", "rules": ["US, us, Us => usa", "IT => infotech"]},
        "english_possessive": {"type": "stemmer", "language": "possessive_english"},
        "english_stemmer": {"type": "stemmer", "language": "english"},
        "english_exceptions": {"type": "stemmer_override", "rules": stemming.overrides()},
        # Standards say "within 1000", lessons "within 1,000".
        "plain_numbers": {"type": "pattern_replace", "pattern": r"(?<=\d),(?=\d{3})", "replacement": ""},
        "english_stop": {"type": "stop", "stopwords": "_english_"},
    },
    "analyzer": {
        "english_folded": _english("capitals_written"),
        "english_asked": _english("capitals_asked"),
        # Whole words, for near spellings: the stem of a misspelled word is near nothing.
        "words_folded": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
    },
    "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
}
WORDS = "words"
ANALYZED = {"analyzer": "english_folded", "search_analyzer": "english_asked"}
TEXT: dict[str, Any] = {"type": "text", **ANALYZED, "copy_to": [WORDS]}
LONG_TEXT: dict[str, Any] = {**TEXT, "index_options": "offsets"}
SPELLED: dict[str, Any] = {**LONG_TEXT, "copy_to": [WORDS, "spelling"]}


def settings() -> dict[str, Any]:
    return {
        "index": {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "auto_expand_replicas": "0-1",
            "refresh_interval": REFRESH_INTERVAL,
            "max_result_window": MAX_RESULTS,
            # A level of a tree is a field.
            "mapping.total_fields.limit": 2000,
        },
        "analysis": ANALYSIS,
    }


def mappings() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "page": {"type": "long", "index": False},
        "identifier": KEYWORD,
        "group": KEYWORD,
        "has_versions": {"type": "boolean"},
        "tokens": KEYWORD,
        "deleted": {"type": "boolean"},
        "checksum": {"type": "keyword", "doc_values": True},
        "title": {
            **SPELLED,
            "fields": {
                "sort": {"type": "keyword", "normalizer": "folded", "ignore_above": 512},
                # For what is offered while one types: beginnings of words, and of two and three in a row.
                "typed": {"type": "search_as_you_type", "analyzer": "words_folded"},
            },
        },
        "summary": SPELLED,
        "objectives": SPELLED,
        "body": LONG_TEXT,
        "statements": SPELLED,
        "context": TEXT,
        "attachments": LONG_TEXT,
        "grade_words": TEXT,
        # Whether a resource has a word anywhere: one look in the place of nine. Its score is how many words it has.
        WORDS: {
            "type": "text",
            **ANALYZED,
            "similarity": "boolean",
            "index_options": "docs",
            "norms": False,
        },
        # Stored, since it is highlighted to say which word was meant, and a copied field is in no source.
        "spelling": {"type": "text", "analyzer": "words_folded", "store": True},
        "keywords": SPELLED,
        ranking.THEMES: KEYWORD,
        "code_forms": KEYWORD,
        "strong_codes": KEYWORD,
        "codes_above": KEYWORD,
        "strong_codes_above": KEYWORD,
        "disputed": KEYWORD,
        "minutes": {"type": "integer"},
        "published_at": {"type": "date"},
        "card": {"type": "object", "enabled": False},
        JOINT_PATH: {"type": "nested", "dynamic": "strict", "properties": {}},
    }
    properties |= ranking.mapping()
    for spec in FACETS:
        properties |= spec.mapping()
    for spec in JOINT:
        properties[JOINT_PATH]["properties"] |= spec.mapping()
    return {
        "dynamic": "strict",
        "dynamic_templates": [{"levels": {"path_match": "*_depth.*", "mapping": KEYWORD}}],
        "properties": properties,
    }


def fingerprint() -> str:
    """Changes whenever an index built before would answer wrongly."""
    shape = [settings(), mappings(), DURATIONS, DOCUMENT_VERSION]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def body() -> dict[str, Any]:
    """The request that creates an index."""
    return {"settings": settings(), "mappings": {**mappings(), "_meta": {"fingerprint": fingerprint()}}}
