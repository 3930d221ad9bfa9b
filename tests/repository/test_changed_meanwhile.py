"""Two coordinators with the same form open in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Role
from repository.models import Synonym
from repository.permissions import sync_all
from search.kept import PromotedResource, Promotion
from tests.factories import DistrictFactory, LevelFactory, SubjectFactory, member, resource, topic
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def clients():
    district = DistrictFactory()
    coordinators = [member(Role.COORDINATOR, district), member(Role.COORDINATOR, district)]
    coordinators += [member(Role.STATE_ADMIN, district.parent)]
    sync_all()
    made = []
    for one in coordinators:
        made.append(Client())
        made[-1].force_login(one)
    return made


def said(page: Page) -> str:
    return " ".join(page.html.text_content().split())


def changed_by_two(address: str, clients: list[Client], field: str, first: str, second: str) -> Page:
    """What the second is told who opened the form before the first has saved it."""
    ours, theirs = (Page.open(client, address) for client in clients)
    assert "Somebody else" not in said(theirs.press("Save", None, **{field: first}))
    answer = ours.press("Save", None, **{field: second})
    assert "Somebody else has changed this since you opened it" in said(answer)
    assert first in said(answer)
    assert answer.value(field) == second
    return answer


def test_a_synonym(clients):
    pbl = Synonym.objects.create(term="PBL", means="project-based learning")
    address = reverse("synonyms:edit", args=[pbl.pk])
    answer = changed_by_two(address, clients[:2], "means", "problem-based learning", "projects")
    pbl.refresh_from_db()
    assert pbl.means == "problem-based learning"
    answer.press("Save")  # knowingly
    pbl.refresh_from_db()
    assert pbl.means == "projects"


def test_the_same_change_by_both_is_none(clients):
    pbl = Synonym.objects.create(term="PBL", means="project-based learning")
    ours, theirs = (Page.open(client, reverse("synonyms:edit", args=[pbl.pk])) for client in clients[:2])
    for page in (ours, theirs):
        assert "Somebody else" not in said(page.press("Save", means="projects"))


def test_the_queries_of_picked_results(clients):
    picked = Promotion.objects.create(phrases="volcano")
    PromotedResource.objects.create(promotion=picked, resource=resource("Measuring heat"))
    address = reverse("picked_results:edit", args=[picked.pk])
    changed_by_two(address, clients[:2], "phrases", "volcanoes", "eruption")
    picked.refresh_from_db()
    assert picked.phrases == "volcanoes"


def test_a_subject_and_a_topic(clients):
    subject, rates = SubjectFactory(label="Arts"), topic("Rates")
    changed_by_two(
        reverse("subjects:edit", args=[subject.pk]), [clients[2]] * 2, "label", "Fine arts", "The arts"
    )
    changed_by_two(reverse("topics:edit", args=[rates.pk]), clients[:2], "name", "Unit rates", "Speeds")


@pytest.fixture
def scale():
    level = LevelFactory(name="Proficient", description="Alone")
    LevelFactory(name="Emerging", description="With help", scale=level.scale)
    return level.scale


def opened_twice(scale, clients):
    address = reverse("competency_scales:edit", args=[scale.pk])
    return [Page.open(clients[2], address) for _twice in range(2)]


def described(scale):
    return {level.name: level.description for level in scale.levels.model.objects.filter(scale=scale)}


def test_the_levels_of_a_scale(clients, scale):
    """A form that was open brought back all levels as they had been."""
    ours, theirs = opened_twice(scale, clients)
    theirs.press("Save", levels__0__description="Alone, and well")
    answer = ours.press("Save", levels__1__description="With much help")
    assert "Somebody else has changed this since you opened it" in said(answer)
    assert "Proficient – Description: Alone, and well" in said(answer)
    assert described(scale) == {"Proficient": "Alone, and well", "Emerging": "With help"}
    answer.press("Save")  # knowingly
    assert described(scale) == {"Proficient": "Alone", "Emerging": "With much help"}


def test_a_level_that_was_taken_out(clients, scale):
    """The form could not be saved, and said of no field why."""
    ours, theirs = opened_twice(scale, clients)
    theirs.press("Save", levels__1__DELETE="1")
    assert "Somebody else has taken this one out meanwhile" in said(ours.press("Save", name="Our scale"))


def test_a_level_that_both_add(clients, scale):
    more = {
        "levels-TOTAL_FORMS": "3",
        "levels-2-name": "Expert",
        "levels-2-slug": "expert",
        "levels-2-ORDER": "3",
    }
    ours, theirs = opened_twice(scale, clients)
    theirs.press("Save", None, **more)
    assert "Somebody else has added a level with this short name" in said(ours.press("Save", None, **more))
    ours.press("Save", None, **{**more, "levels-2-name": "Master", "levels-2-slug": "master"})
    assert set(described(scale)) == {"Proficient", "Emerging", "Expert", "Master"}
