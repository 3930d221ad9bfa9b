"""What people do to the searches that they keep, while mails about them are being sent."""

from collections.abc import Callable, Sequence

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client

from people.models import Role
from search.saved_search import SavedSearch
from tests.factories import member, resource
from tests.repository.pages import Page
from tests.search.keeping import addresses, keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


class Backend(EmailBackend):
    """A mail server during whose first letter something happens."""

    meanwhile: Callable[[EmailMessage], None]

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(messages)
        if len(mail.outbox) == 1:
            Backend.meanwhile(messages[0])
        return sent


@pytest.fixture(autouse=True)
def _news(district, follow, settings):
    settings.EMAIL_BACKEND = "tests.search.test_mails_meanwhile.Backend"
    resource("Sharing a pizza fairly", district=district)
    follow()


def click(letter: EmailMessage) -> None:
    """The link in a letter that ends mails about one search."""
    link = next(url for url in addresses(str(letter.body)) if url.endswith("/stop/"))
    page = Page.open(Client(), link.replace("http://127.0.0.1:8000", ""))
    assert "You get no more mail about this" in page.press("No more mail about Pizza").text


def test_who_ends_the_mails_as_soon_as_one_is_there_gets_no_more(browser, teacher, monkeypatch):
    keep(teacher)
    monkeypatch.setattr(Backend, "meanwhile", click, raising=False)
    call_command("search_alerts")
    assert len(mail.outbox) == 1
    assert "No mail" in Page.open(browser, "/search/saved/").text


def test_who_ends_the_mails_before_the_own_one_is_written_gets_none(district, teacher, monkeypatch):
    keep(teacher)
    colleague = member(Role.TEACHER, district)
    keep(colleague)
    link = f"/search/saved/{SavedSearch.objects.get(user=colleague).key}/stop/"
    monkeypatch.setattr(Backend, "meanwhile", lambda letter: Client().post(link), raising=False)
    call_command("search_alerts")
    assert [letter.to for letter in mail.outbox] == [[teacher.email]]


def test_a_search_that_is_deleted_meanwhile_keeps_nobody_elses_mail(district, teacher, monkeypatch):
    mine = keep(teacher)
    colleague = member(Role.TEACHER, district)
    keep(colleague)
    monkeypatch.setattr(Backend, "meanwhile", lambda letter: mine.delete(), raising=False)
    call_command("search_alerts")
    assert [letter.to for letter in mail.outbox] == [[teacher.email], [colleague.email]]
    call_command("search_alerts")
    assert len(mail.outbox) == 2
