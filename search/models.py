"""What the index has yet to hear of, and where it lives. The index itself is OpenSearch's."""

from django.db import connection, models
from django.db.models.functions import Now


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


class IndexTarget(models.Model):
    """An index that takes every write: the one behind the alias and, during a rebuild, the one being filled."""

    name = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(db_default=Now())

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
