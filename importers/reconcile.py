"""Which framework a draft is, and what it may change there (FORMATS 7.4).

A framework has one leading source: the first whole one, or the one that a person says. A newer version of that source
updates it. Any other serialisation of the same framework, and any partial source, adds names and fills empty fields; it
never rewords, moves or retires. While only partial sources are known, each adds the statements that it has, and the first
whole source brings the tree.

What comes out is the whole new state of the framework, so that plan and apply need to know nothing of this.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime

from importers.crosswalk import link_by_short_name
from importers.draft import (
    IS_CHILD_OF,
    AssociationDraft,
    DocumentDraft,
    FrameworkDraft,
    ItemDraft,
)
from importers.filling import fill, fill_item
from importers.leading import SOURCE, Source, source_of, with_source
from importers.new_version import as_version, meant_by
from importers.problems import ImportRefused
from importers.read_back import read_back
from importers.stored import Stored, find_framework, load
from importers.supplement import Supplement, as_stored, fact, unknown
from standards.case import fields as case
from standards.models import Framework, Item, ItemAlias
from standards.names import canonical


def prepare(draft: FrameworkDraft, short_name: str | None = None) -> tuple[FrameworkDraft, Stored]:
    """The draft as it is to be planned and applied, and what is stored of its framework.

    `short_name`: how a person says that it is called; of a table, which of the stored ones it is.
    """
    draft = link_by_short_name(draft)
    meant = meant_by(draft, short_name)
    stored = load(meant or match(draft))
    if meant is not None:
        draft = as_version(draft, stored)
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
        return draft if is_case else replace(draft, package_extra=with_source(draft.package_extra, source))
    lead = source_of(stored.framework)
    if draft.leads and draft.partial:
        raise ImportRefused("Only a whole framework can lead, and this is a part of one.", rule="lead")
    if lead.anonymous and draft.anonymous:
        # A table has the name of its file: what it is called was said by a person, or by the first one (`framework_admin`).
        draft = replace(draft, document=replace(draft.document, title=stored.draft.document.title))
    draft = _translate(draft, stored, keep_document=not lead.anonymous or draft.anonymous)
    draft = read_back(draft, stored)
    if draft.leads:
        lead = lead.handed_to(draft.format, anonymous=draft.anonymous)
    newer = _is_newer(draft.document, stored.draft.document)
    if not draft.partial and _updates(draft, lead, newer):
        if is_case and lead == Source():
            return draft
        return _update(draft, stored, lead)
    supplement = Supplement(draft, stored, lead, older=newer is False)
    led_by = "" if draft.partial or supplement.adds else lead.format
    return replace(supplement.run(), led_by=led_by)


def _updates(draft: FrameworkDraft, lead: Source, newer: bool | None) -> bool:
    if draft.leads:
        return True
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
    """All names of an item, and the forms under which other spellings of them are known."""
    given = [name for name in (item.identifier, item.uri, *item.aliases) if name]
    return [*given, *map(canonical, given)]


def _translate(draft: FrameworkDraft, stored: Stored, *, keep_document: bool) -> FrameworkDraft:
    """The draft with the stored identifiers in place of other names of the same things; its own become aliases."""
    known = {item.identifier for item in stored.draft.items}
    mapping = {} if all(item.identifier in known for item in draft.items) else _mapping(draft, stored, known)
    document = draft.document
    identifier = stored.draft.document.identifier
    # The identifier of an anonymous document was made up: it is no name of anything.
    aliases = document.aliases if draft.anonymous else (*document.aliases, document.identifier, document.uri)
    if keep_document:
        mapping[document.identifier] = identifier
        document = replace(document, identifier=identifier, aliases=aliases)
    else:
        document = replace(document, aliases=(*aliases, identifier))
    links = _as_stored_spelled(draft.associations, stored.draft.associations)
    if not mapping:
        return replace(draft, document=document, associations=links)
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
            for link in links
        ],
    )


def _as_stored_spelled(
    links: Sequence[AssociationDraft], stored: Sequence[AssociationDraft]
) -> Sequence[AssociationDraft]:
    """The links under their stored identifiers, where they are spelled otherwise (upper case, braces)."""
    known = {link.identifier for link in stored}
    if all(link.identifier in known for link in links):
        return links
    spelled = {canonical(identifier): identifier for identifier in known}
    spelled |= {identifier: identifier for identifier in known}
    return [
        link
        if link.identifier in known
        else replace(link, identifier=spelled.get(canonical(link.identifier), link.identifier))
        for link in links
    ]


def _mapping(draft: FrameworkDraft, stored: Stored, known: set[str]) -> dict[str, str]:
    """Identifiers of the draft that are stored under another one. A name that fits two statements decides nothing."""
    by_name = {
        form: item.identifier
        for item in stored.draft.items
        for form in (canonical(item.identifier), item.uri)
        if form
    }
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
    package_extra = with_source(draft.package_extra, source)
    before = stored.draft
    if draft.anonymous:
        filled = fill(before.document, draft.document, case.DOCUMENT)
        draft = replace(draft, document=replace(filled, aliases=draft.document.aliases))
    if lead.others or draft.anonymous:
        placed = {fact(link): link for link in before.associations}
        draft = replace(draft, associations=[as_stored(link, placed) for link in draft.associations])
    if not lead.others:
        return replace(draft, package_extra=package_extra)
    known = {item.identifier: item for item in before.items}
    ends = {fact(link) for link in draft.associations}
    identifiers = {link.identifier for link in draft.associations}
    added_by_others = [
        link
        for link in before.associations
        if link.association_type != IS_CHILD_OF
        and link.identifier not in identifiers | stored.withdrawn_associations
        and fact(link) not in ends
    ]
    return replace(
        draft,
        document=fill(draft.document, before.document, case.DOCUMENT),
        items=[fill_item(item, known.get(item.identifier)) for item in draft.items],
        associations=[*draft.associations, *added_by_others],
        definitions=[*draft.definitions, *unknown(draft.definitions, before.definitions)],
        rubrics=[*draft.rubrics, *unknown(draft.rubrics, before.rubrics)],
        package_extra=before.package_extra | package_extra,
    )
