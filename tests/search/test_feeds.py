"""Feeds: of any view, and of a saved search for whoever has its address."""

from html import unescape
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from lxml import etree

from search.saved_search import SavedSearch
from tests.factories import FrameworkFactory, ItemFactory, resource
from tests.repository.pages import Page
from tests.search.keeping import addresses, entries, keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_the_feed_and_the_page_of_a_search_that_is_no_longer_understood_say_why(
    client, browser, teacher, district, follow
):
    item = ItemFactory(framework=FrameworkFactory(short_name="OLD"), human_coding_scheme="6.RP.1")
    saved = keep(teacher, query=f"q=pizza&standard={item.identifier}")
    feed = f"/search/saved/{saved.feed_key}/feed/"
    resource("Sharing a pizza fairly", district=district)
    follow()
    assert entries(client, feed) == []
    item.delete()
    gone = "Nothing is told of any more: part of this search is gone"
    assert entries(client, feed) == [gone]
    assert f"“{item.identifier}”" in client.get(feed).content.decode()
    page = Page.open(browser, f"/search/saved/{saved.key}/")
    assert gone in page.text
    assert "Mails and the feed tell you" not in page.text


def test_a_search_whose_topic_is_gone_says_what_to_do_in_words_of_the_page(client, browser, teacher, index):
    """It listed short names, and how an address may name a topic."""
    saved = keep(teacher, query="q=pizza&topic=cooking")
    page = Page.open(browser, f"/search/saved/{saved.key}/")
    assert "Topic: “cooking” is not there, or no longer. Choose again among the filters." in page.text
    (opened,) = page.html.xpath("//main//a[.='Open the search']/@href")
    page = Page.open(browser, opened)
    assert "“Topic” was left out “cooking” is not there, or no longer." in page.text
    assert (
        "hort names" not in page.text + client.get(f"/search/saved/{saved.feed_key}/feed/").content.decode()
    )
    allowed = client.get("/api/v1/resources?topic=cooking").json()["detail"]
    assert "Short names of topics" in allowed


def test_a_bookmark_that_unfolds_a_topic_that_is_gone_is_the_same_search_without_a_word(client, index):
    assert "was left out" not in Page.open(client, "/search/?q=pizza&open=topic:cooking").text


def test_any_view_is_a_feed_of_its_newest(client, district, follow):
    resource("Pizza & pie", summary="Halves", district=district)
    resource("Pizza of the staff room", district=district, audience="district")
    follow()
    answer = client.get("/search/feed/?q=pizza")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = answer.content.decode()
    assert "Pizza &amp; pie" in feed
    assert "staff room" not in feed
    assert client.get("/search/feed/?subject=no-such").status_code == 404


def test_signs_that_a_feed_cannot_hold_take_nobody_the_feed(client, teacher, district, follow):
    """As a line break of slides, pasted into a title: one resource made the feeds that have it an error page."""
    teacher.name = "Rosa\x1fDelgado"
    teacher.save()
    resource("Pizza\x0bfor\x02all", summary="Halves\x0cand\ufffethirds", district=district, owner=teacher)
    follow()
    saved = keep(teacher, mail="never")
    SavedSearch.objects.update(name="Pizza\x08")
    for feed in ("/search/feed/?q=pizza", f"/search/saved/{saved.feed_key}/feed/"):
        read = etree.fromstring(client.get(feed).content)
        assert read.findtext("{*}entry/{*}title") == "Pizza for all"
        assert read.findtext("{*}entry/{*}summary") == "Halves and thirds"
    assert str(read.findtext("{*}title")).startswith("Pizza")


def test_no_shared_cache_keeps_what_the_owner_of_a_search_may_see(client, teacher, index):
    saved = keep(teacher)
    assert "private" in client.get(f"/search/saved/{saved.feed_key}/feed/").get("Cache-Control", "")


@pytest.mark.parametrize("query", ["", "?q=pizza&grade=06&page=2&utm_source=mail"])
def test_a_feed_names_itself_by_what_it_was_asked_for_and_the_page_names_it_to_programs(client, index, query):
    """Programs keep the address that the feed itself gives: without its search they would be told of everything."""
    shown = Page.open(client, f"/search/{query}")
    (named,) = shown.html.xpath("//head/link[@type='application/atom+xml']/@href")
    feed = etree.fromstring(client.get(f"/search/feed/{query}").content)
    (itself,) = [link.get("href", "") for link in feed.iterfind("{*}link") if link.get("rel") == "self"]
    assert urlsplit(itself)._replace(scheme="", netloc="").geturl() == named
    assert named == ("/search/feed/?q=pizza&grade=06" if query else "/search/feed/")


def test_signs_in_a_summary_are_read_as_they_are(client, district, follow):
    resource("Pizza", summary="Halves where x<y & more", district=district)
    follow()
    feed = etree.fromstring(client.get("/search/feed/?q=pizza").content)
    (summary,) = feed.iterfind("{*}entry/{*}summary")
    assert summary.get("type") == "html"
    assert unescape(summary.text or "") == "Halves where x<y & more"
    assert "<" not in (summary.text or "")


def test_the_feed_of_a_saved_search_holds_what_its_owner_may_see(client, teacher, district, follow):
    saved = keep(teacher)
    resource("Pizza of the staff room", district=district, audience="district")
    follow()
    feed = client.get(f"/search/saved/{saved.feed_key}/feed/").content.decode()
    assert "Pizza of the staff room" in feed
    teacher.is_active = False
    teacher.save()
    assert client.get(f"/search/saved/{saved.feed_key}/feed/").status_code == 404


def test_nothing_in_a_mail_opens_the_feed_and_its_link_still_ends_the_mails(teacher, district, follow):
    """Who forwards a mail must not give away what only the district may see."""
    saved = keep(teacher)
    resource("Pizza of the staff room", district=district, audience="district")
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    text = f"{letter.body} {' '.join(letter.extra_headers.values())}"
    keys = {part for url in addresses(text) for part in urlsplit(url.rstrip(">")).path.split("/") if part}
    assert saved.key in keys
    stranger = Client(enforce_csrf_checks=True)
    assert {stranger.get(f"/search/saved/{key}/feed/").status_code for key in keys} == {404}
    (stop,) = [urlsplit(url).path for url in addresses(str(letter.body)) if saved.key in url]
    assert stranger.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert SavedSearch.objects.get().mail == "never"


def test_the_feeds_address_is_on_the_page_of_its_owner_and_ends_with_the_search(
    client, browser, teacher, index
):
    saved = keep(teacher)
    (feed,) = Page.open(browser, "/search/saved/").html.xpath("//a[contains(., 'Feed')]/@href")
    assert client.get(feed).status_code == 200
    assert saved.key not in feed
    assert client.post(f"/search/saved/{saved.feed_key}/stop/").status_code == 404
    assert client.get(feed.replace(saved.feed_key, f"{saved.feed_key[:-1]}~")).status_code == 404
    saved.delete()
    assert client.get(feed).status_code == 404


def test_a_feed_says_that_search_is_resting(client, settings):
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    answer = client.get("/search/feed/?q=pizza")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_a_feed_without_entries_is_not_dated_now(client, teacher, district, follow):
    """Programs go by the date: of one that is always now, they would fetch and show all as changed."""
    saved = keep(teacher)
    feed = f"/search/saved/{saved.feed_key}/feed/"
    empty = client.get(feed)
    assert f"<updated>{saved.created_at.isoformat()}</updated>" in empty.content.decode()
    assert client.get("/search/feed/?q=pizza")["Last-Modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    page = resource("Pizza", district=district)
    follow()
    dated = etree.fromstring(client.get(feed).content).findtext("{*}updated") or ""
    assert dated[:10] == page.first_published_at.date().isoformat()


def test_a_program_that_has_what_a_feed_says_is_not_sent_it_again(client, teacher, district, follow):
    saved = keep(teacher)
    resource("Pizza", district=district)
    follow()
    for feed in ("/search/feed/?q=pizza", f"/search/saved/{saved.feed_key}/feed/"):
        tag = client.get(feed)["ETag"]
        again = client.get(feed, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        resource(f"Pizza for {len(feed)}", district=district)
        follow()
        assert entries(client, feed) != []
        assert client.get(feed, headers={"If-None-Match": tag}).status_code == 200
    assert "private" in again["Cache-Control"]


def test_the_entry_that_a_feed_ends_with_has_a_date(client, teacher, index):
    saved = keep(teacher, query="subject=gone")
    (entry,) = etree.fromstring(client.get(f"/search/saved/{saved.feed_key}/feed/").content).iterfind(
        "{*}entry"
    )
    assert entry.findtext("{*}updated") == saved.looked_at.isoformat()


def test_a_feed_says_whose_it_is_since_its_last_entry_says_nothing_of_an_author(client, teacher, index):
    """Atom asks for an author of the feed where an entry has none (RFC 4287, 4.1.1)."""
    saved = keep(teacher, query="subject=gone")
    feed = etree.fromstring(client.get(f"/search/saved/{saved.feed_key}/feed/").content)
    assert feed.findtext("{*}entry/{*}author") is None
    assert feed.findtext("{*}author/{*}name") == settings.WAGTAIL_SITE_NAME


def test_a_feed_is_named_after_its_search_and_the_site(client, teacher, index):
    """A reader's list has the feeds of many sites."""
    saved = keep(teacher)
    for address, name in (
        (f"/search/saved/{saved.feed_key}/feed/", "Pizza"),
        ("/search/feed/?q=pizza", "“pizza”"),
    ):
        feed = etree.fromstring(client.get(address).content)
        assert feed.findtext("{*}title") == f"{name} · {settings.WAGTAIL_SITE_NAME}"
