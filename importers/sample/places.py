"""The state, its districts and schools with their pages, and its people."""

from django.db import transaction
from people.models import Membership, Organisation, User
from repository.models import DistrictPage, StatePage
from wagtail.models import Page, Site

from importers.sample.files import PersonRecord, StateRecord

# Known to everyone who reads the documentation: load_sample refuses to run in production.
PASSWORD = "meridian-demo"  # noqa: S105


@transaction.atomic
def load_places(record: StateRecord) -> int:
    """Create the organisations and their pages that are not there yet; how many organisations were created."""
    created = 0
    state, is_new = Organisation.objects.get_or_create(
        slug=record.state.slug, defaults={"kind": Organisation.Kind.STATE, "name": record.state.name}
    )
    created += is_new
    home = _state_page(state, record.introduction)
    for district_record in record.districts:
        district, is_new = Organisation.objects.get_or_create(
            slug=district_record.slug,
            defaults={"kind": Organisation.Kind.DISTRICT, "name": district_record.name, "parent": state},
        )
        created += is_new
        _district_page(home, district, district_record.introduction)
        for school in district_record.schools:
            _, is_new = Organisation.objects.get_or_create(
                slug=school.slug,
                defaults={"kind": Organisation.Kind.SCHOOL, "name": school.name, "parent": district},
            )
            created += is_new
    return created


def _state_page(state: Organisation, introduction: str) -> StatePage:
    page = StatePage.objects.first()
    if page is None:
        page = StatePage(title=state.name, slug=state.slug, introduction=introduction)
        Page.get_first_root_node().add_child(instance=page)
        page.save_revision().publish()
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=page, is_default_site=True, site_name=state.name)
    elif site.root_page_id != page.pk:
        before = site.root_page
        site.root_page, site.site_name = page, state.name
        site.save()
        if _is_wagtails_welcome(before):
            before.delete()
    return page


def _is_wagtails_welcome(page: Page) -> bool:
    """Whether it is the page that Wagtail's own migration leaves on an empty site."""
    return page.specific_class is Page and page.title.startswith("Welcome to your new Wagtail") and page.is_leaf()


def _district_page(home: StatePage, district: Organisation, introduction: str) -> None:
    if DistrictPage.objects.filter(district=district).exists():
        return
    page = DistrictPage(title=district.name, slug=district.slug, district=district, introduction=introduction)
    home.add_child(instance=page)
    page.save_revision().publish()


@transaction.atomic
def load_people(records: list[PersonRecord]) -> int:
    """Create the accounts and memberships that are not there yet; how many accounts were created."""
    created = 0
    for record in records:
        user = User.objects.filter(email__iexact=record.email).first()
        if user is None:
            user = User.objects.create_user(record.email, PASSWORD, name=record.name)
            created += 1
        for slug, role in record.memberships:
            organisation = Organisation.objects.get(slug=slug)
            if not Membership.objects.filter(user=user, organisation=organisation, role=role).exists():
                membership = Membership(user=user, organisation=organisation, role=role)
                membership.full_clean()
                membership.save()
    return created
