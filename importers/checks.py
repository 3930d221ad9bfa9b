"""What only the database and the person who asks can tell of a draft: who may import it, and whose statements it names."""

from dataclasses import replace

from importers.aliases import new_aliases
from importers.draft import FrameworkDraft
from importers.new_version import warn_of_a_second
from importers.permissions import may_import, owners_for
from importers.plan import Plan, make_plan
from importers.problems import ImportRefused
from importers.stored import Stored, find_outside, owners_of, resources_aligned_to
from importers.structure import structure
from importers.wrong_door import warn_of_resources
from people.models import Organisation, User
from standards.models import Framework


def make_checked_plan(draft: FrameworkDraft, stored: Stored, user: User | None) -> Plan:
    """The plan, after what the database alone can tell: foreign identifiers, parents nowhere, permission."""
    framework = stored.framework
    if framework is not None:
        refuse_unless_allowed(framework, user)
    else:
        warn_of_a_second(draft, user)
        warn_of_resources(draft)
    _refuse_foreign(draft, framework)
    _warn_of_lost_parents(draft, framework)
    new = len(new_aliases(draft, framework))
    return replace(make_plan(draft, stored, resources_aligned_to), new_aliases=new)


def owner_of_new(user: User, wanted: Organisation | None) -> Organisation | None:
    """In whose name a new framework is kept: the wanted one, else a person's own district."""
    allowed = owners_for(user)
    if wanted is not None:
        if wanted not in allowed:
            raise ImportRefused(f"You may not import frameworks for {wanted.name}.", rule="permission")
        return wanted
    if not allowed:
        raise ImportRefused("Only administrators of the state or a district may import.", rule="permission")
    return None if allowed[0].kind == Organisation.Kind.STATE else allowed[0]


def refuse_unless_allowed(framework: Framework, user: User | None) -> None:
    if user is not None and not may_import(user, framework):
        keeper = framework.owner.name if framework.owner else "the state"
        raise ImportRefused(
            f"“{framework.title}” is kept by {keeper}. Only its administrators may import it.",
            rule="permission",
        )


def _refuse_foreign(draft: FrameworkDraft, framework: Framework | None) -> None:
    owners = owners_of([item.identifier for item in draft.items], framework)
    for item in draft.items:
        if owner := owners.get(item.identifier):
            raise ImportRefused(
                f"belongs to another framework: {item.identifier} (“{item.name}”) is a statement of “{owner.title}”, "
                f"and this file is “{draft.document.title}”.",
                path=f"{item.path}.identifier",
                rule="foreign-identifier",
            )


def _warn_of_lost_parents(draft: FrameworkDraft, framework: Framework | None) -> None:
    found = structure(draft)
    names = {
        name
        for _, link in found.outer
        for name in (link.destination_identifier, link.destination_uri)
        if name
    }
    known = find_outside(names, framework)
    for index, link in found.outer:
        if not found.parents[index] and not known.keys() & {
            link.destination_identifier,
            link.destination_uri,
        }:
            draft.problems.add(
                "warning", link.path, "lost-parent",
                f"“{draft.items[index].name}” hangs below {link.destination_identifier or 'nothing'}, which is not "
                "here; it stands at the root until that arrives.", alike="",
            )  # fmt: skip
