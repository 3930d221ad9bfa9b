"""Packages imported for tests, and what is then stored."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from importers.services import import_framework
from standards.models import Item, ItemAncestor
from standards.signals import items_changed
from tests.importers.packages import Raw, as_bytes, identifier_of, package


def load(raw: Raw, **options: Any) -> Any:
    return import_framework(as_bytes(raw), **options)


def item(code: str) -> Item:
    return Item.objects.get(identifier=identifier_of(code))


def ancestors_of(code: str) -> dict[str, int]:
    links = ItemAncestor.objects.filter(descendant=item(code)).exclude(depth=0)
    return dict(links.values_list("ancestor__human_coding_scheme", "depth"))


def other(tree: dict[str, str | None], **keys: Any) -> Raw:
    return package(tree, identifier="0d0c0000-0000-4000-8000-000000000002", title="Another one", **keys)


def without(raw: Raw, *codes: str) -> Raw:
    """The package without these statements and their own associations."""
    gone = {identifier_of(code) for code in codes}
    left = copy.deepcopy(raw)
    left["CFItems"] = [entry for entry in left["CFItems"] if entry["identifier"] not in gone]
    left["CFAssociations"] = [
        edge for edge in left["CFAssociations"] if edge["originNodeURI"]["identifier"] not in gone
    ]
    return left


@contextmanager
def hearing() -> Iterator[list[int]]:
    """The keys of the items that are told to have changed meanwhile."""
    told: list[int] = []

    def listen(item_ids: list[int], **kwargs: Any) -> None:
        told.extend(item_ids)

    items_changed.connect(listen)
    try:
        yield told
    finally:
        items_changed.disconnect(listen)
