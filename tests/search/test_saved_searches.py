"""Searches that a teacher keeps: saved from any view, told of by mail and feed, ended with one click."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from people.models import Role
from search.saved_search import SavedSearch
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    ItemFactory,
    SubjectFactory,
    UserFactory,
    member,
    resource,
)
from tests.repository.pages import Page
from tests.search.keeping import addresses, entries, keep
from tests.waiting import elsewhere

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_any_view_is_saved_under_a_name_made_of_what_it_looks_for(browser, teacher, index):
    SubjectFactory(slug="mathematics", label="Mathematics")
    page = Page.open(browser, "/search/?q=pizza&subject=mathematics&page=3")
    (link,) = page.html.xpath("//a[contains(., 'Save this search')]/@href")
    page = Page.open(browser, link)
    assert page.value("name") == "“pizza”, Mathematics"
    page = page.press("Save", mail="weekly")
    assert "Saved: “pizza”, Mathematics" in page.notices
    saved = SavedSearch.objects.get()
    assert (saved.user, saved.mail) == (teacher, "weekly")
    assert saved.get_absolute_url() == "/search/?q=pizza&subject=mathematics"
    assert "at most once a week" in page.text


def test_a_view_with_equivalents_is_kept_as_it_is_and_says_what_it_tells_of(
    browser, teacher, district, follow
):
    mine, theirs = ItemFactory(human_coding_scheme="M.6.RP.2"), ItemFactory(human_coding_scheme="6.RP.A.2")
    AssociationFactory(
        framework=mine.framework, origin=mine, association_type="exactMatchOf", destination=theirs
    )
    resource("Rates at the market", district=district, alignments=[{"item": mine}])
    resource("Rates on the road", district=district, alignments=[{"item": theirs}])
    follow()
    page = Page.open(browser, f"/search/?standard={mine.identifier}&related=1")
    (link,) = page.html.xpath("//a[contains(., 'Save this search')]/@href")
    (feed,) = page.html.xpath("//a[contains(., 'Feed')]/@href")
    page = Page.open(browser, link)
    assert "not of those for their equivalents" in page.text
    page.press("Save", name="Rates")
    saved = SavedSearch.objects.get()
    page = Page.open(browser, saved.get_absolute_url())
    assert "Rates at the market" in page.text
    assert "Rates on the road" in page.text
    for address in (feed, f"/search/saved/{saved.feed_key}/feed/"):
        assert entries(browser, address) == ["Rates at the market"]
        assert "those for their equivalents are on the page alone" in browser.get(address).content.decode()
    before = timezone.now() - timedelta(days=2)
    SavedSearch.objects.update(created_at=before, looked_at=before, told_until=before, matched=[])
    call_command("search_alerts")
    assert "Rates at the market" in mail.outbox[0].body
    assert "Rates on the road" not in mail.outbox[0].body


def test_what_a_saved_search_tells_of_is_said_only_where_it_matters(browser, teacher, index):
    assert (
        "all of one or two, three quarters of more" in Page.open(browser, "/search/saved/new/?q=pizza").text
    )
    page = Page.open(browser, "/search/saved/new/?sort=newest")
    assert "three quarters" not in page.text
    assert "equivalents" not in page.text


def test_saving_the_same_search_again_opens_the_one_that_is_kept(browser, teacher, index):
    keep(teacher)
    page = Page.open(browser, "/search/saved/new/?q=pizza").press("Save", name="Pizza and pie")
    assert SavedSearch.objects.get().name == "Pizza and pie"
    assert "Pizza and pie" in page.text


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_save_keeps_one(browser, teacher, index):
    together = threading.Barrier(2)
    answers = []

    def press() -> None:
        client = Client()
        client.force_login(teacher)
        together.wait(timeout=60)
        answers.append(client.post("/search/saved/new/?q=pizza", {"name": "Pizza", "mail": "daily"}))

    elsewhere(press, press)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert SavedSearch.objects.count() == 1


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, teacher, index):
    answer = client.get("/search/saved/new/?q=pizza")
    assert answer.status_code == 302
    assert "next=/search/saved/new/%3Fq%3Dpizza" in answer["Location"]


def test_what_is_not_understood_is_not_saved(browser, index):
    answer = browser.get("/search/saved/new/?subject=no-such-subject")
    assert answer.status_code == 400
    assert "no-such-subject" in answer.content.decode()


def test_a_mail_tells_of_what_is_new_and_only_once(teacher, district, follow):
    saved = keep(teacher)
    resource("Sharing a pizza fairly", summary="Halves and thirds", district=district)
    resource("Rivers", district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert letter.to == [teacher.email]
    assert letter.subject == "1 new resource for what you look for"
    assert "Sharing a pizza fairly" in letter.body
    assert "Rivers" not in letter.body
    assert "&" not in letter.body.split("http")[0]
    for due in (timezone.now() - timedelta(days=1), None):
        if due:
            SavedSearch.objects.filter(pk=saved.pk).update(looked_at=due)
        call_command("search_alerts")
    assert len(mail.outbox) == 1
    resource("Pizza with five friends", district=district)
    follow()
    SavedSearch.objects.filter(pk=saved.pk).update(looked_at=timezone.now() - timedelta(days=1))
    call_command("search_alerts")
    assert "Pizza with five friends" in mail.outbox[1].body
    assert "Sharing a pizza fairly" not in mail.outbox[1].body


def test_several_searches_of_one_person_come_in_one_mail(teacher, district, follow):
    keep(teacher)
    keep(teacher, query="q=rivers")
    keep(teacher, query="q=fairly")
    resource("Sharing a pizza fairly", district=district)
    resource("Rivers", district=district)
    follow()
    call_command("search_alerts")
    assert [letter.subject for letter in mail.outbox] == ["2 new resources for what you look for"]
    assert mail.outbox[0].body.count("Sharing a pizza fairly") == 2


def test_nobody_is_told_of_what_he_may_not_see(teacher, follow):
    keep(teacher)
    keep(UserFactory(), query="q=pizza")
    resource("Pizza of another district", district=DistrictFactory(), audience="district")
    follow()
    call_command("search_alerts")
    assert mail.outbox == []


def test_what_was_there_before_is_not_new(teacher, district, follow):
    resource("Sharing a pizza fairly", district=district)
    follow()
    SavedSearch.objects.create(
        user=teacher, name="Pizza", query="q=pizza", looked_at=timezone.now() - timedelta(days=2)
    )
    call_command("search_alerts")
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("fields", "active"), [({"mail": "never"}, True), ({"mail": "weekly"}, True), ({"mail": "daily"}, False)]
)
def test_no_mail_to_who_wants_none_yet_or_has_left(teacher, district, follow, fields, active):
    keep(teacher, **fields)
    teacher.is_active = active
    teacher.save()
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    assert mail.outbox == []


def test_near_spellings_are_no_news(teacher, district, follow):
    keep(teacher, query="q=piza")
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    assert mail.outbox == []


def test_a_resource_with_some_of_the_words_is_no_news(client, teacher, district, follow):
    saved = keep(teacher, query="q=welding+internship")
    for title in ["Welding in a shop", "Internship at the bank", "A welding internship at the shipyard"]:
        resource(title, district=district)
    follow()
    assert "Welding in a shop" in Page.open(client, "/search/?q=welding+internship").text
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert letter.subject == "1 new resource for what you look for"
    assert "A welding internship at the shipyard" in letter.body
    for feed in (f"/search/saved/{saved.feed_key}/feed/", "/search/feed/?q=welding+internship"):
        assert entries(client, feed) == ["A welding internship at the shipyard"]


def test_of_a_sentence_three_quarters_of_the_words_make_news(teacher, district, follow):
    sentence = "students compare unit prices of groceries at two stores"
    keep(teacher, query=f"q={sentence.replace(' ', '+')}")
    resource("Groceries", summary="Students compare unit prices in stores", district=district)
    resource("Students at stores", summary="Groceries", district=district)
    resource("Rivers", district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert "compare unit prices in stores" in letter.body
    assert "Students at stores" not in letter.body
    assert "Rivers" not in letter.body


def test_a_grade_that_the_query_says_is_never_put_aside(teacher, district, follow):
    keep(teacher, query="q=pizza+5th+grade")
    resource("Sharing a pizza fairly", district=district, grades=["03"])
    follow()
    call_command("search_alerts")
    assert mail.outbox == []


def test_of_nearly_the_same_resources_each_is_told_of(client, teacher, district, follow):
    """The page shows them as one row; whoever makes the second is somebody else, and it may be the better one."""
    saved = keep(teacher)
    other = DistrictFactory(name="Harbor Point")
    steps = "fold the pizza into three equal parts and say which part a friend gets before it is eaten"
    for maker in (district, other):
        resource("Pizza trail", district=maker, body=[{"type": "text", "value": steps}])
    follow()
    assert "2 versions" in Page.open(client, "/search/?q=pizza").text
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert letter.subject == "2 new resources for what you look for"
    assert letter.body.count("* Pizza trail") == 2
    assert "* Pizza trail, Harbor Point" in letter.body
    assert entries(client, f"/search/saved/{saved.feed_key}/feed/") == ["Pizza trail", "Pizza trail"]


def test_the_owner_of_a_search_that_is_no_longer_understood_is_told_so_once_and_of_nothing_else(
    browser, teacher, district, follow
):
    saved = keep(teacher, query="q=pizza&subject=gone")
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert letter.subject == "A search that you keep can no longer be looked at"
    assert "Part of this search is gone" in letter.body
    assert "So this is the last mail about it." in letter.body
    assert "something new" not in letter.body
    assert "Sharing a pizza fairly" not in letter.body
    SavedSearch.objects.update(looked_at=timezone.now() - timedelta(days=8))
    call_command("search_alerts")
    assert len(mail.outbox) == 1
    assert "No mail" in Page.open(browser, "/search/saved/").text
    assert "“gone”" in Page.open(browser, f"/search/saved/{saved.key}/").text


def test_one_mail_tells_of_what_is_new_and_of_a_search_that_is_no_longer_understood(
    teacher, district, follow
):
    keep(teacher)
    keep(teacher, query="q=pizza&subject=gone")
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert letter.subject == "1 new resource for what you look for"
    assert letter.body.count("Sharing a pizza fairly") == 1
    assert letter.body.count("Part of this search is gone") == 1


def test_while_the_engine_is_away_nobody_is_marked_as_told(teacher, settings):
    saved = keep(teacher)
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="told the next time"):
        call_command("search_alerts")
    assert SavedSearch.objects.get().looked_at == saved.looked_at


def test_a_mail_that_cannot_leave_is_sent_the_next_time(teacher, district, follow, settings):
    keep(teacher)
    resource("Sharing a pizza fairly", district=district)
    follow()
    settings.EMAIL_BACKEND = "tests.search.test_saved_searches.Broken"
    call_command("search_alerts")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("search_alerts")
    assert len(mail.outbox) == 1


class Broken(BaseEmailBackend):
    """A mail server that refuses."""

    def send_messages(self, messages) -> int:
        raise OSError("refused")


def test_one_click_ends_the_mails_and_looking_the_link_up_does_not(client, teacher, district, follow):
    saved = keep(teacher)
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    (link,) = [url for url in addresses(str(mail.outbox[0].body)) if url.endswith(f"{saved.key}/stop/")]
    path = link.replace("http://127.0.0.1:8000", "")
    page = Page.open(client, path)
    assert SavedSearch.objects.get().mail == "daily"
    page = page.press("No more mail about Pizza")
    assert "You get no more mail about this" in page.text
    assert SavedSearch.objects.get().mail == "never"


def test_the_link_of_an_old_mail_says_that_nothing_more_will_come(client, teacher):
    saved = keep(teacher)
    path = f"/search/saved/{saved.key}/stop/"
    saved.delete()
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert "no longer saved, so nothing more will come" in answer.content.decode()


def test_a_mail_programs_own_button_ends_all_mails(teacher, district, follow):
    keep(teacher)
    keep(teacher, query="q=rivers")
    others = keep(UserFactory())
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    letter = next(one for one in mail.outbox if one.to == [teacher.email])
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter.extra_headers["List-Unsubscribe"].strip("<>").replace("http://127.0.0.1:8000", "")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(SavedSearch.objects.exclude(pk=others.pk).values_list("mail", flat=True)) == {"never"}
    assert SavedSearch.objects.get(pk=others.pk).mail == "daily"
    assert strict.post("/search/stop/made-up/").status_code == 404


def test_nobody_reaches_the_searches_of_others(browser, index):
    theirs = keep(UserFactory())
    assert browser.get(f"/search/saved/{theirs.key}/").status_code == 404
    assert browser.post(f"/search/saved/{theirs.key}/delete/").status_code == 404
    assert "Pizza" not in Page.open(browser, "/search/saved/").text


def test_a_saved_search_is_deleted(browser, teacher, index):
    known = keep(teacher)
    (address,) = Page.open(browser, "/search/saved/").html.xpath("//a[starts-with(., 'Delete')]/@href")
    asked = Page.open(browser, address)
    assert "Delete: Pizza" in asked.text
    assert SavedSearch.objects.exists()
    assert "Deleted: Pizza" in asked.press("Delete").notices
    # Pressed twice, or from a second tab.
    assert "That search is no longer saved." in asked.press("Delete").notices
    assert browser.get(f"/search/saved/{known.key}/feed/").status_code == 404


def test_who_keeps_as_many_as_there_is_room_for_is_told_to_delete_one(
    browser, teacher, district, index, monkeypatch
):
    monkeypatch.setattr("search.saved.views.MOST_SAVED", 1)
    theirs = keep(member(Role.TEACHER, district))
    Page.open(browser, "/search/saved/new/?q=pizza").press("Save", name="Pizza and pie")
    page = Page.open(browser, "/search/saved/new/?q=rivers")
    assert "You keep 1 searches, which is all there is room for. Delete one first." in page.notices
    assert SavedSearch.objects.get(user=teacher).query == "q=pizza"
    assert Page.open(browser, "/search/saved/new/?q=pizza").value("name") == "Pizza and pie"
    theirs.refresh_from_db()
    assert theirs.name == "Pizza"


def test_the_list_costs_the_same_however_long_it_is(browser, teacher, django_assert_max_num_queries):
    for n in range(12):
        keep(teacher, query=f"q=pizza+{n}")
    with django_assert_max_num_queries(6):
        browser.get("/search/saved/")
