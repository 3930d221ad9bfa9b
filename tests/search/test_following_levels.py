"""The index follows competency levels and scales, a district's own and the state's that they name as their equivalents."""

from collections.abc import Callable

import pytest

from repository.models import CompetencyLevel, ResourcePage
from search import check
from tests.factories import LevelFactory
from tests.search.asking import card, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]


def level(name: str) -> CompetencyLevel:
    return CompetencyLevel.objects.get(name=name)


def test_levels_follow_their_names_and_equivalents(lesson: ResourcePage, follow: Follow) -> None:
    assert titles("level=meridian:proficient") == ["Mixing paint"]
    got_it = level("Got it")
    got_it.state_equivalent = LevelFactory(scale=level("Proficient").scale, name="Extending")
    got_it.name = "Mastered"
    got_it.save()
    follow()
    assert titles("level=meridian:proficient") == []
    assert titles("level=meridian:extending") == ["Mixing paint"]
    assert card().levels == ("Mastered",)


def test_an_equivalent_with_a_new_short_name_is_found_by_it(lesson: ResourcePage, follow: Follow) -> None:
    proficient = level("Proficient")
    proficient.slug = "meets"
    proficient.save()
    follow()
    assert titles("level=meridian:meets") == ["Mixing paint"]


def test_a_deleted_equivalent_leaves_nothing_out_of_date(
    lesson: ResourcePage, follow: Follow, index: str
) -> None:
    level("Proficient").delete()
    follow()
    assert titles("level=mastery:got-it") == ["Mixing paint"]
    assert check.compare(index).differences == ()


@pytest.mark.parametrize("name", ["Proficient", "Got it"])
def test_a_scale_with_a_new_short_name_is_found_by_it(
    lesson: ResourcePage, follow: Follow, name: str
) -> None:
    scale = level(name).scale
    scale.slug = "renamed"
    scale.save()
    follow()
    assert titles(f"level=renamed:{level(name).slug}") == ["Mixing paint"]
