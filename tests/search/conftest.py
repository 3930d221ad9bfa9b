"""A real index for each test that asks for one, and the outbox brought into it by hand."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from opensearchpy import Urllib3HttpConnection

from people.models import District, Role, User
from repository.models import ResourcePage, Topic
from search import breaker, indexes, outbox
from search import client as way
from search.client import client
from search.worker import Worker
from standards.codes import code_forms
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SchoolFactory,
    SubjectFactory,
    member,
    resource,
    topic,
)
from tests.search.asking import find_if_awake, titles
from tests.search.proxy import Proxy


@pytest.fixture
def index(engine: str, db: None) -> Iterator[str]:
    """An empty index in use; its name. Removed after the test, as are those that the test built in its place."""
    name = indexes.rebuild()
    yield name
    patiently: dict[str, Any] = {"ignore_unavailable": "true", "request_timeout": way.WRITE_TIMEOUT}
    for left in client().indices.get(index=f"{settings.OPENSEARCH_PREFIX}-*", params=patiently):
        client().indices.delete(index=left, params=patiently)


@pytest.fixture
def follow(index: str) -> Callable[[], None]:
    """Bring everything that waits in the outbox into the index, and make it searchable at once."""

    def follow() -> None:
        while outbox.process():
            pass
        client().indices.refresh(index=settings.OPENSEARCH_PREFIX)

    return follow


@pytest.fixture
def worker() -> Iterator[None]:
    """The search worker, in a thread with its own connection."""
    stop = threading.Event()

    def work() -> None:
        try:
            Worker().work(stop)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join(90)
    assert not thread.is_alive()


@pytest.fixture
def lesson(follow: Callable[[], None]) -> ResourcePage:
    """One published lesson with something of everything, in the index."""
    district = DistrictFactory(name="Juniper Valley", slug="juniper")
    framework = FrameworkFactory(title="Meridian Mathematics", short_name="MER-MATH")
    domain = ItemFactory(framework=framework, full_statement="Ratios and rates", human_coding_scheme="6.RP")
    item = ItemFactory(
        framework=framework,
        full_statement="Describe a ratio in words",
        human_coding_scheme="6.RP.1",
        code_forms=code_forms("6.RP.1"),
        under=domain,
        depth=1,
    )
    state_level = LevelFactory(scale=ScaleFactory(slug="meridian", name="Meridian scale"), name="Proficient")
    level = LevelFactory(
        scale=ScaleFactory(slug="mastery", owner=district), name="Got it", state_equivalent=state_level
    )
    made = resource(
        "Mixing paint",
        district=district,
        school=SchoolFactory(name="Cedar Ridge", slug="cedar", parent=district),
        owner=member(Role.TEACHER, district, name="Rosa Delgado"),
        summary="How much blue makes green",
        subjects=[SubjectFactory(slug="mathematics")],
        modalities=[ModalityFactory(slug="online")],
        topics=[topic("Colors", under=Topic.objects.get(pk=topic("Making").pk))],
        tags=["paint"],
        alignments=[{"item": item, "relation": "teaches", "level": level}],
        body=[("objectives", {"objectives": ["Compare two mixtures"], "evidence": ""})],
    )
    follow()
    assert titles() == ["Mixing paint"]
    return made


# -- somebody signed in, for searches that are kept


@pytest.fixture
def district() -> District:
    return DistrictFactory()


@pytest.fixture
def teacher(district: District) -> User:
    return member(Role.TEACHER, district)


@pytest.fixture
def browser(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each request that is made of the engine may take, in seconds. It tells on the slowest machine, too."""
    found: list[float] = []
    perform = Urllib3HttpConnection.perform_request

    def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        found.append(kwargs["timeout"])
        return perform(self, *args, **kwargs)

    monkeypatch.setattr(Urllib3HttpConnection, "perform_request", noting)
    return found


@pytest.fixture
def proxy(
    index: str, follow: Callable[[], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """Between the site and its engine, with a published lesson there."""
    resource("Rivers of our state", alignments=[{"item": ItemFactory(framework=FrameworkFactory())}])
    follow()
    direct = settings.OPENSEARCH_URL
    made = Proxy(urlsplit(direct).port or 80)
    find_if_awake("q=rivers")  # the first of a process takes longest
    settings.OPENSEARCH_URL = made.url
    monkeypatch.setattr(way, "SEARCH_TIMEOUT", 1.0)
    monkeypatch.setattr(breaker, "REST", 0.3)
    yield made
    made.close()
    settings.OPENSEARCH_URL = direct
