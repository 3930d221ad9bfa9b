"""What a saved search finds only now: published before, and aligned, opened or changed since."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from repository.models import ResourcePage
from search.saved import alerts
from search.saved_search import SavedSearch
from tests.factories import DistrictFactory, ItemFactory, resource
from tests.repository.pages import Page
from tests.search.keeping import entries, keep

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def save(browser, query: str, **fields: Any) -> SavedSearch:
    """As a teacher does, two days ago."""
    Page.open(browser, f"/search/saved/new/?{query}").press("Save", **fields)
    two_days(SavedSearch.objects.get())
    return SavedSearch.objects.get()


def two_days(saved: SavedSearch) -> None:
    """Pass."""
    earlier = {
        name: getattr(saved, name) - timedelta(days=2) for name in ("looked_at", "told_until", "created_at")
    }
    SavedSearch.objects.filter(pk=saved.pk).update(**earlier)
    long_ago = timezone.now() - timedelta(days=90)
    ResourcePage.objects.update(first_published_at=long_ago)


def publish(page: ResourcePage, **changes: object) -> None:
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def letters() -> list[str]:
    call_command("search_alerts")
    told = [str(letter.body) for letter in mail.outbox]
    mail.outbox.clear()
    for saved in SavedSearch.objects.all():
        two_days(saved)
    return told


def test_a_lesson_that_is_aligned_later_is_told_of(browser, teacher, district, follow):
    item = ItemFactory(human_coding_scheme="6.RP.3")
    resource("Rates on the road", district=district, alignments=[{"item": item}])
    older = resource("Rates at the market", district=district)
    follow()
    saved = save(browser, f"standard={item.identifier}")
    assert letters() == []
    older.alignments.add(older.alignments.model(item=item))
    publish(older)
    ResourcePage.objects.update(first_published_at=timezone.now() - timedelta(days=90))
    follow()
    (letter,) = letters()
    assert "Rates at the market" in letter
    assert "Rates on the road" not in letter
    assert letters() == []
    assert entries(browser, f"/search/saved/{saved.feed_key}/feed/") == [
        "Rates at the market",
        "Rates on the road",
    ]


def test_a_lesson_that_is_opened_to_all_is_told_of(browser, teacher, follow):
    hidden = resource("Pizza of another district", district=DistrictFactory(), audience="district")
    follow()
    save(browser, "q=pizza")
    assert letters() == []
    publish(hidden, audience="public")
    follow()
    (letter,) = letters()
    assert "Pizza of another district" in letter


def test_of_more_than_can_be_kept_the_day_of_publication_tells(
    browser, teacher, district, follow, monkeypatch
):
    monkeypatch.setattr(alerts, "MOST_MATCHED", 1)
    for title in ("Pizza", "Pizza pie"):
        resource(title, district=district)
    older = resource("Rivers", district=district)
    follow()
    saved = save(browser, "q=pizza")
    assert saved.matched is None
    publish(older, title="Pizza by the river")
    ResourcePage.objects.update(first_published_at=timezone.now() - timedelta(days=90))
    new = resource("Pizza for five", district=district)
    follow()
    (letter,) = letters()
    assert new.title in letter
    assert "Pizza by the river" not in letter


def test_a_search_that_comes_to_find_more_than_can_be_kept_goes_on_by_the_day_of_publication(
    browser, teacher, district, follow, monkeypatch
):
    resource("Pizza", district=district)
    follow()
    assert save(browser, "q=pizza").matched
    monkeypatch.setattr(alerts, "MOST_MATCHED", 1)
    resource("Pizza for five", district=district)
    follow()
    (letter,) = letters()
    assert "Pizza for five" in letter


def test_of_more_than_can_be_kept_each_is_told_of_once(teacher, district, follow, monkeypatch):
    """The next look goes back a day further than the last one."""
    saved = keep(teacher)
    monkeypatch.setattr(alerts, "MOST_MATCHED", 0)
    resource("Sharing a pizza fairly", district=district)
    follow()
    call_command("search_alerts")
    assert len(mail.outbox) == 1
    SavedSearch.objects.filter(pk=saved.pk).update(looked_at=timezone.now() - timedelta(hours=21))
    call_command("search_alerts")
    assert len(mail.outbox) == 1


def test_a_letter_that_does_not_list_all_says_so_and_only_then(teacher, district, follow, monkeypatch):
    monkeypatch.setattr(alerts, "MOST_NEW", 1)
    for title, listed_all in (("Pizza", True), ("Pizza pie", False)):
        SavedSearch.objects.all().delete()
        keep(teacher)
        resource(title, district=district)
        follow()
        call_command("search_alerts")
        letter = mail.outbox.pop()
        more = f"… and more, newest first: {settings.WAGTAILADMIN_BASE_URL}/search/?q=pizza&sort=newest"
        assert (more not in str(letter.body)) == listed_all
        assert letter.subject.startswith("1 new resource " if listed_all else "More than 1 new ")


def test_what_reached_the_index_after_the_look_by_the_day_it_was_published_is_told_of(
    teacher, district, follow
):
    """As while the worker was away: it is of the day before the last look, when what matched was not known."""
    saved = keep(teacher)
    late = resource("Sharing a pizza fairly", district=district)
    older = resource("Pizza of last month", district=district)
    for page, days in ((late, 2.5), (older, 30)):
        published = timezone.now() - timedelta(days=days)
        ResourcePage.objects.filter(pk=page.pk).update(first_published_at=published)
    SavedSearch.objects.filter(pk=saved.pk).update(created_at=timezone.now() - timedelta(days=60))
    follow()
    call_command("search_alerts")
    (letter,) = mail.outbox
    assert "Sharing a pizza fairly" in letter.body
    assert "Pizza of last month" not in letter.body


def test_who_wants_mails_again_is_not_told_of_what_came_meanwhile(browser, teacher, district, follow):
    saved = save(browser, "q=pizza", mail="never")
    resource("Sharing a pizza fairly", district=district)
    follow()
    assert letters() == []
    Page.open(browser, f"/search/saved/{saved.key}/").press("Save", mail="daily")
    SavedSearch.objects.update(looked_at=timezone.now() - timedelta(days=2))
    assert letters() == []


def test_who_gives_a_search_another_name_misses_nothing(browser, teacher, district, follow):
    saved = save(browser, "q=pizza")
    resource("Sharing a pizza fairly", district=district)
    follow()
    Page.open(browser, f"/search/saved/{saved.key}/").press("Save", name="Fractions")
    SavedSearch.objects.update(looked_at=timezone.now() - timedelta(days=2))
    (letter,) = letters()
    assert "Sharing a pizza fairly" in letter


def test_a_look_that_was_cut_short_is_no_look_at_all(browser, teacher, district, follow, monkeypatch):
    """Or what it left out would be news the next time."""
    resource("Sharing a pizza fairly", district=district)
    follow()
    monkeypatch.setattr("search.saved.newest.was_cut_short", lambda answer: True)
    assert save(browser, "q=pizza").matched is None


def test_with_the_engine_away_a_search_is_saved_all_the_same(browser, teacher, settings):
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert save(browser, "q=pizza").matched is None
