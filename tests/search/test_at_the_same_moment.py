"""Changes that cross one another: in the end the index is what the database says, whoever was first."""

from collections.abc import Collection
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from search import outbox
from search.client import alias, client
from search.models import OutboxEntry
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource, topic
from tests.search.asking import titles
from tests.waiting import elsewhere, until

pytestmark = [pytest.mark.engine]


def follow() -> None:
    until(lambda: outbox.process() == 0 and not OutboxEntry.objects.exists())
    client().indices.refresh(index=alias())


def assert_no_differences() -> None:
    out = StringIO()
    call_command("search_check", stdout=out)
    assert "No differences" in out.getvalue()


@pytest.mark.django_db(transaction=True)
class TestWhatIsPublishedWhileWhatItNamesChanges:
    """An import takes minutes, and nobody sees what it writes before it ends. Those who use it publish on."""

    def publish(self, **fields: Any) -> None:
        """It is searchable at once."""

        def publish_and_follow() -> None:
            resource("Rivers", **fields)
            outbox.process()
            client().indices.refresh(index=alias())

        elsewhere(publish_and_follow)

    def test_a_framework_that_becomes_a_private_draft_is_found_nowhere(self, index: str) -> None:
        framework = FrameworkFactory(short_name="MER")
        item = ItemFactory(framework=framework, full_statement="Describe proportions")
        district = DistrictFactory()
        with transaction.atomic():
            framework.adoption_status = "Private Draft"
            framework.save()
            self.publish(district=district, alignments=[{"item": item}])
        follow()
        assert titles("q=rivers") == ["Rivers"]
        assert titles("q=proportions") == []
        assert_no_differences()

    def test_all_that_waits_has_its_turn_however_long_that_takes(
        self, index: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A real batch takes about as long as its rows stay away before they are written again."""
        monkeypatch.setattr(outbox, "AGAIN", 0)
        district = DistrictFactory()
        outbox.enqueue(range(10**9, 10**9 + 40))
        resource("Rivers", district=district)
        outbox.enqueue(range(2 * 10**9, 2 * 10**9 + 60))

        def process() -> None:
            for _ in range(10):
                outbox.process(outbox.NEWEST + 10)

        with transaction.atomic():
            outbox.enqueue_found([])
            elsewhere(process)
            client().indices.refresh(index=alias())
            assert titles("q=rivers") == ["Rivers"]
        follow()

    def test_a_standard_and_a_topic_are_found_by_their_new_names(self, index: str) -> None:
        item = ItemFactory(framework=FrameworkFactory(), full_statement="Describe ratios")
        light = topic("Light")
        district = DistrictFactory()
        with transaction.atomic():
            item.full_statement = "Describe proportions"
            item.save()
            light.name = "Optics"
            light.save()
            self.publish(district=district, alignments=[{"item": item}], topics=[light])
            assert titles("q=ratios") == ["Rivers"]  # until then by the old ones
        follow()
        assert titles("q=proportions") == titles("q=optics") == ["Rivers"]
        assert titles("q=ratios") == []
        assert_no_differences()


@pytest.mark.django_db
def test_words_that_one_worker_read_and_another_found_changed_leave_no_versions(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows of one resource are two workers' work."""
    district = DistrictFactory()
    words = "Compare rivers and lakes of our state, and explain where the water goes and why it matters"
    resource("Rivers and lakes", district=district, summary=words)
    follow()
    page = resource("Rivers and lakes", district=district, summary=words)
    read = outbox.read

    def another_reads_and_writes_meanwhile(page_ids: Collection[int], *shared: Any) -> Any:
        found = read(page_ids, *shared)
        monkeypatch.setattr(outbox, "read", read)
        page.title, page.summary = "Fractions", "Fold a strip into three equal parts, and mark each fold"
        page.save_revision().publish()
        outbox.write([page.pk], [index])
        OutboxEntry.objects.all().delete()  # that worker's row is done, and ours will be
        return found

    monkeypatch.setattr(outbox, "read", another_reads_and_writes_meanwhile)
    follow()
    assert titles() == ["Fractions", "Rivers and lakes"]
    assert_no_differences()
