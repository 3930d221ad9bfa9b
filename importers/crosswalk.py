"""Links from a table to statements of other frameworks, as a crosswalk has them: `SHORTNAME:code`, as in an address."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from importers.draft import AssociationDraft, FrameworkDraft
from importers.stored import find_outside
from standards.codes import fold_code
from standards.models import Item
from standards.names import asn_id, guid
from standards.selectors import items

_BETWEEN_STATEMENTS = {
    "isPartOf", "isPeerOf", "isRelatedTo", "exactMatchOf", "precedes", "replacedBy", "isTranslationOf",
}  # fmt: skip


def link_by_short_name(draft: FrameworkDraft) -> FrameworkDraft:
    """The draft with such links under the identifiers of what they name. Those that lead nowhere are told.

    A code alone is none of another framework's: several may have it, and it may be a slip. Whatever a visitor may see
    can be named.
    """
    if not draft.format.startswith("table"):
        return draft
    own = {item.identifier for item in draft.items}
    wanted = {
        link.destination_identifier
        for link in draft.associations
        if link.association_type in _BETWEEN_STATEMENTS and not link.destination_uri
    } - own
    wanted = {name for name in wanted - find_outside(wanted, None).keys() if not _is_identifier(name)}
    if not wanted:
        return draft
    found = _named(wanted)
    _tell_unknown(
        draft, [link for link in draft.associations if link.destination_identifier in wanted - found.keys()]
    )
    return replace(
        draft,
        associations=[
            replace(link, destination_identifier=item.identifier, destination_uri=item.uri)
            if (item := found.get(link.destination_identifier))
            else link
            for link in draft.associations
        ],
    )


def _is_identifier(name: str) -> bool:
    """Whether it is one that may yet arrive with its framework."""
    return bool(guid(name) or asn_id(name) or "://" in name)


def _named(names: Collection[str]) -> dict[str, Item]:
    """For each `SHORTNAME:code` the one statement that it names; one in force goes before retired ones."""
    parts = {name: name.partition(":") for name in names if ":" in name}
    folded = {name: (short.strip().lower(), fold_code(code)) for name, (short, _colon, code) in parts.items()}
    codes = [code for _short, code in folded.values() if code]
    candidates: dict[tuple[str, str], list[Item]] = {}
    for item in items().filter(code_forms__overlap=codes):
        for form in item.code_forms:
            candidates.setdefault((item.framework.short_name.lower(), form), []).append(item)
    return {
        name: best[0]
        for name, key in folded.items()
        if len(best := _best(candidates.get(key, []), key[1])) == 1
    }


def _best(among: list[Item], code: str) -> list[Item]:
    """Those in force before retired ones; among them, those whose own code it is before other spellings."""
    for wanted in ([item for item in among if item.retired_at is None], among):
        own = [item for item in wanted if item.code_forms[0] == code]
        if found := own or wanted:
            return found
    return []


def _tell_unknown(draft: FrameworkDraft, links: Iterable[AssociationDraft]) -> None:
    for link in links:
        draft.problems.add(
            "warning", link.path, "unknown-link",
            f"“{link.destination_identifier}” is no statement of this table, and none that is known here, so the link leads "
            "nowhere. One of another framework is named by that one’s short name and its code, as MER-MATH:M.6.RP.1.",
            alike="",
        )  # fmt: skip
