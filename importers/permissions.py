"""Who may import what: the state any framework, a district's administrator their district's own."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from importers.models import FrameworkImport
from people.models import DISTRICT_STAFF, Membership, Organisation, Role, User
from people.selectors import is_state_admin
from standards.access import KEEPERS, hidden_frameworks
from standards.models import Framework


def may_look(user: User | AnonymousUser) -> bool:
    """Coordinators and administrators see frameworks and imports in the admin; only some may change them."""
    if is_state_admin(user):
        return True
    staff = [role for role in DISTRICT_STAFF if role != Role.REVIEWER]
    return user.is_authenticated and Membership.objects.filter(user=user.pk, role__in=staff).exists()


def owners_for(user: User | AnonymousUser) -> list[Organisation]:
    """The organisations in whose name a person may import: the state stands first, where they may."""
    if is_state_admin(user):
        kinds = [Organisation.Kind.STATE, Organisation.Kind.DISTRICT]
        found = Organisation.objects.filter(kind__in=kinds)
    elif user.is_authenticated and user.is_active:
        found = Organisation.objects.filter(
            memberships__user=user.pk, memberships__role=Role.DISTRICT_ADMIN, kind=Organisation.Kind.DISTRICT
        ).distinct()
    else:
        return []
    return sorted(
        found, key=lambda organisation: (organisation.kind != Organisation.Kind.STATE, organisation.name)
    )


def districts_for(user: User | AnonymousUser) -> list[Organisation]:
    """The districts into which a person may import resources: administrators their own, the state all."""
    return [one for one in owners_for(user) if one.kind == Organisation.Kind.DISTRICT]


def visible_imports(user: User | AnonymousUser) -> QuerySet[FrameworkImport]:
    """The imports that a person may look at: those of frameworks that they may see.

    One that has made no framework yet says what is in its file, and the file may be a private draft: it is shown to
    whoever started it, to the administrators of the organisation that it is for, and to the state's.
    """
    found = FrameworkImport.objects.exclude(framework__in=hidden_frameworks(user).values("pk"))
    if is_state_admin(user):
        return found
    mine = Q(user=user.pk) | Q(owner__in=[owner.pk for owner in owners_for(user)])
    return found.filter(Q(framework__isnull=False) | mine)


def may_import(user: User | AnonymousUser, framework: Framework) -> bool:
    """Whether a person may import a framework again. One that nobody owns is the state's."""
    if is_state_admin(user):
        return True
    return framework.owner_id is not None and framework.owner_id in {owner.pk for owner in owners_for(user)}


def districts_realigned_by(user: User | AnonymousUser | None) -> frozenset[int]:
    """The districts (by key) whose resources a person may tie to other standards: coordinators and administrators those
    of their own, the state all."""
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    found = Organisation.objects.filter(kind=Organisation.Kind.DISTRICT)
    if not is_state_admin(user):
        found = found.filter(memberships__user=user.pk, memberships__role__in=KEEPERS)
    return frozenset(found.values_list("pk", flat=True))
