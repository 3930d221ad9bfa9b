"""The mail about saved searches as it arrives: who it is from and why it came, as HTML and as plain text."""

from email.utils import parseaddr
from html import unescape
from typing import Any

import lxml.html
import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command

from search.saved.alerts import stop_key
from search.saved_search import SavedSearch
from tests.factories import resource
from tests.repository.pages import Page
from tests.search.keeping import addresses, keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_the_mail_as_html_has_the_links_of_its_plain_text_and_no_markup_of_authors(teacher, district, follow):
    keep(teacher)
    resource("Pizza <b>& pie</b>", summary="Halves where x<y", grades=["05"], district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    page: Any = lxml.html.fromstring(str(html))
    assert sorted(page.xpath("//a/@href")) == sorted(addresses(str(letter.body)))
    assert page.xpath("//li//strong/text()") == ["Pizza <b>& pie</b>"]
    assert "Halves where x<y" in unescape(page.text_content())
    assert "No more mail about this search" in page.text_content()


def test_a_long_summary_is_cut_after_a_word(teacher, district, follow):
    keep(teacher)
    resource("Pizza", summary=" ".join(f"half{number}" for number in range(40)), district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert "half22 half23 …\n" in str(letter.body)


def test_the_mail_says_who_it_is_from_and_why_it_came(teacher, district, follow):
    """A school's inbox shows the sender before the subject; who has forgotten what was saved must not take it for spam."""
    keep(teacher)
    resource("Pizza", district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    name, address = parseaddr(letter.from_email)
    assert name == settings.WAGTAIL_SITE_NAME
    assert "@" in address
    ((html, _kind),) = letter.alternatives
    page: Any = lxml.html.fromstring(str(html))
    for text in (str(letter.body), page.text_content()):
        assert f"You get this mail because you saved a search at {settings.WAGTAIL_SITE_NAME}" in text


def test_a_link_to_end_all_mails_that_arrived_cut_off_promises_nothing(client, teacher):
    keep(teacher)
    path = f"/search/stop/{stop_key(teacher)[:-9]}/"
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        text = answer.content.decode()
        assert "This link does not work" in text
        assert "This link does not work" in Page.open(client, path).html.findtext(".//title")
        assert "no more mail about" not in text
    assert SavedSearch.objects.get().mail == "daily"
