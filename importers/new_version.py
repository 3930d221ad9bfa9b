"""A table as the new version of a framework that a person names by its short name.

A table says neither what it is nor which statement a row is: next year's file has another name, and the identifiers
that are made of its rows differ. Who imports it knows, and says so; then rows are the statements with their codes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import Count

from importers.draft import FrameworkDraft, ItemDraft
from importers.leading import SOURCE, source_of
from importers.permissions import may_import
from importers.stored import Stored
from importers.supplement import fact
from people.models import User
from standards.models import Framework, Item


def takes_tables(framework: Framework) -> bool:
    """Whether a framework has its statements from a source that does not say which framework it is, as a table does."""
    return source_of(framework).anonymous


def meant_by(draft: FrameworkDraft, short_name: str | None) -> Framework | None:
    """The framework of this short name, if the draft may be a version of it."""
    if not draft.anonymous or not short_name:
        return None
    found = Framework.objects.filter(short_name__iexact=short_name).first()
    return found if found is not None and takes_tables(found) else None


def warn_of_a_second(draft: FrameworkDraft, user: User | None) -> None:
    """Says so, if a table that would become a framework of its own has mostly the codes of one that `user` may import."""
    codes = {item.human_coding_scheme for item in draft.items} - {""}
    if not draft.anonymous or not codes:
        return
    held = Item.objects.filter(
        human_coding_scheme__in=codes, **{f"framework__package_extra__{SOURCE}__anonymous": True}
    )
    shares = held.values_list("framework").annotate(n=Count("human_coding_scheme", distinct=True))
    framework, number = max(shares, key=lambda share: share[1], default=(0, 0))
    if number * 2 <= len(codes):
        return
    found = Framework.objects.get(pk=framework)
    if user is None or may_import(user, found):
        draft.problems.add(
            "warning", "", "new-version",
            f"Most codes are those of “{found.title}”, yet this would be a second framework beside it. If it is a new "
            f"version, discard this plan and import the file under the short name {found.short_name}.",
        )  # fmt: skip


def as_version(draft: FrameworkDraft, stored: Stored) -> FrameworkDraft:
    """The draft under the identifiers by which its rows are stored, in the stored format (CSV, XLSX)."""
    framework = stored.framework
    if framework is None:
        raise ValueError("Only what is stored has versions.")
    lead = source_of(framework)
    known = {item.identifier for item in stored.draft.items}
    here = _by_name(stored.draft.items)
    given = _by_name(draft.items)
    taken = known & {item.identifier for item in draft.items}
    mapping = {draft.document.identifier: stored.draft.document.identifier}
    for name, item in given.items():
        if item.identifier not in known and name in here and here[name].identifier not in taken:
            mapping[item.identifier] = here[name].identifier
    links = [
        replace(
            link,
            origin_identifier=mapping.get(link.origin_identifier, link.origin_identifier),
            destination_identifier=mapping.get(link.destination_identifier, link.destination_identifier),
        )
        for link in draft.associations
    ]
    _warn_of_renumbered(draft, mapping, stored)
    stored_links = {fact(link): link.identifier for link in stored.draft.associations}
    same_family = draft.format.partition("-")[0] == lead.family
    return replace(
        draft,
        format=lead.format if same_family else draft.format,
        document=replace(draft.document, identifier=stored.draft.document.identifier),
        items=[
            replace(item, identifier=mapping.get(item.identifier, item.identifier)) for item in draft.items
        ],
        associations=[
            replace(link, identifier=stored_links.get(fact(link), link.identifier)) for link in links
        ],
    )


def _warn_of_renumbered(draft: FrameworkDraft, mapping: Mapping[str, str], stored: Stored) -> None:
    """Says so, if a code now has the words that another one had: what is tied to it would say something else by it."""
    known = {item.identifier: item for item in stored.draft.items}
    times = Counter(item.full_statement for item in stored.draft.items)
    had = {item.full_statement: item for item in stored.draft.items if times[item.full_statement] == 1}
    for item in draft.items:
        before = known.get(mapping.get(item.identifier, item.identifier))
        other = had.get(item.full_statement)
        if before and other and before.full_statement != item.full_statement:
            draft.problems.add(
                "warning", item.path, "renumbered",
                f"“{item.name}” has the words that “{other.name}” had. A row without an identifier is known by its code, so "
                "what is tied to that code is tied to these words then. Where only the codes change, give each row its "
                "identifier: the framework’s CSV file, on its page on the site, has them.",
                alike="",
            )  # fmt: skip


def _by_name(items: Iterable[ItemDraft]) -> dict[str, ItemDraft]:
    """Statements by code, or by their words where they have none. A name of two statements is nobody's."""
    named = [(item.human_coding_scheme or item.full_statement, item) for item in items]
    times = Counter(name for name, _item in named)
    return {name: item for name, item in named if name and times[name] == 1}
