"""Runs that mail what is new in saved searches: beside each other, and where one search cannot be answered."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections

from people.models import Role
from search.saved import alerts
from search.saved.newest import matching
from tests.factories import member, resource
from tests.post import post_office
from tests.search.keeping import keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_everybody_one_mail(teacher, district, follow, monkeypatch):
    keep(teacher)
    colleague = member(Role.TEACHER, district)
    keep(colleague)
    resource("Sharing a pizza fairly", district=district)
    follow()
    send = alerts._send

    def run() -> None:
        try:
            call_command("search_alerts")
        finally:
            connections.close_all()

    def while_another_runs(*args: Any) -> bool:
        monkeypatch.setattr(alerts, "_send", send)
        with ThreadPoolExecutor(1) as other:
            other.submit(run).result(timeout=60)
        return send(*args)

    monkeypatch.setattr(alerts, "_send", while_another_runs)
    run()
    assert sorted(letter.to for letter in mail.outbox) == sorted([[teacher.email], [colleague.email]])
    run()
    assert len(mail.outbox) == 2


def test_a_search_that_cannot_be_answered_keeps_nobody_else_from_the_mail(
    teacher, district, follow, monkeypatch
):
    odd, colleague = keep(teacher, "q=pizza+odd"), member(Role.TEACHER, district)
    keep(colleague)
    resource("Sharing a pizza fairly", district=district)
    follow()

    def fails(asked: Any, *args: Any, **options: Any) -> Any:
        if "odd" in asked.q:
            raise ValueError("odd")
        return matching(asked, *args, **options)

    monkeypatch.setattr(alerts, "matching", fails)
    call_command("search_alerts")
    assert [letter.to for letter in mail.outbox] == [[colleague.email]]
    looked_at = odd.looked_at
    odd.refresh_from_db()
    assert odd.looked_at == looked_at


def test_a_mail_server_that_closes_after_every_second_letter_keeps_nobody_from_the_mail(
    teacher, district, follow
):
    people = [teacher, *(member(Role.TEACHER, district) for _ in range(4))]
    for one in people:
        keep(one)
    resource("Sharing a pizza fairly", district=district)
    follow()
    with post_office(letters=2) as office:
        call_command("search_alerts")
    assert sorted(office.delivered) == sorted(one.email for one in people)


def test_a_mail_server_that_is_away_is_a_sentence_and_nobody_counts_as_told(
    teacher, district, follow, settings
):
    saved = keep(teacher)
    resource("Sharing a pizza fairly", district=district)
    follow()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nothing listens there
    with pytest.raises(CommandError, match=r"mail server.*told the next time"):
        call_command("search_alerts")
    looked_at = saved.looked_at
    saved.refresh_from_db()
    assert saved.looked_at == looked_at
