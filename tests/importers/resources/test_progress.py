"""A worker's import: with real transactions, its progress written over another connection; and its place in the queue."""

import json

import pytest
from django_tasks_db.models import DBTaskResult

from importers.models import ResourceImport
from importers.resources import jobs
from importers.tasks import plan_resources
from people.models import Role
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.services.bulk import ResourceData, create_resources
from repository.vocabularies import load_vocabularies
from tests.factories import DistrictFactory, KindFactory, district_page, member
from tests.waiting import impatience


@pytest.mark.django_db(transaction=True)
def test_a_worker_plans_applies_and_undoes_while_it_notes_progress() -> None:
    load_vocabularies()
    district = DistrictFactory()
    district_page(district)
    admin = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    with impatience(15):  # a row that waits for itself is found in seconds
        lessons = [
            {"@type": "LearningResource", "identifier": str(n), "name": f"Lesson {n}"} for n in range(3)
        ]
        record = jobs.start(
            user=admin, district=district, data=json.dumps(lessons).encode(), name="lessons.json"
        )
        jobs.plan_now(record.pk)
        jobs.request_apply(record, user=admin)
        jobs.apply_now(record.pk)
        record.refresh_from_db()
        assert (record.state, record.stage, ResourcePage.objects.count()) == ("applied", "", 3)
        jobs.request_undo(record, user=admin)
        jobs.undo_now(record.pk)
        record = ResourceImport.objects.get()
        assert (record.state, ResourcePage.objects.count()) == ("undone", 0)


@pytest.mark.django_db
def test_what_somebody_waits_for_comes_before_what_a_large_load_leaves_to_do() -> None:
    district = DistrictFactory()
    district_page(district)
    kind = KindFactory().pk
    DBTaskResult.objects.all().delete()
    create_resources(
        district=district, resources=[ResourceData(title=f"Paint {n}", kind_id=kind) for n in range(250)]
    )
    plan_resources.enqueue(1)
    order = list(DBTaskResult.objects.ready().values_list("task_path", flat=True))
    assert order.index("importers.tasks.plan_resources") < order.index("repository.tasks.follow_pages")
    left = DBTaskResult.objects.filter(task_path="repository.tasks.follow_pages")
    assert [len(job.args_kwargs["args"][0]) for job in left.order_by("enqueued_at")] == [100, 100, 50]
