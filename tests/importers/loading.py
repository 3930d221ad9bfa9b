"""Packages imported for tests, and what is then stored."""

from typing import Any

from importers.services import import_framework
from standards.models import Item, ItemAncestor
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
