"""Whatever a source says, the page that comes of it can be saved in the editors as it is."""

from typing import Any

import pytest

from importers.resources.services import import_resources
from people.models import District
from repository.forms.body import raw_body
from repository.models import ResourcePage
from tests.importers.resources.loading import lesson, load, page
from tests.repository.test_body_forms import saved, shown

pytestmark = pytest.mark.django_db
OLD = "https://old.example/paint"


def assert_it_can_be_saved(one: ResourcePage) -> None:
    """In the admin's editor, and in the site's, which leaves it as it is."""
    one.full_clean()
    one.body.stream_block.clean(one.body)
    body = raw_body(one.body)
    assert saved(body, shown(body)) == body


ODD: dict[str, dict[str, Any]] = {
    "no address": {"isBasedOn": {"name": "Old paint", "url": "https://old example/paint"}},
    "no address and no name": {"isBasedOn": "http://[bad"},
    "a long address": {"isBasedOn": {"name": "Old paint", "url": f"{OLD}/{'p' * 2000}"}},
    "an address of some length for a name": {"isBasedOn": f"{OLD}/{'p' * 900}"},
    "a long name": {"isBasedOn": {"name": "Old " * 100, "url": OLD}},
    "a name of marks": {"isBasedOn": {"name": "<b></b>", "url": OLD}, "isPartOf": ["<i> </i>"]},
    "names in lines": {"isBasedOn": ["Old\n\npaint", {"name": "Older\npaint", "url": OLD}], "isPartOf": "Unit\n1"},
    "many outcomes": {"teaches": [f"Students can mix {number} colors" for number in range(150)]},
    "many sources": {"isBasedOn": [{"name": f"Paint {n}", "url": f"{OLD}/{n}"} for n in range(150)]},
    "long outcomes": {"teaches": [f"Students can {'mix and ' * 100}paint\nwell"]},
    "a long text": {"description": "Mix & <b>paint</b>. " * 4900},
    "a long plain text": {"description": "Mix paint. " * 20_000},
    "a long license": {"license": "Ask & <i>thank</i>. " * 6000},
    "a long list": {"isPartOf": ["Unit " * 100] * 300},
    "a long title": {"headline": "Paint " * 100, "name": ""},
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_a_page_made_of_what_is_odd_can_be_saved(district: District, odd: str) -> None:
    load(district, lesson("Paint") | ODD[odd])
    assert_it_can_be_saved(ResourcePage.objects.get())


def test_what_a_resource_is_based_on_without_an_address_that_leads_there_is_named_and_told(
    district: District,
) -> None:
    old = [{"name": "Old paint", "url": "https://old example/paint"}, {"name": "Older", "url": OLD}]
    report = load(district, lesson("Paint", isBasedOn=old))
    text = "".join(str(block) for block in page("Paint").body)
    assert OLD in text
    assert "Old paint" in text
    assert "old example" not in text
    said = "[0]: has an address that leads nowhere, “https://old example/paint”; kept with the record."
    assert [str(one) for one in report.plan.warnings if one.rule == "address"] == [said]


def test_what_a_table_says_it_is_based_on_is_named_where_it_is_no_web_address(district: District) -> None:
    report = import_resources(b"title,based on\nPaint,ftp://old.example/paint\n", district=district)
    one = page("Paint")
    assert_it_can_be_saved(one)
    assert "ftp://old.example/paint" in "".join(str(block) for block in one.body)
    assert len([one for one in report.plan.warnings if one.rule == "address"]) == 1
