"""The home page, the page of a district, cards and short links: what they show to whom, and at what cost."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config.errors import words_of
from people.models import Organisation, Role
from repository import home
from repository.audience import visible_to
from repository.cards import duration_label
from repository.models import Alignment, Audience, ResourcePage
from repository.presentation import sections_of
from repository.short_links import short_url
from tests import factories

pytestmark = pytest.mark.django_db


def publish(title: str, district: Organisation, **fields: Any) -> ResourcePage:
    """A resource with everything that a card shows."""
    return factories.resource(
        title,
        district=district,
        owner=factories.member(Role.TEACHER, district),
        subjects=[factories.SubjectFactory()],
        modalities=[factories.ModalityFactory(slug="internship")],
        alignments=[
            {
                "item": factories.ItemFactory(),
                "relation": Alignment.Relation.TEACHES,
                "level": factories.LevelFactory(),
            }
        ],
        **fields,
    )


@pytest.mark.parametrize("path", ["/", "/harbor-point/"])
def test_the_number_of_resources_does_not_change_the_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    from django.test.utils import CaptureQueriesContext

    district = factories.DistrictFactory(slug="harbor-point")
    publish("Unit rates at the market", district)
    client.get(path)  # fills the caches of sites and content types
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(5):
        publish(f"Lesson {number}", district)
    with django_assert_num_queries(len(few)):
        client.get(path)


def test_the_home_page_shows_nobody_what_is_not_for_them(client: Client) -> None:
    district = factories.DistrictFactory()
    publish("For everyone", district)
    publish("For the district", district, audience=Audience.DISTRICT)
    publish("A draft", district, live=False)
    page = client.get("/").content.decode()
    assert "For everyone" in page
    assert "For the district" not in page
    assert "A draft" not in page

    client.force_login(factories.member(Role.TEACHER, district))
    page = client.get("/").content.decode()
    assert "For the district" in page
    assert "A draft" not in page


def test_the_examples_on_the_home_page_are_things_that_are_there(client: Client) -> None:
    district = factories.DistrictFactory()
    topic = factories.topic("Fractions and decimals")
    page = publish("Sharing a pizza fairly", district, topics=[topic])
    code = page.alignments.get().item.human_coding_scheme
    examples = client.get("/").context["examples"]
    assert examples == ["fractions and decimals", code, "internship"]
    # Neither what is not for the reader nor what a draft of a framework says counts, however often it is used.
    private = factories.ItemFactory(framework=factories.FrameworkFactory(adoption_status="Private Draft"))
    hidden, others = factories.topic("Secrets"), [{"item": factories.ItemFactory()}]
    service = factories.ModalityFactory(slug="service")
    for title in ("One", "Two"):
        factories.resource(title, district=district, alignments=[{"item": private}])
        more = {"topics": [hidden], "modalities": [service], "alignments": others}
        factories.resource(title, district=district, audience=Audience.SCHOOL, **more)
    assert client.get("/").context["examples"] == examples


def test_what_was_published_last_is_read_off_an_index_and_not_sorted() -> None:
    """On a site with 50,000 resources, sorting them took a tenth of a second of each visit to the home page."""
    publish("Tides", factories.DistrictFactory())
    latest = visible_to(AnonymousUser()).order_by(*home.LATEST_FIRST)
    with connection.cursor() as cursor:  # of a few rows the database would sooner sort all
        cursor.execute("SET LOCAL enable_sort = off")
    assert "resource_latest" in latest[:6].explain()


def test_the_examples_go_by_the_latest_resources(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "EXAMPLES_OF", 2)
    district = factories.DistrictFactory()
    fractions, tides = factories.topic("Fractions"), factories.topic("Tides")
    for number, topic in enumerate([fractions, fractions, fractions, tides, tides]):
        publish(f"Lesson {number}", district, topics=[topic])
    assert client.get("/").context["examples"][0] == "tides"


def test_where_no_resource_has_a_topic_an_example_is_of_the_subject_and_grade(client: Client) -> None:
    district, maths = factories.DistrictFactory(), factories.SubjectFactory(label="Mathematics")
    for grades in (["04", "05"], ["05"], []):
        factories.resource("Halves", district=district, grades=grades, subjects=[maths])
    factories.resource("For all", district=district, grades=["12"])
    assert client.get("/").context["examples"] == ["mathematics grade 5"]


def test_a_district_page_shows_what_is_of_the_district_and_for_the_reader(client: Client) -> None:
    harbor = factories.DistrictFactory(slug="harbor-point")
    publish("Tides", harbor)
    publish("For the district", harbor, audience=Audience.DISTRICT)
    publish("A draft", harbor, live=False)
    publish("From elsewhere", factories.DistrictFactory())

    def shown() -> tuple[list[str], bool]:
        page = client.get("/harbor-point/").content.decode()
        titles = ("Tides", "For the district", "A draft", "From elsewhere")
        return [title for title in titles if title in page], "2 resources" in page

    assert shown() == (["Tides"], False)
    client.force_login(factories.member(Role.TEACHER, harbor))
    assert shown() == (["Tides", "For the district"], True)


def test_an_empty_site_has_a_home_page_too(client: Client) -> None:
    factories.state_page()
    assert client.get("/").status_code == 200


def test_a_short_link_leads_to_the_resource(client: Client) -> None:
    page = publish("Unit rates at the market", factories.DistrictFactory())
    answer = client.get(short_url(page))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(page.get_url())


@pytest.mark.parametrize("hidden", [{"audience": Audience.DISTRICT}, {"live": False}])
def test_a_short_link_does_not_give_a_hidden_resource_away(client: Client, hidden: dict[str, Any]) -> None:
    page = publish("Not for you", factories.DistrictFactory(), **hidden)
    assert client.get(short_url(page)).status_code == 404


@pytest.mark.parametrize("digits", ["zzzz", "0" * 40, "0" * 12, "ffffffffffff"])
def test_a_short_link_to_nothing_is_not_found(client: Client, digits: str) -> None:
    factories.resource()
    assert client.get(f"/r/{digits}/").status_code == 404


def test_neighboring_steps_are_one_section_with_their_minutes_added_up() -> None:
    factories.ModalityFactory(slug="small-group")
    body = [
        ("objectives", {"objectives": ["Find the price of one."], "evidence": ""}),
        ("step", {"title": "Launch", "minutes": 10, "setting": "small-group", "text": ""}),
        ("step", {"title": "Stations", "minutes": 30, "setting": "", "text": ""}),
        ("text", {"heading": "Answer key", "text": "A"}),
        ("step", {"title": "Close", "minutes": None, "setting": "", "text": ""}),
    ]
    sections = list(sections_of(factories.resource(body=body)))
    assert [section.anchor for section in sections] == ["objectives", "step", "text", "step-2"]
    assert [section.minutes for section in sections] == [0, 40, 0, 0]
    assert [step.setting for step in sections[1].steps] == ["Small group", ""]
    assert sections[2].heading == "Answer key"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, ""),
        (1, "1 minute"),
        (50, "50 minutes"),
        (60, "1 hour"),
        (150, "2 h 30 min"),
        (4800, "80 hours"),
    ],
)
def test_durations_are_said_in_words(minutes: int | None, words: str) -> None:
    assert duration_label(minutes) == words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/juniper-valley/unit-rates/", "unit rates"),
        ("/lessons/2024/12/", "lessons"),
        ("/a%20b/m%C3%BCnzen_und-scheine", "münzen und scheine"),
        ("/", ""),
        ("/123/", ""),
    ],
)
def test_an_address_is_read_as_words(path: str, words: str) -> None:
    assert words_of(path) == words
