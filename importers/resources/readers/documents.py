"""The JSON documents of a file: one, one a line, or those inside a web page."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from importers.payload import Payload, loads
from importers.problems import ImportRefused


def documents(payload: Payload) -> Iterator[tuple[str, Any]]:
    """(path, JSON value) of every JSON-LD document in the file."""
    if payload.is_html:
        payload.check_size()
        yield from _embedded(payload.text)
    elif is_lines(payload.text):
        for number, line in payload.lines():
            yield f"line {number}", loads_line(number, line)
    else:
        yield "", payload.json


def is_lines(text: str) -> bool:
    """JSON Lines: the first line is a whole value, and there is another."""
    first, _, rest = text.strip().partition("\n")
    if not rest.strip().startswith(("{", "[")):
        return False
    try:
        json.loads(first)
    except ValueError:
        return False
    return True


def loads_line(number: int, line: str) -> Any:
    return _loads(line, f"line {number}")


def _loads(text: str, path: str) -> Any:
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        said = error.msg.removesuffix(" at")
        raise ImportRefused(
            f"is not valid JSON: {said} at its character {error.pos + 1:,}. Mend it at its source, or take it out.",
            path=path, rule="json",
        ) from None  # fmt: skip
    except ValueError as error:
        raise ImportRefused(f"is not valid JSON: {error}.", path=path, rule="json") from None


class _Scripts(HTMLParser):
    """Collects the JSON-LD scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.inside = False
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        self.inside = tag == "script" and kind == "application/ld+json"
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


def _embedded(text: str) -> Iterator[tuple[str, Any]]:
    scripts = _Scripts()
    scripts.feed(text)
    scripts.close()
    if not scripts.found:
        raise ImportRefused(
            "This is a web page without JSON-LD in it (script type application/ld+json). Import the data itself.",
            rule="html",
        )
    for number, script in enumerate(scripts.found, start=1):
        if script.strip():
            yield f"script {number}", _loads(script, f"script {number}")
