"""Titles of the admin's pages: who hears one first hears that something is wrong in the form."""

from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from repository.permissions import sync_all
from tests.factories import ScaleFactory, resource
from tests.repository.pages import Page, signed_in

FORM = "//main//form[.//input[@name='csrfmiddlewaretoken']]"
pytestmark = pytest.mark.django_db


def title(answer: Any) -> str:
    html: Any = lxml.html.fromstring(answer.content)
    return " ".join(html.findtext(".//title").split())


@pytest.fixture
def admin(people: SimpleNamespace) -> Client:
    client = signed_in(people.state_admin)
    sync_all()
    return client


@pytest.mark.parametrize("which", ["import", "topic", "scale", "page"])
def test_a_form_that_comes_back_says_so_in_its_title(
    admin: Client, people: SimpleNamespace, which: str
) -> None:
    changed: dict[str, Any] = {}
    if which == "import":
        address, form = "/admin/standards/import/", FORM
    elif which == "topic":
        address, form = "/admin/topics/new/", FORM
    elif which == "scale":
        scale = ScaleFactory()
        address, form = reverse("competency_scales:edit", args=[scale.pk]), FORM
        changed = {
            "levels-TOTAL_FORMS": "1",
            "levels-0-name": "",
            "levels-0-slug": "x",
            "levels-0-ORDER": "1",
        }
    else:
        page = resource("Rivers", district=people.district)
        address, form = f"/admin/pages/{page.pk}/edit/", "//form[@id='page-edit-form']"
        changed = {"title": "", "body-count": "0", "action-publish": "1"}
    shown = admin.get(address)
    assert shown.status_code == 200
    before = title(shown)
    html: Any = lxml.html.fromstring(shown.content)
    answer = admin.post(address, Page._values(html.xpath(form)[0]) | changed)
    assert answer.status_code == 200
    assert title(answer) == f"Error: {before}"
    assert not before.startswith("Error:")
