"""The mail about saved searches as most mail programs show it: with links, and the same in it as in its plain text."""

from html import unescape
from typing import Any

import lxml.html
import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command

from tests.factories import resource
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
