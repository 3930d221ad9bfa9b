"""What a reviewer says of a standard stays with a resource that is returned: its author and the next reviewer see it."""

from types import SimpleNamespace
from typing import Any

import pytest

from people.models import Role
from repository.models import Alignment, ResourcePage
from repository.services import drafts, review
from tests.factories import ItemFactory, member
from tests.repository.pages import Page, edit_url, signed_in

pytestmark = pytest.mark.django_db

DISPUTED = "Disputed in review"


@pytest.fixture
def returned(draft: ResourcePage, people: SimpleNamespace) -> ResourcePage:
    """It teaches P.1, which its reviewer disputed, and P.2, which was confirmed."""
    items = [ItemFactory(human_coding_scheme=code) for code in ("P.1", "P.2")]

    def align(page: ResourcePage) -> None:
        page.alignments = [Alignment(item=item, relation="teaches") for item in items]

    drafts.save_draft(identifier=draft.identifier, user=people.teacher, change=align)
    review.submit(identifier=draft.identifier, user=people.teacher)
    said = dict(zip(items, ("disputed", "confirmed"), strict=True))
    form = Page.open(signed_in(people.reviewer), f"/review/{draft.identifier}/")
    words: dict[str, Any] = {f"standard-{item.pk}.teaches.": word for item, word in said.items()}
    done = form.press("Send my decision", decision="return", comment="How does it do P.1?", **words)
    assert "is back with its author" in done.notices
    return draft


def rows(page: Page) -> dict[str, bool]:
    """Of each standard in the form, whether its author is told that it is disputed."""
    found = page.html.xpath("//fieldset[starts-with(@id, 'alignment-')]")
    return {row.xpath("string(legend)").strip(): DISPUTED in row.text_content() for row in found}


def published(page: ResourcePage) -> dict[str, str]:
    return {
        one.item.human_coding_scheme: one.status
        for one in ResourcePage.objects.get(pk=page.pk).alignments.all()
    }


def test_the_author_sees_which_standard_is_disputed_until_it_says_something_else(
    returned: ResourcePage, people: SimpleNamespace
) -> None:
    client = signed_in(people.teacher)
    form = Page.open(client, edit_url(returned))
    assert rows(form) == {"P.1": True, "P.2": False}
    saved = form.press("Save", alignment__0__note="The last task does it.")
    assert rows(saved) == {"P.1": True, "P.2": False}
    saved = saved.press("Save", alignment__0__relation="requires")
    assert rows(saved) == {"P.1": False, "P.2": False}
    assert rows(Page.open(client, edit_url(returned))) == {"P.1": False, "P.2": False}


def test_the_next_reviewer_goes_on_from_what_was_said(
    returned: ResourcePage, people: SimpleNamespace
) -> None:
    review.submit(identifier=returned.identifier, user=people.teacher)
    other = member(Role.REVIEWER, people.district, name="Andre Baptiste")
    form = Page.open(signed_in(other), f"/review/{returned.identifier}/")
    shown = [option.text_content().strip() for option in form.html.xpath("//select/option[@selected]")]
    assert shown == ["Disputed", "Confirmed in review"]
    done = form.press("Send my decision", decision="approve")
    assert "is published" in done.notices
    assert published(returned) == {"P.1": "disputed", "P.2": "confirmed"}
