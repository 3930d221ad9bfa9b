"""What the index has yet to hear of, and where it lives. The index itself is OpenSearch's."""

import re

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Now

from search.kept import PromotedResource, Promotion, RankingSettings, StatementVector, VersionGroup
from search.saved_search import SavedSearch

__all__ = [
    "IndexTarget",
    "OutboxEntry",
    "PromotedResource",
    "Promotion",
    "RankingSettings",
    "SavedSearch",
    "StatementVector",
    "VersionGroup",
    "names_of_ours",
    "next_version",
    "raise_version",
]


class OutboxEntry(models.Model):
    """A page whose search document must be written again.

    Written in the transaction that changes the page, so that it is there exactly when the change is. Deleted when
    every index that is written to (`IndexTarget`) has taken the document.
    """

    page_id = models.BigIntegerField()
    # The database's clock, which every web process and worker shares.
    created_at = models.DateTimeField(db_default=Now())
    # After a document was refused: how often, when to try again, and what the engine said.
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="outbox_due"),
            models.Index(fields=["page_id"], name="outbox_page"),
        ]

    def __str__(self) -> str:
        return f"page {self.page_id}"


def names_of_ours() -> str:
    """A regular expression: what the indexes of this deployment are called. The newer of two has the greater name."""
    return rf"^{re.escape(settings.OPENSEARCH_PREFIX)}-[0-9]{{14}}-[0-9a-f]{{6}}$"


class IndexTargetQuerySet(models.QuerySet["IndexTarget"]):
    def ours(self) -> "IndexTargetQuerySet":
        """Those of this deployment. A copy of another one's database names that one's indexes, which are none of ours."""
        return self.filter(name__regex=names_of_ours())

    def written(self) -> list["IndexTarget"]:
        """The indexes that take every write, the newest last."""
        return list(self.ours().filter(takes_writes=True))

    def fingerprints_before(self, fingerprint: str) -> list[str]:
        """Of all programs that made the indexes there are and those before them, other than the one of this fingerprint."""
        before = {one for target in self.ours() for one in (target.fingerprint, *target.replaced)}
        return sorted(before - {fingerprint, ""})


class IndexTarget(models.Model):
    """An index that this database has made.

    The row is there before the index is and goes after it, so that whatever a killed rebuild leaves has a name here.
    takes_writes: the one behind the alias and, during a rebuild, the one being filled. fingerprint: the mapping that it
    was made with; replaced: those that indexes before it were made with, so that a program knows when it is the older one.
    """

    name = models.CharField(max_length=200, unique=True)
    takes_writes = models.BooleanField(default=True)
    fingerprint = models.CharField(max_length=16, blank=True)
    # A default of the database's: the program before, which may still run, knows nothing of it.
    replaced = ArrayField(models.CharField(max_length=16), default=list, db_default=[], blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = IndexTargetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


def next_version() -> int:
    """A number greater than all drawn before it.

    Drawn before the rows are read, it makes the engine refuse a document that is older than the one it has.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('search_version')")
        row: tuple[int] = cursor.fetchone()
    return row[0]


def raise_version(seen: int) -> bool:
    """Have all numbers drawn from now on be greater than one that an index holds; whether they were not so already.

    They are, unless the database was restored, or lost its last seconds when another server took over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('search_version', %s) FROM search_version WHERE last_value < %s", [seen, seen]
        )
        return cursor.fetchone() is not None
