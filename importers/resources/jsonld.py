"""JSON-LD without a processor: terms whatever their prefix or context, and values whatever their shape.

Publishers write `name`, `schema:name`, `http://schema.org/name`, or a term of their own with a context that says what
it means; and each value as text, as an object with a name, or as a list of both. Remote contexts are never fetched.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from importers.resources.values import is_address, is_web

_BLANK = "_:"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*\Z")
_NAMED = ("@value", "name", "title", "label", "prefLabel", "value", "termCode", "text")
MAX_DEPTH = 20
MAX_PARTS = 2000
"""Texts, lists and objects that are looked at in one value: a few references may lead to all of a large file."""

Node = dict[str, Any]


@lru_cache(maxsize=5000)
def local(term: str) -> str:
    """The bare name of a term: name, schema:name and https://schema.org/name are all `name`."""
    if term.startswith("@"):
        return term
    return re.split(r"[/#:]", term.rstrip("/#"))[-1]


def terms_of(context: Any) -> dict[str, str]:
    """What the terms of an inline context mean, by their own name; "" contexts and addresses say nothing here."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            for term, meaning in part.items():
                if isinstance(meaning, dict):
                    meaning = meaning.get("@id")
                if (
                    isinstance(meaning, str)
                    and not term.startswith("@")
                    and not meaning.endswith(("/", "#", ":"))
                ):
                    found[term] = local(meaning) if not meaning.startswith("@") else meaning
    return found


def plain(node: Mapping[str, Any], terms: Mapping[str, str]) -> Node:
    """The node's own keys by their bare names; several spellings of one are joined."""
    found: Node = {}
    for key, value in node.items():
        name = terms.get(key) or local(key)
        name = {"id": "@id", "type": "@type"}.get(name, name)
        found[name] = [*as_list(found[name]), *as_list(value)] if name in found else value
    return found


def as_list(value: Any) -> list[Any]:
    """The members of a value: none of null, one of anything else, those of lists, @list and @set."""
    if value is None or value == "":
        return []
    if isinstance(value, dict) and value.keys() & {"@list", "@set"}:
        value = value.get("@list", value.get("@set"))
    return value if isinstance(value, list) else [value]


def types_of(node: Mapping[str, Any]) -> set[str]:
    return {local(one) for one in as_list(node.get("@type", node.get("type"))) if isinstance(one, str)}


def identifier_of(node: Mapping[str, Any]) -> str:
    """The node's @id, but not a blank one, which holds inside its file only."""
    found = node.get("@id", node.get("id"))
    return found.strip() if isinstance(found, str) and not found.startswith(_BLANK) else ""


class Reader:
    """Reads values, with the nodes of the file at hand, so that a mere reference is followed."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.cut = False
        """Whether a value since this was set to False had more than MAX_PARTS."""

    def objects(self, value: Any) -> Iterator[Any]:
        """The members of a value, with references replaced by what they refer to, where the file has it."""
        for member in as_list(value):
            if isinstance(member, dict) and set(member) <= {"@id", "id"}:
                yield self.nodes.get(str(member.get("@id", member.get("id"))), member)
            else:
                yield member

    def texts(self, value: Any) -> list[str]:
        """The words of a value: texts as they are, objects by their name, a number as text; of a long one the first."""
        walk = self._walk(value, 0, set())
        found = dict.fromkeys(islice(walk, MAX_PARTS))
        self.cut = self.cut or next(walk, None) is not None
        return [text for text in found if text]

    def text(self, value: Any) -> str:
        return next(filter(None, islice(self._walk(value, 0, set()), MAX_PARTS)), "")

    def url(self, value: Any) -> str:
        """The first web address in a value: a text that is one, or the url or @id of an object."""
        return self._address(value, is_web)

    def address(self, value: Any) -> str:
        """The same, as it is given, also without https://. Not for standards, whose codes may look like that."""
        return self._address(value, is_address)

    def _address(self, value: Any, fits: Callable[[str], bool]) -> str:
        for member in self.objects(value):
            candidates: list[Any] = [member] if isinstance(member, str) else []
            if isinstance(member, dict):
                candidates = [member.get("url"), member.get("@id"), member.get("id"), member.get("@value")]
            for candidate in candidates:
                if isinstance(candidate, str) and fits(candidate.strip()):
                    return candidate.strip()
        return ""

    def _walk(self, value: Any, depth: int, met: set[int]) -> Iterator[str]:
        """Each part's own words, "" for what has parts itself. An object is entered once: there may be a circle."""
        for member in self.objects(value):
            yield _own_words(member)
            if depth < MAX_DEPTH and id(member) not in met:
                if isinstance(member, list):
                    yield from self._walk(member, depth + 1, met)
                elif isinstance(member, dict):
                    met.add(id(member))
                    yield from self._name(member, depth, met)

    def _name(self, member: Node, depth: int, met: set[int]) -> Iterator[str]:
        bare = {local(key): value for key, value in member.items()}
        for key in _NAMED:
            if bare.get(key) not in (None, "", []):
                yield from self._walk(bare[key], depth + 1, met)
                return
        if (
            bare
            and all(_LANGUAGE.match(key) and isinstance(one, str) for key, one in bare.items())
            and "id" not in bare
        ):
            yield str(bare.get("en") or next(iter(bare.values()))).strip()
            return
        address = bare.get("@id") or bare.get("id") or bare.get("url")
        if isinstance(address, str) and not address.startswith(_BLANK):
            yield address.strip()


def _own_words(member: Any) -> str:
    if isinstance(member, str):
        return member.strip()
    return _digits(member) if isinstance(member, int | float) and not isinstance(member, bool) else ""


def _digits(number: float) -> str:
    """All digits of a number, which may be an identifier; a whole one without a point."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)
