"""What a source that does not lead may do: add names, fill empty fields, and bring what was not known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from importers.draft import (
    IS_CHILD_OF,
    AssociationDraft,
    DefinitionDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
    RubricDraft,
)
from importers.filling import fill, fill_item
from importers.labels import source_label
from importers.leading import Source, with_source
from importers.stored import Stored
from importers.structure import Links
from standards.case import fields as case
from standards.models import AssociationType


class Supplement:
    """What a partial source, or another serialisation than the leading one, may do."""

    def __init__(self, draft: FrameworkDraft, stored: Stored, lead: Source, *, older: bool) -> None:
        self.draft = draft
        self.stored = stored
        self.lead = lead
        self.leads = source_label(lead.format)
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
        supplemented = FrameworkDraft(
            format=self.draft.format,
            document=self._document(),
            items=items,
            associations=self._associations({item.identifier for item in items}),
            definitions=[*stored.definitions, *unknown(stored.definitions, self.draft.definitions)],
            rubrics=[*stored.rubrics, *unknown(stored.rubrics, self.draft.rubrics)],
            package_extra=stored.package_extra,
            columns=self.draft.columns,
            problems=self.draft.problems,
        )
        if self._says_nothing_new(supplemented):
            return supplemented
        return replace(supplemented, package_extra=self._package_extra())

    def _says_nothing_new(self, supplemented: FrameworkDraft) -> bool:
        """Whether the source adds nothing, as our own export does: then it is none that filled something in."""
        stored = self.stored.draft
        gone = self.stored.withdrawn_associations
        return (
            supplemented.document == stored.document
            and supplemented.items == self.live
            and {link.identifier: link for link in supplemented.associations}
            == {link.identifier: link for link in stored.associations if link.identifier not in gone}
            and len(supplemented.definitions) == len(stored.definitions)
            and len(supplemented.rubrics) == len(stored.rubrics)
        )

    def _filled(self, item: ItemDraft) -> ItemDraft:
        other = self.given.get(item.identifier)
        if other is None:
            return item
        filled = fill_item(item, other, leads=self.brings_tree)
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
        if self.draft.anonymous:  # it was made up
            return replace(stored, aliases=self.draft.document.aliases)
        if self.lead.anonymous and not self.draft.anonymous:
            document = fill(self.draft.document, replace(stored, title=""), case.DOCUMENT)
            return replace(document, aliases=self.draft.document.aliases)
        filled = fill(stored, self.draft.document, case.DOCUMENT, leads=self.brings_tree)
        return replace(filled, aliases=self.draft.document.aliases)

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
        return with_source(self.stored.draft.package_extra, lead)

    def _associations(self, present: set[str]) -> list[AssociationDraft]:
        """The stored ones, and of the draft's those that say something new about the statements present: not that they
        became, or are related to, others that only the draft knows, as nobody could tell what those are.

        A statement that has a place keeps it, unless the draft is the first to know the whole tree.
        """
        document = self.stored.draft.document.identifier
        root = self.draft.document.identifier
        given = self.draft.associations
        if self.brings_tree:
            placed_before = {fact(link): link for link in self.stored.draft.associations}
            given = [as_stored(link, placed_before) for link in given]
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
        named = self._by_identifier(kept)
        known = {fact(link) for link in (*kept, *named)}
        placed = {link.origin_identifier for link in named if link.association_type == IS_CHILD_OF}
        # What has no place stands at the top already, and to say so is no news.
        at_top = set() if self.brings_tree else self.before.keys()
        identifiers = {link.identifier for link in self.stored.draft.associations} - (
            {link.identifier for link in given} if self.brings_tree else set()
        )
        for link in given:
            is_place = link.association_type == IS_CHILD_OF
            if (
                (link.origin_identifier in present or self._says_what_replaced(link))
                and (link.destination_identifier in present or link.destination_identifier not in self.given)
                and fact(link) not in known
                and link.identifier not in identifiers
                and not (is_place and link.origin_identifier in placed)
                and not (
                    link.destination_identifier == root and is_place and link.origin_identifier in at_top
                )
            ):
                kept.append(link)
        return kept

    def _says_what_replaced(self, link: AssociationDraft) -> bool:
        """Of one that is retired here, which a source of names alone may say."""
        known = link.origin_identifier in self.stored.withdrawn
        return known and self.draft.anonymous and link.association_type == AssociationType.REPLACED_BY

    def _by_identifier(self, stored: list[AssociationDraft]) -> list[AssociationDraft]:
        """The stored links with the identifiers of the statements that they mean, also where only the address is right."""
        document, items = self.stored.draft.document, self.stored.draft.items
        links = Links(document.identifier, document.uri, items)

        def end(identifier: str, uri: str) -> str:
            found = links.find(identifier, uri)
            return items[found].identifier if found is not None and found >= 0 else identifier

        return [
            replace(
                link,
                origin_identifier=end(link.origin_identifier, link.origin_uri),
                destination_identifier=end(link.destination_identifier, link.destination_uri),
            )
            for link in stored
        ]

    def _tell_unknown(self, new: list[ItemDraft]) -> None:
        for item in new:
            self.draft.problems.add(
                "warning", item.path, "not-leading",
                f"“{item.name}” is not in the framework; only the source that it follows ({self.leads}) adds statements.",
                alike="",
            )  # fmt: skip

    def _tell_differing(self) -> None:
        for identifier, item in self.given.items():
            before = self.before.get(identifier)
            if before and item.full_statement and before.full_statement not in ("", item.full_statement):
                self.draft.problems.add(
                    "notice", item.path, "not-leading",
                    f"“{item.name}” reads differently here; the words of the source followed ({self.leads}) stay.",
                    alike="differs",
                )  # fmt: skip


def fact(link: AssociationDraft) -> tuple[str, str, str]:
    """What a link says, whatever its own identifier is."""
    return link.association_type, link.origin_identifier, link.destination_identifier


def as_stored(
    link: AssociationDraft, placed: Mapping[tuple[str, str, str], AssociationDraft]
) -> AssociationDraft:
    """The link under the identifier by which it is stored: one to an anonymous document has changed its own."""
    known = placed.get(fact(link), link)
    return replace(
        link,
        identifier=known.identifier,
        origin_uri=link.origin_uri or known.origin_uri,
        destination_uri=link.destination_uri or known.destination_uri,
    )


def unknown(stored: Iterable[Any], given: Iterable[Any]) -> list[Any]:
    """Those of the given definitions or rubrics that are not stored, under another identifier either.

    Workbooks have no identifiers for licenses, so that their reader makes one of the title.
    """
    known = {name for record in stored for name in _names(record)}
    return [record for record in given if known.isdisjoint(_names(record))]


def _names(record: DefinitionDraft | RubricDraft) -> set[tuple[str, ...]]:
    if isinstance(record, RubricDraft):
        return {("", record.identifier)}
    said = (record.kind, record.title, record.description, record.license_text)
    return {(record.kind, record.identifier), said}
