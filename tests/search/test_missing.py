"""“Tell us what is missing”, and the wanted list that comes of it."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.models import Role
from repository.models import Synonym, WantedSearch, WantedTicket
from repository.permissions import sync_all
from repository.services import wanted as service
from tests.factories import DistrictFactory, ItemFactory, SubjectFactory, member, resource
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db


def ticket_of(client: Client, address: str = "/search/missing/") -> str:
    """Of the form that is opened."""
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get(address).content.decode())
    assert ticket
    return ticket[1]


def tell(client: Client, address: str, **fields: str) -> Any:
    """Opens the form and sends it."""
    return client.post(address, {"words": "volcano opera", "ticket": ticket_of(client, address), **fields})


@pytest.mark.engine
def test_an_acronym_that_is_nowhere_is_offered_written_out(
    follow: Callable[[], None], client: Client
) -> None:
    Synonym.objects.create(term="PBL", means="project-based learning")
    resource("Learning that is based on a long project")
    follow()
    html = client.get("/search/?q=PBL").content.decode()
    assert "Nothing fits all of this" in html
    assert 'href="/search/?q=project-based+learning">with “project-based learning” instead</a>' in html
    assert "Narrow down" not in re.sub(r"<aside[^>]* hidden>.*?</aside>", "", html, flags=re.S)


@pytest.mark.engine
def test_an_acronym_is_not_written_out_where_that_finds_only_some_of_its_words(
    follow: Callable[[], None], client: Client
) -> None:
    Synonym.objects.create(term="SEL", means="social-emotional learning")
    resource("Learning to swim")
    resource("Social learning of bees")
    ItemFactory(full_statement="Select words with care")
    follow()
    html = client.get("/search/?q=SEL").content.decode()
    assert "with “social-emotional learning” instead" not in html
    assert "Select words" not in html


@pytest.mark.engine
def test_standards_are_near_by_what_an_acronym_stands_for(follow: Callable[[], None], client: Client) -> None:
    Synonym.objects.create(term="PBL", means="problem-based learning, project-based learning")
    ItemFactory(full_statement="Plan and carry out project-based learning with a partner")
    ItemFactory(full_statement="Read a map of the town")
    follow()
    near = client.get("/search/?q=pbl").content.decode().split("Standards that come near", 1)[1]
    assert "Plan and carry out" in near
    assert "Read a map" not in near
    (found,) = client.get("/api/v1/resources?q=pbl").json()["standards"]
    assert found["statement"].startswith("Plan and carry out")


@pytest.mark.engine
def test_a_code_that_there_is_not_shows_the_standards_of_its_cluster(
    follow: Callable[[], None], client: Client
) -> None:
    cluster = ItemFactory(human_coding_scheme="M.6.RP", full_statement="Ratios and rates")
    ItemFactory(
        framework=cluster.framework,
        human_coding_scheme="M.6.RP.1",
        full_statement="Say a ratio",
        under=cluster,
    )
    standard = ItemFactory(
        framework=cluster.framework,
        human_coding_scheme="M.6.RP.2",
        full_statement="Use a rate",
        under=cluster,
    )
    resource("Unit prices", alignments=[{"item": standard}])
    follow()
    html = client.get("/search/?q=M.6.RP.99").content.decode()
    assert "No standard has the code “M.6.RP.99”" in html
    near = html.split("Standards that come near", 1)[1]
    assert near.index("Use a rate") < near.index("Say a ratio")  # what has resources goes first
    assert "1 resource" in near


@pytest.mark.engine
def test_standards_with_one_telling_word_are_near_where_none_has_all(
    follow: Callable[[], None], client: Client
) -> None:
    ItemFactory(full_statement="Add fractions with like denominators")
    ItemFactory(full_statement="Read a map of the town")
    follow()
    html = client.get("/search/?q=fractions+on+a+zeppelin").content.decode()
    near = html.split("Standards that come near", 1)[1]
    assert "Add fractions" in near
    assert "Read a map" not in near


@pytest.mark.engine
def test_a_search_without_results_leads_to_the_form(follow: Callable[[], None], client: Client) -> None:
    SubjectFactory(slug="science", label="Science")
    resource("Rivers")
    follow()
    html = client.get("/search/?q=zebra+opera&subject=science").content.decode()
    assert "/search/missing/?q=zebra+opera&amp;subject=science" in html
    form = client.get("/search/missing/?q=zebra+opera&subject=science").content.decode()
    assert 'value="zebra opera"' in form
    assert "Science" in form


def test_words_are_asked_for_where_no_filter_says_what_is_missing(client: Client) -> None:
    assert "(optional)" not in client.get("/search/missing/").content.decode()
    assert "(optional)" in client.get("/search/missing/?grade=05").content.decode()
    answer = tell(client, "/search/missing/", words="  ")
    assert answer.status_code == 400
    assert "Say in a few words what you were looking for." in answer.content.decode()


def test_words_filters_and_day_are_kept_and_nothing_else(client: Client) -> None:
    SubjectFactory(slug="science", label="Science")
    address = "/search/missing/?q=volcano+opera&subject=science"
    answer = tell(client, address)
    assert answer["Location"] == "/search/?q=volcano+opera&subject=science"
    tell(client, address, words="  Volcano   OPERA ")
    row = WantedSearch.objects.get()
    assert (row.words, row.filters, row.filters_words, row.count) == (
        "volcano opera",
        "subject=science",
        "Subject: Science",
        2,
    )
    kept = {field.name for field in WantedSearch._meta.get_fields()}
    assert kept == {"id", "words", "filters", "filters_words", "count", "day", "done_at"}


@pytest.mark.parametrize(
    "words",
    [
        "ask ana@example.org",
        "see https://spam.example",
        "call 555 123 45 67",
        "call 555-123-4567",
        "call (555) 123.4567 today",
        "1-800-555-1234",
        "5551234567",
        "5551234",
        "+44 20 7946 0958",
        "my number is 078-05-1120",
        "   ",
    ],
)
def test_addresses_links_and_numbers_are_refused_and_what_was_typed_stays(words: str, client: Client) -> None:
    answer = tell(client, "/search/missing/", words=words)
    assert answer.status_code == 400
    assert "needs your attention" in answer.content.decode()
    assert not WantedSearch.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "2026-2027 pacing guide",
        "K-2 3-5 6-8 9-12",
        "declaration of 1776 1787",
        "lexile 500-1000",
        "skip counting 5 10 15 20 25 30",
        "numbers to 1000000",
        "week of 2026-11-26",
        "3.1415926",
    ],
)
def test_years_grades_and_numbers_of_a_lesson_are_no_telephone_numbers(words: str, client: Client) -> None:
    assert tell(client, "/search/missing/", words=words).status_code == 302
    assert WantedSearch.objects.get().words == words.lower()


def test_a_form_that_is_sent_again_counts_once_and_other_words_in_it_count(client: Client) -> None:
    ticket = ticket_of(client)
    for words in ("volcano", "Volcano", "zebra", "volcano"):
        answer = client.post("/search/missing/", {"words": words, "ticket": ticket})
        assert answer.status_code == 302
    assert sorted(WantedSearch.objects.values_list("words", "count")) == [("volcano", 1), ("zebra", 1)]


def test_a_form_that_was_open_for_too_long_is_shown_again_and_can_be_sent_then(
    client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("search.pages.missing.TICKET_LIFE", datetime.timedelta(seconds=-1))
    answer = tell(client, "/search/missing/")
    assert answer.status_code == 400
    assert "This page has been open for too long." in answer.content.decode()
    monkeypatch.undo()
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', answer.content.decode())
    assert client.post("/search/missing/", {"words": "volcano", "ticket": ticket}).status_code == 302


def test_nobody_is_thanked_for_what_a_full_list_did_not_take(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(service, "MOST_A_DAY", 0)
    ticket = ticket_of(client)
    for _press in range(2):
        answer = client.post("/search/missing/", {"words": "volcano", "ticket": ticket})
        assert answer.status_code == 503
        assert "volcano" in answer.content.decode()
    monkeypatch.undo()
    assert client.post("/search/missing/", {"words": "volcano", "ticket": ticket}).status_code == 302
    assert WantedSearch.objects.get().count == 1


def test_what_says_that_a_form_was_sent_goes_when_the_form_is_too_old_to_be_sent(client: Client) -> None:
    service.tell_wanted(words="volcano", ticket="old")
    WantedTicket.objects.update(sent_at=timezone.now() - datetime.timedelta(hours=25))
    service.tell_wanted(words="zebra", ticket="new")
    assert WantedTicket.objects.count() == 1


def test_a_program_is_thanked_and_not_counted(client: Client) -> None:
    assert tell(client, "/search/missing/?q=volcano", homepage="https://x.example").status_code == 302
    client.post("/search/missing/", {"words": "volcano", "ticket": ticket_of(client)})
    client.post("/search/missing/", {"words": "volcano", "ticket": "made-up"})
    assert WantedSearch.objects.get().count == 1


def test_the_list_takes_only_so_many_different_searches_a_day(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(service, "MOST_A_DAY", 2)
    for words in ("one thing", "two things", "three things", "two things"):
        tell(client, "/search/missing/", words=words)
    assert sorted(WantedSearch.objects.values_list("words", "count")) == [("one thing", 1), ("two things", 2)]


def test_coordinators_see_the_list_grouped_and_mark_what_is_done(client: Client) -> None:
    coordinator = member(Role.COORDINATOR, DistrictFactory())
    sync_all()
    for day in (datetime.date(2026, 11, 1), datetime.date(2026, 11, 2)):
        service.tell_wanted(
            words="volcano opera", filters="grade=06", filters_words="Grade: Grade 6", day=day
        )
    service.tell_wanted(words="zebra")
    client.force_login(coordinator)
    assert "/admin/wanted/" in client.get("/admin/").content.decode()  # in the menu
    html = client.get("/admin/wanted/").content.decode()
    assert html.index("volcano opera") < html.index("zebra")
    assert "Grade: Grade 6" in html
    assert "Nov 1, 2026 – Nov 2, 2026" in html  # the list is kept for years
    assert "/search/?q=volcano%20opera&amp;grade=06" in html
    assert "Which standards have no resource is on the page of each framework" in html
    client.post("/admin/wanted/", {"words": "volcano opera", "filters": "grade=06"})
    html = client.get("/admin/wanted/").content.decode()
    assert "volcano opera" not in html
    assert "volcano opera" in client.get("/admin/wanted/?done=1").content.decode()
    service.tell_wanted(words="volcano opera", filters="grade=06")
    assert "volcano opera" in client.get("/admin/wanted/").content.decode()


def test_what_was_taken_off_by_mistake_is_put_back_with_what_was_told_since(client: Client) -> None:
    """“Done” is one press, and takes it off for the coordinators of all districts."""
    sync_all()
    client.force_login(member(Role.COORDINATOR, DistrictFactory()))
    sync_all()
    days = (datetime.date(2026, 11, 1), datetime.date(2026, 11, 2))
    for day in (*days, days[1]):
        service.tell_wanted(words="volcano opera", day=day)
    service.tell_wanted(words="zebra")
    Page.open(client, "/admin/wanted/").press("Done volcano opera")
    service.tell_wanted(words="volcano opera", day=days[1])
    late = Page.open(client, "/admin/wanted/?done=1")
    again = Page(
        client, client.post("/admin/wanted/?done=1", {"words": "volcano opera", "put-back": "1"}, follow=True)
    )
    assert "It is on the list again." in again.html.text_content()
    assert "Nothing is done yet." in again.text
    assert "volcano opera 4 times Nov 1, 2026 – Nov 2, 2026" in Page.open(client, "/admin/wanted/").text
    assert "It is on the list already" in late.press("Put it back").html.text_content()


def test_reviewers_and_teachers_do_not_see_the_list(client: Client) -> None:
    district = DistrictFactory()
    for role in (Role.REVIEWER, Role.TEACHER):
        user = member(role, district)
        sync_all()
        client.force_login(user)
        assert client.get("/admin/wanted/").status_code in (302, 403)
        assert "/admin/wanted/" not in client.get("/admin/", follow=True).content.decode()
        assert client.get("/admin/synonyms/").status_code in (302, 403)


def test_coordinators_keep_synonyms(client: Client) -> None:
    coordinator = member(Role.COORDINATOR, DistrictFactory())
    sync_all()
    client.force_login(coordinator)
    answer = client.post(
        "/admin/synonyms/new/", {"term": "PBL", "means": "project-based  learning; projects"}
    )
    assert answer.status_code == 302, answer.content
    assert "project-based learning, projects" in client.get("/admin/synonyms/").content.decode()
    for term, means in (("PBL", "pbl"), ("game", "game, Games"), ("choice board", "choice-boards")):
        answer = client.post("/admin/synonyms/new/", {"term": term, "means": means})
        assert "Name at least one other word" in answer.content.decode()
