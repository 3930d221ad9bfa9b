"""Who may see a framework: the one place that says so.

A framework is for everybody, unless its adoption status is CASE's "Private Draft" (in any case): then it is for the
administrators and coordinators of the organisation that keeps it and for state administrators. For everyone else it
is not there: no page, no look-up, no line in the API, no link from another framework, no filter and no count. Search
holds published standards only, whoever asks.

Every reader of frameworks and statements starts from `visible_frameworks` or from `items` (standards.selectors), which
take the person who reads; without one they give what a visitor may see.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Q, QuerySet

from people.models import Membership, Organisation, Role, User
from standards.models import Framework

Reader = User | AnonymousUser | None

KEEPERS = (Role.COORDINATOR, Role.DISTRICT_ADMIN)
_PRIVATE_DRAFT = Q(adoption_status__iregex=r"^\s*private[\s_-]*draft\s*$")


def hidden_frameworks(reader: Reader = None) -> QuerySet[Framework]:
    """The frameworks that a person may not see; None stands for a visitor. Meant to be used inside a query."""
    private = Framework.objects.filter(_PRIVATE_DRAFT).order_by()
    if not isinstance(reader, User) or not reader.is_active:
        return private
    if reader.is_superuser:
        return Framework.objects.none()
    held = Membership.objects.filter(user=reader.pk).order_by()
    keeps = held.filter(role__in=KEEPERS).values("organisation")
    return private.exclude(owner__in=keeps).exclude(Exists(held.filter(role=Role.STATE_ADMIN)))


def hidden_from(organisation: Organisation) -> QuerySet[Framework]:
    """The frameworks that nobody may see in the name of an organisation: the private drafts of others."""
    return Framework.objects.filter(_PRIVATE_DRAFT).exclude(owner=organisation.pk).order_by()


def visible_frameworks(reader: Reader = None) -> QuerySet[Framework]:
    return Framework.objects.exclude(pk__in=hidden_frameworks(reader).values("pk"))
