"""Two teachers who press "Start the draft" at the same moment both get one."""

import threading

import pytest
from django.db import connections
from wagtail.models import Page

from people.models import Role
from repository.models import DistrictPage, ResourcePage
from repository.services import drafts
from tests.factories import DistrictFactory, KindFactory, member

EACH = 6


@pytest.mark.django_db(transaction=True)
def test_two_teachers_add_drafts_under_one_district_at_the_same_time():
    district, kind = DistrictFactory(), KindFactory()
    teachers = [member(Role.TEACHER, district) for _ in range(2)]
    together = threading.Barrier(len(teachers))
    errors: list[Exception] = []

    def add(teacher):
        try:
            for number in range(EACH):
                together.wait(timeout=60)
                drafts.create_draft(user=teacher, district=district, kind=kind, title=f"Same title {number}")
        except Exception as error:  # noqa: BLE001  told by the test below
            errors.append(error)
            together.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=[teacher]) for teacher in teachers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    parent = DistrictPage.objects.get(district=district)
    assert parent.numchild == parent.get_children().count() == 2 * EACH
    assert len(set(ResourcePage.objects.values_list("url_path", flat=True))) == 2 * EACH
    assert Page.find_problems() == ([], [], [], [], [])
