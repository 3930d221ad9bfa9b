"""A real index for each test that asks for one, and the outbox brought into it by hand."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from search import indexes, outbox
from search.client import client


@pytest.fixture
def index(engine: str, db: None) -> Iterator[str]:
    """An empty index in use; its name. Removed after the test, as are those that the test built in its place."""
    name = indexes.rebuild()
    yield name
    for left in client().indices.get(
        index=f"{settings.OPENSEARCH_PREFIX}-*", params={"ignore_unavailable": "true"}
    ):
        client().indices.delete(index=left)


@pytest.fixture
def follow(index: str) -> Callable[[], None]:
    """Bring everything that waits in the outbox into the index, and make it searchable at once."""

    def follow() -> None:
        while outbox.process():
            pass
        client().indices.refresh(index=settings.OPENSEARCH_PREFIX)

    return follow
