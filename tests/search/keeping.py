"""Searches that are kept, for tests, and what is read of their mails and feeds."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from lxml import etree

from people.models import User
from search.saved_search import SavedSearch


def keep(teacher: User, query: str = "q=pizza", **fields: str) -> SavedSearch:
    """A search saved the day before yesterday, when nothing was there."""
    before = timezone.now() - timedelta(days=2)
    saved = SavedSearch.objects.create(user=teacher, name="Pizza", query=query, **fields)
    SavedSearch.objects.filter(pk=saved.pk).update(created_at=before, looked_at=before, told_until=before)
    saved.refresh_from_db()
    return saved


def entries(client: Client, feed: str) -> list[str]:
    """The titles of a feed's entries."""
    atom = etree.fromstring(client.get(feed).content)
    return [title.text or "" for title in atom.iterfind("{*}entry/{*}title")]


def addresses(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)
