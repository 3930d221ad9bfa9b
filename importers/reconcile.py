"""Which framework a draft is, and what it may change there (FORMATS 7.4).

A framework has one leading source. A newer version of that source updates it. Any other serialisation of the same
framework, and any partial source, adds names and fills empty fields; it never rewords, moves or retires. While only
partial sources are known, each adds the statements that it has, and the first whole source brings the tree.

What comes out is the whole new state of the framework, so that plan and apply need to know nothing of this.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime

from importers.draft import (
    IS_CHILD_OF,
    AssociationDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
)
from importers.filling import fill, fill_item
from importers.stored import Stored, find_framework, load
from standards.case import fields as case
from standards.models import Framework, Item, ItemAlias

SOURCE = "source"
"""The key of `Framework.package_extra` under which the leading source is kept; without it, it is CASE."""


@dataclass(frozen=True, slots=True)
class Source:
    """The leading source of a framework.

    `filled`: it arrived as a further serialisation and came to lead because those before it were partial.
    """

    format: str = "case"
    partial: bool = False
    anonymous: bool = False
    filled: bool = False
    others: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.format.partition("-")[0]


def prepare(draft: FrameworkDraft) -> tuple[FrameworkDraft, Stored]:
    """The draft as it is to be planned and applied, and what is stored of its framework."""
    stored = load(match(draft))
    return reconcile(draft, stored), stored


def match(draft: FrameworkDraft) -> Framework | None:
    """The framework that a draft is: by its document's names, else, where one of the two is anonymous, by its statements."""
    found = find_framework(draft.document)
    if found is not None:
        return found
    candidates = Framework.objects.all()
    if not draft.anonymous:
        candidates = candidates.filter(**{f"package_extra__{SOURCE}__anonymous": True})
        if not candidates.exists():
            return None
    held = Counter(_owners(draft.items).values())
    if not held:
        return None
    framework, number = held.most_common(1)[0]
    return candidates.filter(pk=framework).first() if number * 2 > len(draft.items) else None


def reconcile(draft: FrameworkDraft, stored: Stored) -> FrameworkDraft:
    """The whole state of the framework after the draft, under the identifiers by which it is stored."""
    is_case = draft.format.startswith("case")
    if stored.framework is None:
        source = Source(draft.format, draft.partial, draft.anonymous)
        return draft if is_case else replace(draft, package_extra=_with_source(draft.package_extra, source))
    lead = source_of(stored.framework)
    draft = _translate(draft, stored, keep_document=not lead.anonymous or draft.anonymous)
    newer = _is_newer(draft.document, stored.draft.document)
    if not draft.partial and _updates(draft, lead, newer):
        if is_case and lead == Source():
            return draft
        return _update(draft, stored, lead)
    return _Supplement(draft, stored, lead, older=newer is False).run()


def source_of(framework: Framework) -> Source:
    said = framework.package_extra.get(SOURCE)
    if not isinstance(said, dict):
        return Source()
    return Source(**{**said, "others": tuple(said.get("others", ()))})


def _updates(draft: FrameworkDraft, lead: Source, newer: bool | None) -> bool:
    family = draft.format.partition("-")[0]
    if family != lead.family:
        return False
    if family == "case":
        return True
    same = draft.format == lead.format and not lead.filled
    return newer is True or (same and newer is None)


def _is_newer(draft: DocumentDraft, stored: DocumentDraft) -> bool | None:
    """Whether the draft's document is newer (True) or older (False); None if that is the same, or not told."""
    now, before = (_moment(one.last_change_date_time) for one in (draft, stored))
    return None if now is None or before is None or now == before else now > before


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text) or parse_date(text[:10])
    except ValueError:
        return None
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


# -- identifiers


def _owners(items: Iterable[ItemDraft]) -> dict[str, int]:
    """For each of the items that is stored under any of its names, the key of its framework."""
    names = {name: item.identifier for item in items for name in _names(item)}
    found: dict[str, int] = {}
    wanted = list(names)
    for rows in (
        Item.objects.filter(Q(identifier__in=wanted)).values_list("identifier", "framework"),
        Item.objects.filter(uri__in=[name for name in wanted if "://" in name]).values_list(
            "uri", "framework"
        ),
        ItemAlias.objects.filter(value__in=wanted).values_list("value", "item__framework"),
    ):
        for name, framework in rows:
            found.setdefault(names[name], framework)
    return found


def _names(item: ItemDraft) -> list[str]:
    return [name for name in (item.identifier, item.uri, *item.aliases) if name]


def _translate(draft: FrameworkDraft, stored: Stored, *, keep_document: bool) -> FrameworkDraft:
    """The draft with the stored identifiers in place of other names of the same things; its own become aliases."""
    known = {item.identifier for item in stored.draft.items}
    mapping = {} if all(item.identifier in known for item in draft.items) else _mapping(draft, stored, known)
    document = draft.document
    identifier = stored.draft.document.identifier
    aliases = (*document.aliases, document.identifier, document.uri)
    if keep_document:
        mapping[document.identifier] = identifier
        document = replace(document, identifier=identifier, aliases=aliases)
    else:
        document = replace(document, aliases=(*aliases, identifier))
    if not mapping:
        return replace(draft, document=document)
    return replace(
        draft,
        document=document,
        items=[
            replace(
                item, identifier=mapping[item.identifier], aliases=(*item.aliases, item.identifier, item.uri)
            )
            if item.identifier in mapping
            else item
            for item in draft.items
        ],
        associations=[
            replace(
                link,
                origin_identifier=mapping.get(link.origin_identifier, link.origin_identifier),
                destination_identifier=mapping.get(link.destination_identifier, link.destination_identifier),
            )
            for link in draft.associations
        ],
    )


def _mapping(draft: FrameworkDraft, stored: Stored, known: set[str]) -> dict[str, str]:
    """Identifiers of the draft that are stored under another one. A name that fits two statements decides nothing."""
    by_name: dict[str, str] = {item.uri: item.identifier for item in stored.draft.items if item.uri}
    aliases = ItemAlias.objects.filter(item__framework=stored.framework)
    by_name |= dict(aliases.values_list("value", "item__identifier"))
    found: dict[str, str] = {}
    for item in draft.items:
        if item.identifier in known:
            continue
        meant = {by_name[name] for name in _names(item) if name in by_name}
        meant |= {name for name in item.aliases if name in known}
        if len(meant) == 1:
            found[item.identifier] = meant.pop()
    taken = Counter([*found.values(), *(item.identifier for item in draft.items if item.identifier in known)])
    return {own: theirs for own, theirs in found.items() if taken[theirs] == 1}


# -- the leading source


def _update(draft: FrameworkDraft, stored: Stored, lead: Source) -> FrameworkDraft:
    """A version of the leading source: it says what holds. What other serialisations filled in stays filled."""
    source = replace(lead, format=draft.format if draft.format != "case" else lead.format, filled=False)
    package_extra = _with_source(draft.package_extra, source)
    before = stored.draft
    if draft.anonymous:
        filled = fill(before.document, draft.document, case.DOCUMENT)
        draft = replace(draft, document=replace(filled, aliases=draft.document.aliases))
    if not lead.others:
        return replace(draft, package_extra=package_extra)
    placed = {_ends(link): link for link in before.associations}
    draft = replace(draft, associations=[_as_stored(link, placed) for link in draft.associations])
    known = {item.identifier: item for item in before.items}
    ends = {_ends(link) for link in draft.associations}
    identifiers = {link.identifier for link in draft.associations}
    added_by_others = [
        link
        for link in before.associations
        if link.association_type != IS_CHILD_OF
        and link.identifier not in identifiers | stored.withdrawn_associations
        and _ends(link) not in ends
    ]
    return replace(
        draft,
        document=fill(draft.document, before.document, case.DOCUMENT),
        items=[fill_item(item, known.get(item.identifier)) for item in draft.items],
        associations=[*draft.associations, *added_by_others],
        definitions=[*draft.definitions, *_new(draft.definitions, before.definitions)],
        rubrics=[*draft.rubrics, *_new(draft.rubrics, before.rubrics)],
        package_extra=before.package_extra | package_extra,
    )


def _as_stored(
    link: AssociationDraft, placed: Mapping[tuple[str, str, str], AssociationDraft]
) -> AssociationDraft:
    """The link under the identifier by which it is stored: one to an anonymous document has changed its own."""
    known = placed.get(_ends(link), link)
    return replace(
        link,
        identifier=known.identifier,
        origin_uri=link.origin_uri or known.origin_uri,
        destination_uri=link.destination_uri or known.destination_uri,
    )


# -- any other


class _Supplement:
    """What a partial source, or another serialisation than the leading one, may do."""

    def __init__(self, draft: FrameworkDraft, stored: Stored, lead: Source, *, older: bool) -> None:
        self.draft = draft
        self.stored = stored
        self.lead = lead
        self.adds = lead.partial and not older
        self.brings_tree = self.adds and not draft.partial
        self.before = {item.identifier: item for item in stored.draft.items}
        self.given = {item.identifier: item for item in draft.items}
        self.live = [item for item in stored.draft.items if item.identifier not in stored.withdrawn]

    def run(self) -> FrameworkDraft:
        new = [item for item in self.draft.items if item.identifier not in self.before]
        items = [self._filled(item) for item in self.live]
        if self.adds:
            items += new
        elif new:
            self._tell_unknown(new)
        self._tell_differing()
        stored = self.stored.draft
        return FrameworkDraft(
            format=self.draft.format,
            document=self._document(),
            items=items,
            associations=self._associations({item.identifier for item in items}),
            definitions=[*stored.definitions, *_new(stored.definitions, self.draft.definitions)],
            rubrics=[*stored.rubrics, *_new(stored.rubrics, self.draft.rubrics)],
            package_extra=self._package_extra(),
            columns=self.draft.columns,
            problems=self.draft.problems,
        )

    def _filled(self, item: ItemDraft) -> ItemDraft:
        other = self.given.get(item.identifier)
        if other is None:
            return item
        filled = fill_item(item, other)
        if self.lead.partial and item.education_level != other.education_level:
            # A grade's set knows one grade of a statement; several sets know several.
            said = [
                *item.education_level,
                *(one for one in other.education_level if one not in item.education_level),
            ]
            filled = replace(filled, education_level=said if self.draft.partial else filled.education_level)
        return filled

    def _document(self) -> DocumentDraft:
        stored = self.stored.draft.document
        if self.lead.anonymous and not self.draft.anonymous:
            document = fill(self.draft.document, replace(stored, title=""), case.DOCUMENT)
            return replace(document, aliases=self.draft.document.aliases)
        return replace(fill(stored, self.draft.document, case.DOCUMENT), aliases=self.draft.document.aliases)

    def _package_extra(self) -> dict[str, Any]:
        lead, format = self.lead, self.draft.format
        if self.brings_tree:
            lead = replace(
                lead, format=format, partial=False, filled=True, others=(*lead.others, lead.format)
            )
        elif format != lead.format:
            lead = replace(lead, others=(*lead.others, format))
        lead = replace(
            lead,
            anonymous=lead.anonymous and self.draft.anonymous,
            others=tuple(sorted({*lead.others} - {lead.format})),
        )
        return _with_source(self.stored.draft.package_extra, lead)

    def _associations(self, present: set[str]) -> list[AssociationDraft]:
        """The stored ones, and of the draft's those that say something new about the statements present.

        A statement that has a place keeps it, unless the draft is the first to know the whole tree.
        """
        document = self.stored.draft.document.identifier
        root = self.draft.document.identifier
        kept: list[AssociationDraft] = []
        for link in self.stored.draft.associations:
            if link.identifier in self.stored.withdrawn_associations:
                continue
            if (
                self.brings_tree
                and link.association_type == IS_CHILD_OF
                and link.origin_identifier in self.given
            ):
                continue
            if link.destination_identifier == document != root:
                link = replace(link, destination_identifier=root, destination_uri=self.draft.document.uri)
            kept.append(link)
        known = {_ends(link) for link in kept}
        placed = {link.origin_identifier for link in kept if link.association_type == IS_CHILD_OF}
        identifiers = {link.identifier for link in self.stored.draft.associations} - (
            {link.identifier for link in self.draft.associations} if self.brings_tree else set()
        )
        for link in self.draft.associations:
            is_place = link.association_type == IS_CHILD_OF
            if (
                link.origin_identifier in present
                and _ends(link) not in known
                and link.identifier not in identifiers
                and not (is_place and link.origin_identifier in placed)
            ):
                kept.append(link)
        return kept

    def _tell_unknown(self, new: list[ItemDraft]) -> None:
        for item in new:
            self.draft.problems.add(
                "warning", item.path, "not-leading",
                f"“{item.name}” is not in the framework; only its leading source ({self.lead.format}) adds statements.",
                alike="",
            )  # fmt: skip

    def _tell_differing(self) -> None:
        for identifier, item in self.given.items():
            before = self.before.get(identifier)
            if before and item.full_statement and before.full_statement not in ("", item.full_statement):
                self.draft.problems.add(
                    "notice", item.path, "not-leading",
                    f"“{item.name}” reads differently here; the words of the leading source ({self.lead.format}) stay.",
                    alike="differs",
                )  # fmt: skip


def _ends(link: AssociationDraft) -> tuple[str, str, str]:
    return link.association_type, link.origin_identifier, link.destination_identifier


def _new(stored: Iterable[Any], given: Iterable[Any]) -> list[Any]:
    known = {(type(record), getattr(record, "kind", ""), record.identifier) for record in stored}
    return [
        record
        for record in given
        if (type(record), getattr(record, "kind", ""), record.identifier) not in known
    ]


def _with_source(package_extra: Mapping[str, Any], source: Source) -> dict[str, Any]:
    said = {
        "format": source.format,
        "partial": source.partial,
        "anonymous": source.anonymous,
        "filled": source.filled,
        "others": list(source.others),
    }
    return {**package_extra, SOURCE: said}
