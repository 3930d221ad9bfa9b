"""What is read about people: who belongs where, and who may manage whom."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest

from people.models import Membership, Organisation, Role, User

# From the least to the most: nobody gives a role above their own.
ROLE_RANK: dict[str, int] = {role: rank for rank, role in enumerate(Role.values)}


def signed_in(request: HttpRequest) -> User:
    """Whoever asks, in a view that lets nobody else in. Raises PermissionDenied where that is forgotten."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def organisation_ids(user: User | AnonymousUser) -> list[int]:
    """Every organisation that a person works in: schools, their districts, and the state, nearest first.

    A visitor works in the state alone, so that what the state has adopted comes first for everybody.
    One query.
    """
    below = Q(kind=Organisation.Kind.STATE)
    if user.is_authenticated:
        below |= Q(memberships__user=user.pk) | Q(children__memberships__user=user.pk)
    nearest_first = Case(
        When(kind=Organisation.Kind.SCHOOL, then=Value(0)),
        When(kind=Organisation.Kind.DISTRICT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Organisation.objects.filter(below).order_by(nearest_first, "pk").values_list("pk", flat=True)
    return list(dict.fromkeys(found))


def managed_organisations(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Where a person may manage people: the own district, or for the state every district and the state itself."""
    if not user.is_authenticated or not user.is_active:
        return Organisation.objects.none()
    if is_state_admin(user):
        return Organisation.objects.exclude(kind=Organisation.Kind.SCHOOL)
    return Organisation.objects.filter(
        kind=Organisation.Kind.DISTRICT, memberships__user=user.pk, memberships__role=Role.DISTRICT_ADMIN
    ).distinct()


def is_state_admin(user: User | AnonymousUser) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return Membership.objects.filter(user=user.pk, role=Role.STATE_ADMIN).exists()


def highest_rank(user: User) -> int:
    """The rank of a person's highest role; -1 for none."""
    if is_state_admin(user):
        return ROLE_RANK[Role.STATE_ADMIN]
    roles = Membership.objects.filter(user=user.pk).values_list("role", flat=True)
    return max((ROLE_RANK[role] for role in roles), default=-1)


def district_memberships(district: Organisation) -> QuerySet[Membership]:
    """Everybody's roles in a district and its schools; in the state, those of its own administrators alone."""
    in_its_schools = Q(organisation__parent=district, organisation__kind=Organisation.Kind.SCHOOL)
    return (
        Membership.objects.filter(Q(organisation=district) | in_its_schools)
        .select_related("user", "organisation")
        .order_by("organisation__kind", "organisation__name", "role")
    )


def is_within(organisation: Organisation, district: Organisation) -> bool:
    """Whether an organisation is the district, or a school of it."""
    is_its_school = organisation.kind == Organisation.Kind.SCHOOL and organisation.parent_id == district.pk
    return organisation.pk == district.pk or is_its_school


def district_people(district: Organisation, *, query: str = "", role: str = "") -> QuerySet[User]:
    """The people of a district and its schools by name; `here` is the list of their roles in it.

    query: part of a name or e-mail address; role: only those who hold it here.
    """
    memberships = district_memberships(district)
    holders = memberships.filter(role=role) if role else memberships
    people = User.objects.filter(pk__in=holders.order_by().values("user"))
    for word in query.split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return people.order_by("name", "email").prefetch_related(
        Prefetch("memberships", queryset=memberships, to_attr="here")
    )


def district_schools(district: Organisation) -> QuerySet[Organisation]:
    """A district's schools by name; `members` is how many people belong to each."""
    return (
        Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, parent=district)
        .annotate(members=Count("memberships__user", distinct=True))
        .order_by("name")
    )
