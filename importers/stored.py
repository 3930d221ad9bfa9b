"""A stored framework as a draft, with the keys of its rows: what a new draft is compared with."""

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q

from importers.draft import (
    AssociationDraft,
    CriterionDraft,
    DefinitionDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
    LevelDraft,
    RubricDraft,
)
from repository.models import Alignment
from standards.case.fields import DEFINITIONS
from standards.models import Association, Framework, FrameworkAlias, Item, Rubric
from standards.names import canonical

DOCUMENT_FIELDS = tuple(field.name for field in fields(DocumentDraft) if field.compare)
ITEM_FIELDS = tuple(field.name for field in fields(ItemDraft) if field.compare)
ASSOCIATION_FIELDS = tuple(field.name for field in fields(AssociationDraft) if field.compare)
# What apply works out from the records; compared to know which rows to write again.
ITEM_DERIVED = (
    "item_type_id",
    "license_id",
    "grades",
    "position",
    "depth",
    "code_forms",
    "retired_at",
    "withdrawn",
    "former_codes",
)
ASSOCIATION_DERIVED = ("origin_id", "destination_id", "grouping_id", "withdrawn")


@dataclass(frozen=True, slots=True)
class StoredRow:
    """The key of a row, and its derived columns in the order of ITEM_DERIVED or ASSOCIATION_DERIVED."""

    pk: int
    derived: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """`draft` holds all rows, those withdrawn from the source too: `withdrawn` and its like name those."""

    framework: Framework | None
    draft: FrameworkDraft
    items: dict[str, StoredRow]
    associations: dict[str, StoredRow]
    withdrawn: frozenset[str]
    retired: frozenset[str]
    withdrawn_associations: frozenset[str]


def find_framework(document: DocumentDraft) -> Framework | None:
    """The framework that a document is, by its identifier or by a name under which it is known."""
    found = Framework.objects.filter(identifier=document.identifier).first()
    if found is None:
        given = [name for name in (document.identifier, document.uri, *document.aliases) if name]
        names = [*given, *map(canonical, given)]
        found = Framework.objects.filter(identifier__in=names).order_by("pk").first()
    if found is None:
        alias = FrameworkAlias.objects.filter(value__in=names).select_related("framework").first()
        found = alias.framework if alias else None
    return found


def load(framework: Framework | None) -> Stored:
    """Everything stored of a framework, in five queries and three for its rubrics; nothing for None."""
    if framework is None:
        empty = FrameworkDraft(format="", document=DocumentDraft(identifier=""))
        return Stored(None, empty, {}, {}, frozenset(), frozenset(), frozenset())
    items, item_rows = _rows(Item, framework, ItemDraft, ITEM_FIELDS, ITEM_DERIVED)
    associations, association_rows = _rows(
        Association, framework, AssociationDraft, ASSOCIATION_FIELDS, ASSOCIATION_DERIVED
    )
    draft = FrameworkDraft(
        format="",
        document=DocumentDraft(**{name: getattr(framework, name) for name in DOCUMENT_FIELDS}),
        items=items,
        associations=associations,
        definitions=_definitions(framework),
        rubrics=_rubrics(framework),
        package_extra=framework.package_extra,
    )
    retired_at, withdrawn = ITEM_DERIVED.index("retired_at"), ITEM_DERIVED.index("withdrawn")
    return Stored(
        framework=framework,
        draft=draft,
        items=item_rows,
        associations=association_rows,
        withdrawn=frozenset(key for key, row in item_rows.items() if row.derived[withdrawn]),
        retired=frozenset(key for key, row in item_rows.items() if row.derived[retired_at] is not None),
        withdrawn_associations=frozenset(key for key, row in association_rows.items() if row.derived[-1]),
    )


def _rows(
    model: Any, framework: Framework, draft: Any, names: tuple[str, ...], derived: tuple[str, ...]
) -> tuple[list[Any], dict[str, StoredRow]]:
    drafts = []
    rows: dict[str, StoredRow] = {}
    cut = len(names)
    query = model.objects.filter(framework=framework).order_by("pk").values_list(*names, *derived, "pk")
    for values in query.iterator(chunk_size=5000):
        drafts.append(draft(*values[:cut]))
        rows[values[0]] = StoredRow(values[-1], values[cut:-1])
    return drafts, rows


def _definitions(framework: Framework) -> list[DefinitionDraft]:
    found = []
    for kind, (model, keys) in DEFINITIONS.items():
        names = [*keys.values(), "extra"]
        for values in model.objects.filter(framework=framework).order_by("pk").values(*names):
            found.append(DefinitionDraft(kind=kind, **values))
    return found


def _rubrics(framework: Framework) -> list[RubricDraft]:
    return [
        RubricDraft(
            **_of(RubricDraft, rubric),
            criteria=tuple(
                CriterionDraft(
                    **_of(CriterionDraft, criterion),
                    levels=tuple(LevelDraft(**_of(LevelDraft, level)) for level in _by_pk(criterion.levels)),
                )
                for criterion in _by_pk(rubric.criteria)
            ),
        )
        for rubric in Rubric.objects.filter(framework=framework)
        .order_by("pk")
        .prefetch_related("criteria__levels")
    ]


def _by_pk(related: Any) -> list[Any]:
    return sorted(related.all(), key=lambda row: row.pk)


def _of(draft: Any, row: Any) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in fields(draft)
        if field.name not in ("criteria", "levels")
    }


def find_outside(names: set[str], framework: Framework | None) -> dict[str, int]:
    """The keys of items outside `framework` that are known by any of `names` (identifiers and addresses)."""
    if not names:
        return {}
    forms = {name: canonical(name) for name in names}
    wanted = list({*names, *forms.values()})
    found: dict[str, int] = {}
    others = Item.objects.exclude(framework=framework) if framework else Item.objects.all()
    for pk, identifier, uri in others.filter(Q(identifier__in=wanted) | Q(uri__in=wanted)).values_list(
        "pk", "identifier", "uri"
    ):
        found.setdefault(uri, pk)
        found[identifier] = pk
    for pk, value in others.filter(aliases__value__in=wanted).values_list("pk", "aliases__value"):
        found.setdefault(value, pk)
    known = {name: found.get(name, found.get(form)) for name, form in forms.items()}
    return {name: pk for name, pk in known.items() if pk is not None}


def owners_of(identifiers: list[str], framework: Framework | None) -> dict[str, Framework]:
    """Those of `identifiers` that belong to another framework, and to which."""
    spelled = {canonical(identifier): identifier for identifier in identifiers}
    others = Item.objects.filter(identifier__in=[*identifiers, *spelled])
    if framework:
        others = others.exclude(framework=framework)
    found = {
        item.identifier: item.framework for item in others.select_related("framework").order_by("pk")[:20]
    }
    return found | {
        spelled[canonical(identifier)]: owner
        for identifier, owner in found.items()
        if canonical(identifier) in spelled
    }


def resources_aligned_to(item_ids: dict[int, str]) -> dict[str, int]:
    """How many resources are aligned to each item, by the item's identifier; items without any are left out."""
    counts: dict[str, set[int]] = defaultdict(set)
    for item, page in Alignment.objects.filter(item__in=list(item_ids)).values_list("item", "page"):
        counts[item_ids[item]].add(page)
    return {identifier: len(pages) for identifier, pages in counts.items()}
