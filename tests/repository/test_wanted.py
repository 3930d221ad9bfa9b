"""The wanted list while several people are at it."""

import threading

import pytest
from django.db import transaction

from repository.models import WantedSearch
from repository.services.wanted import mark_done, tell_wanted, wanted
from tests.waiting import elsewhere, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_told_while_a_coordinator_presses_done_is_on_the_list_afterwards() -> None:
    tell_wanted(words="volcano opera")
    pressed = threading.Event()

    def coordinator() -> None:
        with transaction.atomic():
            mark_done(words="volcano opera", filters="")
            pressed.set()
            until_somebody_waits()

    def teacher() -> None:
        assert pressed.wait(timeout=60)
        tell_wanted(words="volcano opera")

    elsewhere(coordinator, teacher)
    assert [(one["words"], one["times"]) for one in wanted()] == [("volcano opera", 1)]
    assert WantedSearch.objects.count() == 2


def test_a_form_that_is_sent_twice_at_the_same_time_counts_once() -> None:
    together = threading.Barrier(2)

    def send() -> None:
        together.wait(timeout=60)
        tell_wanted(words="volcano opera", ticket="the same")

    elsewhere(send, send)
    assert WantedSearch.objects.get().count == 1
