"""Clocks that go back, the database's or another machine's: what was changed before and since is searchable at once."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from repository.models import ResourcePage
from search import check, health, indexes
from search.models import IndexTarget, OutboxEntry
from tests.factories import resource
from tests.search.asking import titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
Follow = Callable[[], None]


@pytest.mark.parametrize("attempts", [0, 3])
def test_what_was_written_before_a_clock_went_back_waits_for_nothing(
    lesson: ResourcePage, follow: Follow, attempts: int
) -> None:
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    hence = Now() + timedelta(hours=1)
    OutboxEntry.objects.update(created_at=hence, due_at=hence, attempts=attempts)
    assert health.status().lag_seconds == 0
    follow()
    assert titles() == ["Mixing colors"]
    assert not OutboxEntry.objects.exists()


def test_an_index_built_by_a_clock_that_went_back_is_the_one_that_is_in_use_and_followed(
    lesson: ResourcePage, index: str, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name tells when it was made, and is the lesser one then. Versions are counted."""
    an_hour_ago = SimpleNamespace(now=lambda: timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(indexes, "timezone", an_hour_ago)
    lesson.title = "Mixing colors"
    lesson.save_revision().publish()
    name = indexes.rebuild()
    assert name < index
    lesson.title = "Mixing inks"
    lesson.save_revision().publish()
    resource("Rivers", district=lesson.district)
    follow()
    assert titles() == ["Mixing inks", "Rivers"]
    assert [target.name for target in IndexTarget.objects.all()] == [name] == indexes.behind_the_alias()
    assert not check.compare(name).differences
