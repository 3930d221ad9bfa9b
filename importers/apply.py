"""Writes a draft over what is stored. One transaction around it is the caller's (`importers.services`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from importers.aliases import write_aliases
from importers.derived import (
    all_code_forms,
    ended,
    ends_of,
    find_key,
    former_codes,
    own_grades,
    with_former,
)
from importers.draft import (
    IS_CHILD_OF,
    AssociationDraft,
    DefinitionDraft,
    FrameworkDraft,
    ItemDraft,
    link_identifier,
)
from importers.names import jurisdiction_of, short_name_for
from importers.problems import ImportRefused
from importers.progress import Progress
from importers.resources.waiting import resolve_waiting
from importers.rubrics import write_rubrics
from importers.stored import (
    ASSOCIATION_DERIVED,
    ASSOCIATION_FIELDS,
    DOCUMENT_FIELDS,
    ITEM_DERIVED,
    ITEM_FIELDS,
    Stored,
    find_outside,
)
from importers.structure import structure
from people.models import Organisation
from standards import bulk
from standards.case.fields import DEFINITIONS
from standards.grades import GRADE_ORDER
from standards.models import (
    Association,
    Framework,
    Item,
)
from standards.services import (
    TiedLink,
    circle_through_others,
    gather_statistics,
    rebuild_closure,
    resolve_links_to,
)
from standards.signals import items_changed
from standards.tree import arrange

_RETIRED_AT, _FORMER_CODES = ITEM_DERIVED.index("retired_at"), ITEM_DERIVED.index("former_codes")


@dataclass(frozen=True, slots=True)
class Options:
    short_name: str | None = None
    owner: Organisation | None = None
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """The framework as it is now, and the links of other frameworks that were tied to its items.

    `aligned` is how many alignments of imported resources that waited for a standard were made.
    """

    framework: Framework
    tied: Sequence[TiedLink]
    aligned: int


def apply(draft: FrameworkDraft, stored: Stored, options: Options, progress: Progress) -> Applied:
    """Makes the stored framework what `draft` says. Items that are gone stay, retired; see FORMATS 7.

    The draft has passed `structure.check`; `stored` was loaded inside this transaction.
    """
    return _Apply(draft, stored, options, progress).run()


class _Apply:
    """The steps of one import, in order; each leaves what the next one needs."""

    def __init__(self, draft: FrameworkDraft, stored: Stored, options: Options, progress: Progress) -> None:
        self.draft = draft
        self.stored = stored
        self.options = options
        self.progress = progress
        self.now = timezone.now()
        named = {item.identifier for item in draft.items}
        before = {item.identifier: item for item in stored.draft.items}
        self.before = before
        # What the draft lacks is kept, withdrawn.
        kept = [item for key, item in before.items() if key not in named]
        self.withdrawn = {item.identifier for item in kept}
        self.items: list[ItemDraft] = [*draft.items, *kept]
        self.associations, self.withdrawn_associations = self._all_associations()

    def run(self) -> Applied:
        total = len(self.items) + len(self.associations)
        self.progress("Writing the framework", 0, total)
        self.framework = self._framework()
        self.definitions = self._write_definitions()
        self.keys = self._keys()
        self.outside = self._outside()
        self.progress("Writing statements", 0, total)
        changed = self._write_items()
        self.progress("Writing associations", len(self.items), total)
        edges_changed = self._write_associations()
        write_rubrics(self.draft, self.stored, self.framework, self._item_key)
        write_aliases(self.draft, self.framework, self.keys)
        tree_changed = edges_changed or len(self.keys) > len(self.stored.items)
        if tree_changed:
            gather_statistics(total)
        tied = resolve_links_to(framework=self.framework)
        hanging = tied.hanging
        if hanging or self.has_outer_parents:
            self._refuse_circles_through_others()
        self.progress("Linking statements to all above them", total, total)
        moved: list[int] = []
        if tree_changed or hanging:
            moved = rebuild_closure(framework=self.framework, others=hanging)
        if told := sorted({*changed, *moved}):
            items_changed.send(sender=Framework, item_ids=told)
        return Applied(self.framework, tied.links, resolve_waiting())

    def _all_associations(self) -> tuple[list[AssociationDraft], set[str]]:
        """Those of the draft, and of those that it lacks the ones that start at a withdrawn item."""
        named = {association.identifier for association in self.draft.associations}
        kept = [
            association
            for association in self.stored.draft.associations
            if association.identifier not in named and association.origin_identifier in self.withdrawn
        ]
        return [*self.draft.associations, *kept], {association.identifier for association in kept}

    def _framework(self) -> Framework:
        document = self.draft.document
        framework = self.stored.framework
        values = {name: getattr(document, name) for name in DOCUMENT_FIELDS}
        values |= {"jurisdiction": jurisdiction_of(document), "package_extra": self.draft.package_extra}
        if framework is None:
            return Framework.objects.create(
                **values,
                short_name=short_name_for(document, self.options.short_name),
                owner=self.options.owner,
                source_url=self.options.source_url,
            )
        if self.options.short_name and self.options.short_name.lower() != framework.short_name.lower():
            values["short_name"] = short_name_for(document, self.options.short_name)
        # Changes are looked for where what the framework follows came from, not where something filled it in.
        if self.options.source_url and not (self.draft.led_by and framework.source_url):
            values["source_url"] = self.options.source_url
        if any(getattr(framework, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(framework, name, value)
            framework.save()
        return framework

    def _write_definitions(self) -> dict[str, dict[str, int]]:
        """The keys of each kind's definitions by identifier, after those of the draft are written."""
        keys: dict[str, dict[str, int]] = {}
        for kind, (model, mapping) in DEFINITIONS.items():
            before = {
                record.identifier: record for record in self.stored.draft.definitions if record.kind == kind
            }
            after = {record.identifier: record for record in self.draft.definitions if record.kind == kind}
            if not before and not after:
                keys[kind] = {}
                continue
            known = dict(model.objects.filter(framework=self.framework).values_list("identifier", "pk"))
            if gone := known.keys() - after.keys():
                model.objects.filter(framework=self.framework, identifier__in=gone).delete()
            names = [*mapping.values(), "extra"]
            model.objects.bulk_create(
                [self._definition(model, record, names) for key, record in after.items() if key not in known]
            )
            for key, record in after.items():
                if key in known and before[key] != record:
                    model.objects.filter(pk=known[key]).update(
                        **{name: getattr(record, name) for name in names}
                    )
            keys[kind] = dict(model.objects.filter(framework=self.framework).values_list("identifier", "pk"))
        self.framework.license_id = keys["CFLicenses"].get(
            link_identifier(self.draft.document.extra, "licenseURI")
        )
        return keys

    def _definition(self, model: Any, record: DefinitionDraft, names: Sequence[str]) -> Any:
        return model(framework=self.framework, **{name: getattr(record, name) for name in names})

    def _keys(self) -> dict[str, int]:
        """The row key of each item: known ones, and new ones drawn from the sequence."""
        keys = {identifier: row.pk for identifier, row in self.stored.items.items()}
        new = [item.identifier for item in self.items if item.identifier not in keys]
        return keys | dict(zip(new, bulk.new_ids(Item, len(new)), strict=True))

    def _outside(self) -> dict[str, int]:
        """Items of other frameworks at the far ends of associations."""
        names: set[str] = set()
        links = structure(self._whole()).links
        for association in self.associations:
            for identifier, uri in ends_of(association):
                if links.find(identifier, uri) is None:
                    names |= {name for name in (identifier, uri) if name}
        return find_outside(names, self.stored.framework)

    def _whole(self) -> FrameworkDraft:
        return FrameworkDraft(
            format=self.draft.format,
            document=self.draft.document,
            items=self.items,
            associations=self.associations,
        )

    def _write_items(self) -> list[int]:
        """Writes new and differing rows. Returns the keys of those items that read differently now."""
        found = structure(self._whole())
        self.links = found.links
        outer = self._outer_grades(found.outer)
        own = [own_grades(item) for item in self.items]
        placement = arrange(
            found.parents,
            [item.list_enumeration for item in self.items],
            [item.human_coding_scheme for item in self.items],
            own,
            outer,
        )
        codes = self._codes()
        new: list[tuple[Any, ...]] = []
        old: list[tuple[Any, ...]] = []
        told: list[int] = []
        for index, item in enumerate(self.items):
            key = self.keys[item.identifier]
            derived = self._item_derived(
                item,
                placement.grades[index],
                placement.position[index],
                placement.depth[index],
                codes[index],
            )
            row = self.stored.items.get(item.identifier)
            if row is None:
                new.append((key, self.framework.pk, *(getattr(item, name) for name in ITEM_FIELDS), *derived))
            elif derived != row.derived or self.before[item.identifier] != item:
                old.append((key, *(getattr(item, name) for name in ITEM_FIELDS), *derived))
                told.append(key)
        bulk.insert(Item, ["id", "framework_id", *ITEM_FIELDS, *ITEM_DERIVED], new)
        if old:
            bulk.update(Item, ["id", *ITEM_FIELDS, *ITEM_DERIVED], old)
        self._framework_grades(placement.grades)
        return told

    def _codes(self) -> list[tuple[list[str], list[str]]]:
        """The spellings of each item's codes, and its former codes, which find it as long as no other has them now."""
        spelled = [all_code_forms(item) for item in self.items]
        taken = {
            form
            for item, forms in zip(self.items, spelled, strict=True)
            if item.identifier not in self.withdrawn
            for form in forms
        }
        found = []
        for item, forms in zip(self.items, spelled, strict=True):
            row, before = self.stored.items.get(item.identifier), self.before.get(item.identifier)
            known = row.derived[_FORMER_CODES] if row else []
            former = former_codes(
                known, before.human_coding_scheme if before else "", item.human_coding_scheme
            )
            found.append((with_former(forms, former, taken), former))
        return found

    def _item_derived(
        self,
        item: ItemDraft,
        grades: list[str],
        position: int,
        depth: int,
        codes: tuple[list[str], list[str]],
    ) -> tuple[Any, ...]:
        """The values of ITEM_DERIVED."""
        row = self.stored.items.get(item.identifier)
        withdrawn = item.identifier in self.withdrawn
        retired_at = row.derived[_RETIRED_AT] if row else None
        if withdrawn:
            retired_at = retired_at or self.now
        else:
            retired_at = ended(item.status_end_date, self.now)
        return (
            self.definitions["CFItemTypes"].get(link_identifier(item.extra, "CFItemTypeURI")),
            self.definitions["CFLicenses"].get(link_identifier(item.extra, "licenseURI")),
            grades,
            position,
            depth,
            codes[0],
            retired_at,
            withdrawn,
            codes[1],
        )

    def _outer_grades(self, outer: Sequence[tuple[int, AssociationDraft]]) -> dict[int, list[str]]:
        """The grades of parents in other frameworks, by child."""
        parents = {
            index: pk
            for index, link in outer
            if (pk := find_key(self.outside, link.destination_identifier, link.destination_uri))
        }
        self.has_outer_parents = bool(parents)
        if not parents:
            return {}
        grades = dict(Item.objects.filter(pk__in=parents.values()).values_list("pk", "grades"))
        return {index: grades[pk] for index, pk in parents.items()}

    def _refuse_circles_through_others(self) -> None:
        if found := circle_through_others(framework=self.framework):
            item, parent = (
                f"{one.human_coding_scheme or one.identifier} of “{one.framework}”" for one in found
            )
            raise ImportRefused(
                f"{item} would stand below itself, by way of {parent} (isChildOf goes in a circle). Nothing is "
                "imported; one of the sources must break the circle.",
                rule="cycle",
            )

    def _framework_grades(self, grades: Sequence[list[str]]) -> None:
        found = {
            code
            for item, codes in zip(self.items, grades, strict=True)
            if item.identifier not in self.withdrawn
            for code in codes
        }
        self.framework.grades = [code for code in GRADE_ORDER if code in found]
        Framework.objects.filter(pk=self.framework.pk).exclude(
            grades=self.framework.grades, license=self.framework.license_id
        ).update(grades=self.framework.grades, license=self.framework.license_id)

    def _write_associations(self) -> bool:
        """Writes new and differing rows and deletes those gone. Whether an isChildOf edge changed."""
        before = {association.identifier: association for association in self.stored.draft.associations}
        groupings = self.definitions["CFAssociationGroupings"]
        new: list[tuple[Any, ...]] = []
        old: list[tuple[Any, ...]] = []
        edges_changed = False
        for association in self.associations:
            row = self.stored.associations.get(association.identifier)
            derived = (
                self._item_key(association.origin_identifier, association.origin_uri),
                self._item_key(association.destination_identifier, association.destination_uri),
                groupings.get(link_identifier(association.extra, "CFAssociationGroupingURI")),
                association.identifier in self.withdrawn_associations,
            )
            values = (*(getattr(association, name) for name in ASSOCIATION_FIELDS), *derived)
            if row is None:
                new.append((self.framework.pk, *values))
            elif derived != row.derived or before[association.identifier] != association:
                old.append((row.pk, *values))
            else:
                continue
            edges_changed |= association.association_type == IS_CHILD_OF
            edges_changed |= (
                row is not None and before[association.identifier].association_type == IS_CHILD_OF
            )
        gone = self.stored.associations.keys() - {association.identifier for association in self.associations}
        if gone:
            edges_changed |= any(before[key].association_type == IS_CHILD_OF for key in gone)
            Association.objects.filter(pk__in=[self.stored.associations[key].pk for key in gone]).delete()
        bulk.insert(Association, ["framework_id", *ASSOCIATION_FIELDS, *ASSOCIATION_DERIVED], new)
        if old:
            bulk.update(Association, ["id", *ASSOCIATION_FIELDS, *ASSOCIATION_DERIVED], old)
        return edges_changed

    def _item_key(self, identifier: str, uri: str) -> int | None:
        index = self.links.find(identifier, uri)
        if index is None:
            return find_key(self.outside, identifier, uri)
        return self.keys[self.items[index].identifier] if index >= 0 else None
