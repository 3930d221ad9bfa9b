"""The title of a search: what tells it from others among tabs, in the history and under bookmarks."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from tests.factories import FrameworkFactory, ItemFactory, KindFactory, SubjectFactory, resource

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def title(client: Client, query: str, **headers: str) -> str:
    html = client.get(f"/search/?{query}", headers=headers).content.decode()
    return unescape(html.partition("<title>")[2].partition("</title>")[0].partition(" · ")[0].strip())


@pytest.fixture
def lessons(follow: Callable[[], None]) -> None:
    item = ItemFactory(framework=FrameworkFactory(short_name="MER"), human_coding_scheme="6.RP.1")
    subject, kind = SubjectFactory(slug="art", label="Arts & crafts"), KindFactory(slug="task", label="Task")
    for grade in ("05", "06"):
        resource(
            "Ratio", grades=[grade], subjects=[subject], kind=kind, alignments=[{"item": item, "relation": "teaches"}]
        )  # fmt: skip
    follow()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Find resources"),
        ("q=ratio", "“ratio”: find resources"),
        ("q=ratio&grade=06&subject=art", "“ratio”, Arts & crafts, Grade 6: find resources"),
        ("standard=MER:6.RP.1", "6.RP.1: find resources"),
        ("q=ratio+grade+6", "“ratio grade 6”: find resources"),
        ("grade=05&grade=06&subject=art&kind=task", "Arts & crafts, Grade 5, Grade 6…: find resources"),
    ],
)
def test_the_title_names_the_query_and_what_was_chosen(
    lessons: None, client: Client, query: str, said: str
) -> None:
    assert title(client, query) == said
    assert title(client, query, **{"HX-Request": "true"}) == said
