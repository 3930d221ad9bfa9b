"""The state, its districts and schools, and its people.

Their pages, groups and workflows follow by the signals of repository.
"""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from importers.sample.files import PersonRecord, StateRecord
from people.models import Membership, Organisation, User
from repository.models import DistrictPage, StatePage

# Known to everyone who reads the documentation, which is why load_sample refuses to run in production.
PASSWORD = "meridian-demo"  # noqa: S105


@transaction.atomic
def load_places(record: StateRecord) -> int:
    """Create the organisations that are not there yet; how many were created."""
    state, created = _organisation(Organisation.Kind.STATE, record.state.slug, record.state.name, parent=None)
    if created:
        StatePage.objects.update(introduction=record.introduction)
    for item in record.districts:
        district, is_new = _organisation(Organisation.Kind.DISTRICT, item.slug, item.name, parent=state)
        created += is_new
        if is_new:
            DistrictPage.objects.filter(district=district).update(introduction=item.introduction)
        for school in item.schools:
            created += _organisation(Organisation.Kind.SCHOOL, school.slug, school.name, parent=district)[1]
    return created


def _organisation(kind: str, slug: str, name: str, parent: Organisation | None) -> tuple[Organisation, int]:
    organisation, is_new = Organisation.objects.get_or_create(
        slug=slug, defaults={"kind": kind, "name": name, "parent": parent}
    )
    return organisation, int(is_new)


@transaction.atomic
def load_people(records: list[PersonRecord]) -> int:
    """Create the accounts that are not there yet, with their memberships; how many were created.

    An account that is there keeps its password and the memberships that its administrators gave it.
    """
    created = 0
    # Once: it takes a second on a slow machine, and everybody knows the password.
    hashed = make_password(PASSWORD)
    for record in records:
        if User.objects.filter(email__iexact=record.email).exists():
            continue
        user = User.objects.create(email=record.email, name=record.name, password=hashed)
        created += 1
        for slug, role in record.memberships:
            membership = Membership(user=user, organisation=Organisation.objects.get(slug=slug), role=role)
            membership.full_clean()
            membership.save()
    return created
