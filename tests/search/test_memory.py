"""What is kept in memory is never older than the database, within a transaction as outside of it."""

from importlib import import_module

import pytest
from django.db import connection, transaction

from repository.models import Subject
from search import memory
from tests.factories import SubjectFactory


def labels() -> list[str]:
    return memory.keep("labels for a test", [Subject], lambda: [one.label for one in Subject.objects.all()])


@pytest.mark.django_db
def test_each_change_within_a_transaction_is_seen_and_what_is_rolled_back_is_forgotten() -> None:
    SubjectFactory(label="Art")
    assert labels() == ["Art"]
    Subject.objects.update(label="Dance")
    assert labels() == ["Dance"]
    with transaction.atomic():
        Subject.objects.update(label="Music")
        assert labels() == ["Music"]
        transaction.set_rollback(True)
    assert labels() == ["Dance"]
    Subject.objects.update(label="Drama")
    assert labels() == ["Drama"]


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_after_the_transaction_that_made_it_and_ones_taken_back_are_not() -> None:
    subject = SubjectFactory(label="Art")
    with transaction.atomic():
        Subject.objects.update(label="Dance")
        assert labels() == ["Dance"]
        transaction.set_rollback(True)
    assert labels() == ["Art"]
    with transaction.atomic():
        for label in ("Music", "Drama"):
            subject.label = label
            subject.save()
    assert labels() == ["Drama"]


@pytest.mark.django_db(transaction=True)
def test_thousands_of_changes_in_one_transaction_write_the_version_once() -> None:
    subject = SubjectFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        subject.save()
        written = []
        for _ in range(20):
            subject.save()
            cursor.execute("SELECT pg_stat_get_xact_tuples_updated('search_vocabulary'::regclass)")
            written.append(cursor.fetchone())
    assert len(set(written)) == 1


@pytest.mark.django_db
def test_a_table_can_be_counted_no_more_and_then_again() -> None:
    """As where a migration is taken back and made again."""
    trigger = import_module("search.migrations.0002_vocabulary_versions").trigger("repository_subject")
    SubjectFactory(label="Art")
    with connection.cursor() as cursor:
        cursor.execute(trigger.reverse_sql)
        cursor.execute(trigger.sql)
    assert labels() == ["Art"]
    Subject.objects.update(label="Dance")
    assert labels() == ["Dance"]
