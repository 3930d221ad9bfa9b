"""The sample content, loaded and indexed once for the folder; all of it undone after the last test."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from importers.sample.load import load
from search import indexes
from search.client import client


@pytest.fixture(scope="package")
def sample_index(engine: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of an index of the sample."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(lambda line: None)
        name = indexes.rebuild(lambda line: None)
        yield name
        client().indices.delete(index=name)
        transaction.set_rollback(True)
