"""Who may see a resource: the one place that says so.

| audience | who, once it is published |
|---|---|
| public | anyone |
| state | any member of any organisation |
| district | members of the resource's district and of its schools |
| school | members of the resource's school |
| always, and for drafts only these | its owner, that district's staff (all but teachers), state administrators |

A resource carries tokens, a person holds tokens, and the person may see the resource when the two share one.
`resource_tokens` puts them into search documents, `visible_to` is the same rule as a queryset, and
`tests/repository/test_audience.py` shows that the two agree for every role.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from people.models import DISTRICT_STAFF, Membership, Organisation, Role, User
from repository.models import Audience, ResourceDocument, ResourceImage, ResourcePage
from repository.permissions import collection_name

if TYPE_CHECKING:
    from collections.abc import Iterable

PUBLIC = "public"
STATE = "state"
STATE_ADMIN = "state-admin"


def district_token(district_id: int) -> str:
    return f"district:{district_id}"


def school_token(school_id: int) -> str:
    return f"school:{school_id}"


def staff_token(district_id: int) -> str:
    return f"staff:{district_id}"


def owner_token(user_id: int) -> str:
    return f"owner:{user_id}"


def user_tokens(user: User | AnonymousUser) -> frozenset[str]:
    """The tokens that a person holds. One query; none for an anonymous visitor."""
    tokens = {PUBLIC}
    if not isinstance(user, User) or not user.is_active:
        return frozenset(tokens)
    tokens.add(owner_token(user.pk))
    if user.is_superuser:
        tokens.update({STATE, STATE_ADMIN})
    memberships = Membership.objects.filter(user=user).select_related("organisation")
    for membership in memberships:
        tokens.add(STATE)
        organisation = membership.organisation
        if organisation.kind == Organisation.Kind.SCHOOL:
            tokens.add(school_token(organisation.pk))
            if organisation.parent_id is not None:
                tokens.add(district_token(organisation.parent_id))
        elif organisation.kind == Organisation.Kind.DISTRICT:
            tokens.add(district_token(organisation.pk))
        if membership.role in DISTRICT_STAFF:
            tokens.add(staff_token(organisation.pk))
        elif membership.role == Role.STATE_ADMIN:
            tokens.add(STATE_ADMIN)
    return frozenset(tokens)


def keeper_tokens(page: ResourcePage) -> frozenset[str]:
    """Tokens of those who see the resource whatever its audience and state."""
    tokens = {STATE_ADMIN, staff_token(page.district_id)}
    if page.owner_id is not None:
        tokens.add(owner_token(page.owner_id))
    return frozenset(tokens)


def resource_tokens(page: ResourcePage) -> frozenset[str]:
    """Tokens of those who see the published resource: what its search document carries."""
    tokens = set(keeper_tokens(page))
    if page.audience == Audience.PUBLIC:
        tokens.add(PUBLIC)
    elif page.audience == Audience.STATE:
        tokens.add(STATE)
    elif page.audience == Audience.DISTRICT:
        tokens.add(district_token(page.district_id))
    elif page.audience == Audience.SCHOOL and page.school_id is not None:
        tokens.add(school_token(page.school_id))
    return frozenset(tokens)


def _numbers(tokens: Iterable[str], kind: str) -> list[int]:
    return [int(token.removeprefix(f"{kind}:")) for token in tokens if token.startswith(f"{kind}:")]


def _kept_by(tokens: frozenset[str]) -> Q:
    if STATE_ADMIN in tokens:
        return Q(pk__isnull=False)
    return Q(owner__in=_numbers(tokens, "owner")) | Q(district__in=_numbers(tokens, "staff"))


def visible_q(user: User | AnonymousUser) -> Q:
    """The published resources that a person may see, as a condition on ResourcePage."""
    tokens = user_tokens(user)
    audience = Q(audience=Audience.PUBLIC)
    if STATE in tokens:
        audience |= Q(audience=Audience.STATE)
    audience |= Q(audience=Audience.DISTRICT, district__in=_numbers(tokens, "district"))
    audience |= Q(audience=Audience.SCHOOL, school__in=_numbers(tokens, "school"))
    return Q(live=True) & (audience | _kept_by(tokens))


def visible_to(user: User | AnonymousUser) -> QuerySet[ResourcePage]:
    """The published resources that a person may see."""
    return ResourcePage.objects.filter(visible_q(user))


def kept_by(user: User | AnonymousUser) -> QuerySet[ResourcePage]:
    """The resources, drafts included, that a person sees whatever their audience: own ones and those of a role."""
    return ResourcePage.objects.filter(_kept_by(user_tokens(user)))


def may_see(user: User | AnonymousUser, page: ResourcePage) -> bool:
    """Whether a person may open the published page."""
    return page.live and not user_tokens(user).isdisjoint(resource_tokens(page))


def may_see_draft(user: User | AnonymousUser, page: ResourcePage) -> bool:
    """Whether a person may see drafts, earlier versions and comments of the page."""
    return not user_tokens(user).isdisjoint(keeper_tokens(page))


def may_get_document(user: User | AnonymousUser, document: ResourceDocument) -> bool:
    """A file may be had by whoever may see a published resource that has it, by its uploader and by staff."""
    return _keeps_file(user, document) or visible_to(user).filter(attachments__document=document).exists()


def may_get_image(user: User | AnonymousUser, image: ResourceImage) -> bool:
    """The same for an image in the content of a resource."""
    if _keeps_file(user, image):
        return True
    shows_it = RawSQL(
        "body @> %s::jsonb", [json.dumps([{"type": "image", "value": {"image": image.pk}}])], BooleanField()
    )
    return visible_to(user).filter(shows_it).exists()


def _keeps_file(user: User | AnonymousUser, file: ResourceDocument | ResourceImage) -> bool:
    """Whether it is the user's own, or lies in the collection of a district that the user is on the staff of."""
    if not isinstance(user, User):
        return False
    if file.uploaded_by_user_id == user.pk:
        return True
    tokens = user_tokens(user)
    if STATE_ADMIN in tokens:
        return True
    districts = Organisation.objects.filter(pk__in=_numbers(tokens, "staff"))
    return file.collection.name in map(collection_name, districts)
