"""A worker's import with real transactions: its progress is written over a connection of its own meanwhile."""

import json

import pytest
from django.db import connection

from importers.models import ResourceImport
from importers.resources import jobs
from people.models import Role
from repository.models import ResourcePage
from repository.permissions import sync_all
from repository.vocabularies import load_vocabularies
from tests.factories import DistrictFactory, district_page, member


@pytest.mark.django_db(transaction=True)
def test_a_worker_plans_applies_and_undoes_while_it_notes_progress() -> None:
    load_vocabularies()
    district = DistrictFactory()
    district_page(district)
    admin = member(Role.DISTRICT_ADMIN, district)
    sync_all()
    with connection.cursor() as cursor:  # a row that waits for itself is found in seconds
        cursor.execute("ALTER ROLE CURRENT_USER SET lock_timeout = '15s'")
    try:
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
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER ROLE CURRENT_USER RESET lock_timeout")
