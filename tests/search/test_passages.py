"""The words around what was found, as they are read on the page of the resource."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import resource
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_a_passage_has_the_heading_before_its_text(client: Client, follow: Callable[[], None]) -> None:
    resource(
        "Scale drawings",
        body=[
            ("text", {"heading": "Part of", "text": "Ratios of sailboats"}),
            ("step", {"title": "Launch", "text": "Draw a sailboat", "support": "Trace it"}),
            ("materials", {"items": [{"name": "Cards", "note": "of sailboats"}]}),
        ],
    )
    follow()
    page = Page.open(client, "/search/?q=sailboats")
    (passage,) = page.html.xpath("//*[contains(@class, 'card__summary')]")
    said = " ".join(passage.text_content().split())
    assert "Part of Ratios of sailboats Launch Draw a sailboat Trace it Cards of sailboats" in said
