"""A district with somebody in every role, and what a draft needs to be sent."""

from types import SimpleNamespace

import pytest

from people.models import Role
from repository.models import ResourcePage
from repository.services import drafts, review
from tests.factories import DistrictFactory, KindFactory, SchoolFactory, member
from tests.repository.pages import signed_in

OBJECTIVES = [
    {"type": "objectives", "value": {"objectives": ["Compare unit rates"], "evidence": ""}, "id": "o"}
]


@pytest.fixture
def people():
    district = DistrictFactory(name="Juniper Valley", slug="juniper-valley")
    school = SchoolFactory(parent=district)
    elsewhere = DistrictFactory()
    return SimpleNamespace(
        district=district,
        teacher=member(Role.TEACHER, school, name="Rosa Delgado"),
        colleague=member(Role.TEACHER, school),
        reviewer=member(Role.REVIEWER, district, name="Priya Nair"),
        coordinator=member(Role.COORDINATOR, district),
        district_admin=member(Role.DISTRICT_ADMIN, district),
        state_admin=member(Role.STATE_ADMIN, district.parent),
        outsider=member(Role.TEACHER, elsewhere),
        other_reviewer=member(Role.REVIEWER, elsewhere),
    )


def complete(page):
    """Give a draft what it needs before it can be sent to reviewers."""
    page.summary = "Which cereal is cheaper by the ounce?"
    page.body = OBJECTIVES


def seen(page):
    """The revision that a reviewer who opens the page now has in front of them."""
    return ResourcePage.objects.get(pk=page.pk).latest_revision_id


@pytest.fixture
def teacher(people):
    return signed_in(people.teacher)


@pytest.fixture
def draft(people):
    return drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title="Cereal boxes", fill=complete
    )


def submit_another(people, title):
    """A draft of the teacher's more that waits for review."""
    made = drafts.create_draft(
        user=people.teacher, district=people.district, kind=KindFactory(), title=title, fill=complete
    )
    review.submit(identifier=made.identifier, user=people.teacher)


def retitled(title):
    def change(page):
        page.title = title

    return change


def save(page, user, title, **kwargs):
    page = ResourcePage.objects.get(pk=page.pk)
    kwargs.setdefault("stamp", drafts.draft_stamp(page))
    return drafts.save_draft(identifier=page.identifier, user=user, change=retitled(title), **kwargs)
