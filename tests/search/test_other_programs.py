"""Other programs beside ours: copies and restored databases on one cluster, and workers of the version before."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from search import health, indexes, mapping, outbox
from search.client import EngineDown, alias, client
from search.models import IndexTarget, OutboxEntry
from search.outbox import enqueue
from tests.factories import resource
from tests.search.asking import other_name, titles

pytestmark = [pytest.mark.engine]


@pytest.mark.django_db
def test_a_copy_of_the_database_leaves_the_indexes_of_the_first_alone(
    index: str, follow: Callable[[], None], settings: Any
) -> None:
    """A staging site with a copy of production's database, on the same cluster, its prefix the longer one or the shorter."""
    resource("Rivers")
    follow()
    first = settings.OPENSEARCH_PREFIX
    try:
        for prefix in (f"{first}-2", first[:-2]):
            settings.OPENSEARCH_PREFIX = prefix
            assert not health.status().ok
            enqueue([1])
            with pytest.raises(EngineDown, match="search_reindex"):
                outbox.process()
            indexes.tidy()
            name = indexes.rebuild()
            assert titles() == ["Rivers"]
            indexes.rebuild()
            assert not client().indices.exists(index=name)
            settings.OPENSEARCH_PREFIX = first
            assert indexes.current() == index
            assert titles() == ["Rivers"]
    finally:
        for prefix in (f"{first}-2", first[:-2]):
            client().indices.delete(index=f"{prefix}-2*")


@pytest.mark.django_db
def test_a_restored_database_writes_on_with_higher_versions_and_says_so(
    index: str, follow: Callable[[], None]
) -> None:
    """Else its edits would be taken for older ones than the index has, and be dropped without a word."""
    page = resource("Rivers")
    follow()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('search_version', 1, false)")
    page.title = "Lakes"
    page.save_revision().publish()
    with pytest.raises(EngineDown, match="search_reindex"):
        outbox.process()
    follow()
    assert titles() == ["Lakes"]


@pytest.mark.django_db
def test_a_database_that_does_not_know_the_index_in_use_says_so_and_rebuilds(index: str) -> None:
    """As after a restore: what is in use is followed by nobody."""
    IndexTarget.objects.all().delete()
    assert "search_reindex" in health.status().problem
    out = StringIO()
    with pytest.raises(SystemExit):  # though nothing differs yet
        call_command("search_check", stdout=out)
    assert "does not write to it: run `manage.py search_reindex`" in out.getvalue()
    indexes.rebuild()
    assert health.status().ok
    assert not client().indices.exists(index=index)


@pytest.mark.django_db
def test_a_worker_of_an_older_program_leaves_changes_to_a_newer_one(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started_with = IndexTarget.objects.get().pk
    newer = IndexTarget.objects.create(name=other_name(index, "aaaaaa"), fingerprint="newer")
    indexes._create(newer.name)
    resource("Rivers")
    with pytest.raises(EngineDown, match="restart this worker"):
        outbox.process(newest_known=started_with)
    assert OutboxEntry.objects.exists()


@pytest.mark.django_db
def test_a_worker_of_an_older_program_that_starts_late_leaves_changes_to_a_newer_one(
    index: str, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a release, and back to the version before it."""

    def starts_and_works() -> None:
        newest = IndexTarget.objects.order_by("pk").last()
        assert newest
        while outbox.process(newest_known=newest.pk):
            pass
        client().indices.refresh(index=alias())

    made_by = mapping.fingerprint()
    monkeypatch.setattr(mapping, "fingerprint", lambda: "newer")
    resource("Rivers")
    starts_and_works()  # the new program, before it has an index of its own
    assert titles() == ["Rivers"]
    for _ in range(2):  # the index before is forgotten, what it was made with is not
        indexes.rebuild()
    resource("Lakes")
    monkeypatch.setattr(mapping, "fingerprint", lambda: made_by)
    with pytest.raises(EngineDown, match="restart this worker"):
        starts_and_works()
    monkeypatch.setattr(mapping, "fingerprint", lambda: "newer")
    starts_and_works()
    assert titles() == ["Lakes", "Rivers"]
    monkeypatch.setattr(mapping, "fingerprint", lambda: made_by)
    indexes.rebuild()
    resource("Seas")
    starts_and_works()
    assert titles() == ["Lakes", "Rivers", "Seas"]
