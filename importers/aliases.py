"""The further names of frameworks and statements: which a draft brings that are not stored yet, and writing them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from importers.draft import FrameworkDraft, ItemDraft
from standards.models import Framework, FrameworkAlias, Item, ItemAlias
from standards.names import canonical

MAX_ALIAS = 2000  # the index of a unique text column takes 2,700 bytes


@dataclass(frozen=True, slots=True)
class NewAliases:
    """`items` maps each new name to the identifier of its statement."""

    document: tuple[str, ...] = ()
    items: Mapping[str, str] | None = None

    def __len__(self) -> int:
        return len(self.document) + len(self.items or ())


def new_aliases(draft: FrameworkDraft, framework: Framework | None) -> NewAliases:
    """Those names that are not stored. A name that already means something else is left out, with a notice."""
    return NewAliases(_of_document(draft, framework), _of_items(draft, framework))


def write_aliases(draft: FrameworkDraft, framework: Framework, keys: Mapping[str, int]) -> None:
    """`keys` are the row keys of items by identifier."""
    new = new_aliases(draft, framework)
    FrameworkAlias.objects.bulk_create(
        [FrameworkAlias(framework=framework, value=value) for value in new.document]
    )
    ItemAlias.objects.bulk_create(
        [
            ItemAlias(item_id=keys[identifier], value=value)
            for value, identifier in (new.items or {}).items()
            if identifier in keys
        ],
        batch_size=2000,
    )


def _of_document(draft: FrameworkDraft, framework: Framework | None) -> tuple[str, ...]:
    document = draft.document
    names = (document.identifier, document.uri, *document.aliases)
    wanted = _usable(_with_canonical(names), without={document.identifier, document.uri})
    if not wanted:
        return ()
    taken = {*FrameworkAlias.objects.filter(value__in=wanted).values_list("value", flat=True)}
    others = Framework.objects.filter(identifier__in=wanted)
    if framework:
        others = others.exclude(pk=framework.pk)
    taken |= {*others.values_list("identifier", flat=True)}
    return tuple(value for value in wanted if value not in taken)


def _of_items(draft: FrameworkDraft, framework: Framework | None) -> dict[str, str]:
    named = {item.identifier for item in draft.items}
    wanted: dict[str, str] = {}
    for item in draft.items:
        for value in _usable(item.aliases, without={item.identifier, item.uri}):
            other = wanted.setdefault(value, item.identifier)
            if value in named or other != item.identifier:
                _notice(draft, item.path, value)
    # Names that several statements share in their canonical form are nobody's, and no news.
    for item in draft.items:
        for value in _canonical_forms(item):
            wanted.setdefault(value, item.identifier)
    if not wanted:
        return {}
    values = list(wanted)
    stored = dict(ItemAlias.objects.filter(value__in=values).values_list("value", "item__identifier"))
    elsewhere = Item.objects.filter(identifier__in=values)
    if framework:
        elsewhere = elsewhere.exclude(framework=framework)
    taken = {*elsewhere.values_list("identifier", flat=True), *named}
    for item in draft.items:
        for value in item.aliases:
            if stored.get(value, item.identifier) != item.identifier:
                _notice(draft, item.path, value)
    return {
        value: identifier
        for value, identifier in wanted.items()
        if value not in stored and value not in taken
    }


def _canonical_forms(item: ItemDraft) -> Iterable[str]:
    """The forms by which other spellings of an item's names find it, where they differ from the names themselves."""
    names = (item.identifier, item.uri, *item.aliases)
    return (form for form in map(canonical, filter(None, names)) if form not in names)


def _with_canonical(names: Iterable[str]) -> Iterable[str]:
    for name in filter(None, names):
        yield from (name, canonical(name))


def _usable(values: Iterable[str], *, without: set[str]) -> list[str]:
    return [
        value for value in dict.fromkeys(values) if value and value not in without and len(value) <= MAX_ALIAS
    ]


def _notice(draft: FrameworkDraft, path: str, value: str) -> None:
    draft.problems.add(
        "notice", path, "alias", f"is also called {value[:100]}, which already means another statement.",
        alike="",
    )  # fmt: skip
