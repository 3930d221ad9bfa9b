"""Two of a state's administrators who keep weights at the same moment."""

import pytest
from django.test import Client

from people.models import Role
from search.admin import weights
from search.kept import RankingSettings
from tests.factories import StateFactory, member
from tests.repository.pages import Page
from tests.waiting import elsewhere, waits_after

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_two_to_change_them_hear_of_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """While all weights are as they came there was no row to wait for, and the second replaced the first's unheard."""
    state = StateFactory()
    pages = []
    for _number in range(2):
        client = Client()
        client.force_login(member(Role.STATE_ADMIN, state))
        pages.append(Page.open(client, "/admin/order_of_results/"))
    waits_after(monkeypatch, (weights, "stamp"))
    told = []

    def keeps(page: Page, title: str) -> None:
        told.append(page.press("Keep", None, title=title).html.text_content())

    elsewhere(lambda: keeps(pages[0], "6"), lambda: keeps(pages[1], "7"))
    assert sorted("has changed the weights since you opened this page" in one for one in told) == [
        False,
        True,
    ]
    assert RankingSettings.objects.get().changes in ({"title": 6}, {"title": 7})
