"""What a district's administrators do: add people, give and take roles, keep the list of schools.

Every function refuses, with a sentence tied to its field, what the person acting may not do; whether they may
see the district at all is the view's question (`selectors.managed_organisations`).
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from people.models import ROLE_KINDS, Membership, Organisation, Role, School, User
from people.selectors import ROLE_RANK, highest_rank, is_within, managed_organisations


@transaction.atomic
def add_member(
    *, actor: User, district: Organisation, email: str, name: str, role: str, organisation: Organisation
) -> Membership:
    """Give somebody a role in a district or one of its schools; make the account if there is none.

    A new account has no password, and its owner must be sent a link (people.mail.send_invitation). An account that
    exists keeps its name.
    """
    _check_may_manage(actor, district)
    _check_role(actor, district, role, organisation)
    email = User.objects.normalize_email(email).strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        if not name.strip():
            raise ValidationError({"name": _("Enter the name: this address has no account yet.")})
        user = _new_user(email, name.strip())
    elif not user.is_active:
        raise ValidationError(
            {"email": _("This account is switched off. Ask the state to switch it on again.")}
        )
    if Membership.objects.filter(user=user, organisation=organisation, role=role).exists():
        raise ValidationError({"role": _("%(name)s has this role here already.") % {"name": user}})
    return _saved(Membership(user=user, organisation=organisation, role=role))


@transaction.atomic
def change_membership(
    *,
    actor: User,
    district: Organisation,
    membership: Membership,
    role: str,
    organisation: Organisation,
    seen: str = "",
) -> Membership:
    """Give a membership another role or another school. Raises Membership.DoesNotExist.

    seen: its `membership_stamp` when the change was decided. What somebody else has made of it since is told first.
    """
    _check_may_manage(actor, district)
    _check_in_district(membership, district)
    _check_role(actor, district, role, organisation)
    if (membership.role, membership.organisation_id) == (role, organisation.pk):
        return membership
    _check_seen(membership, seen)
    if role != membership.role:
        _check_not_last_admin(membership, district)
    same = Membership.objects.filter(user=membership.user, organisation=organisation, role=role)
    if same.exists():
        raise ValidationError({"role": _("%(name)s has this role here already.") % {"name": membership.user}})
    membership.role, membership.organisation = role, organisation
    return _saved(membership)


def membership_stamp(membership: Membership) -> str:
    """Names what a membership is: which role, and where."""
    return f"{membership.role} {membership.organisation_id}"


@transaction.atomic
def remove_membership(*, actor: User, district: Organisation, membership: Membership, seen: str = "") -> None:
    """Take a role away. The account stays, and so does what the person has published. Raises Membership.DoesNotExist.

    seen: as in `change_membership`.
    """
    _check_may_manage(actor, district)
    _check_in_district(membership, district)
    _check_seen(membership, seen)
    _check_not_last_admin(membership, district)
    membership.delete()


@transaction.atomic
def add_school(*, actor: User, district: Organisation, name: str, nces_id: str = "") -> School:
    _check_may_manage(actor, district)
    if district.kind != Organisation.Kind.DISTRICT:
        raise PermissionDenied
    name = " ".join(name.split())
    _check_school_name(name, district)
    school = School(name=name, slug=_free_slug(name), parent=district, nces_id=nces_id.strip())
    school.full_clean()
    school.save()
    return school


@transaction.atomic
def rename_school(
    *,
    actor: User,
    district: Organisation,
    school: Organisation,
    name: str | None = None,
    nces_id: str | None = None,
) -> Organisation:
    """Another name or number for a school; None: as it is. Its short name stays, so that addresses keep leading to it."""
    _check_may_manage(actor, district)
    school.refresh_from_db()
    if school.kind != Organisation.Kind.SCHOOL or school.parent_id != district.pk:
        raise PermissionDenied
    if name is not None:
        school.name = " ".join(name.split())
        _check_school_name(school.name, district, besides=school)
    if nces_id is not None:
        school.nces_id = nces_id.strip()
    school.full_clean()
    school.save()
    return school


def assignable_roles(actor: User, district: Organisation) -> list[str]:
    """The roles that a person may give in a district, or in the state: none above their own."""
    own = highest_rank(actor)
    of_the_state = district.kind == Organisation.Kind.STATE
    return [
        role
        for role in Role.values
        if ROLE_RANK[role] <= own and (Organisation.Kind.STATE in ROLE_KINDS[role]) == of_the_state
    ]


def _new_user(email: str, name: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name)
    except IntegrityError:
        raise ValidationError(
            {"email": _("Another district has just added this person. Send it again.")}
        ) from None


def _check_may_manage(actor: User, district: Organisation) -> None:
    """Locks the district, so that of a form sent twice the second finds what the first has added."""
    if not managed_organisations(actor).filter(pk=district.pk).exists():
        raise PermissionDenied
    Organisation.objects.select_for_update(no_key=True).get(pk=district.pk)


def _check_in_district(membership: Membership, district: Organisation) -> None:
    membership.refresh_from_db()  # what it was before the district was locked, another may have changed or taken away
    if not is_within(membership.organisation, district):
        raise PermissionDenied


def _check_seen(membership: Membership, seen: str) -> None:
    if seen and seen != membership_stamp(membership):
        raise ValidationError(
            _(
                "Somebody else has changed this since you opened the page: now it is “%(role)s, %(place)s”. You have "
                "changed nothing. Send it again if it is still what you want."
            )
            % {"role": membership.get_role_display(), "place": membership.organisation.name}
        )


def _check_role(actor: User, district: Organisation, role: str, organisation: Organisation) -> None:
    if role not in assignable_roles(actor, district):
        raise ValidationError({"role": _("You cannot give this role.")})
    if not is_within(organisation, district):
        raise ValidationError({"organisation": _("Choose this district or one of its schools.")})
    if organisation.kind not in ROLE_KINDS[role]:
        label = Role(role).label
        raise ValidationError(
            {
                "organisation": _("A %(role)s works for the whole district: choose the district.")
                % {"role": label}
            }
        )


def _check_not_last_admin(membership: Membership, district: Organisation) -> None:
    """The district is locked (`_check_may_manage`), so that two administrators cannot remove each other at once."""
    if membership.role not in (Role.DISTRICT_ADMIN, Role.STATE_ADMIN):
        return
    others = Membership.objects.filter(
        organisation=district, role=membership.role, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise ValidationError(
            _(
                "%(name)s is the only administrator of %(district)s. Make somebody else an administrator first, "
                "so that there is always one."
            )
            % {"name": membership.user, "district": district}
        )


def _check_school_name(name: str, district: Organisation, besides: Organisation | None = None) -> None:
    same = Organisation.objects.filter(parent=district, name__iexact=name)
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ValidationError({"name": _("The district has a school of this name already.")})


def _free_slug(name: str) -> str:
    base = slugify(name)[:50].strip("-") or "school"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in _candidates(base) if slug not in taken)


def _candidates(base: str) -> Iterable[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _saved(membership: Membership) -> Membership:
    membership.full_clean()
    membership.save()
    return membership
