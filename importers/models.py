"""The record of every import: what came, what it would change, what was done, and by whom."""

import zlib
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from repository.models import Alignment, Audience, ResourcePage
from standards.models import Framework


class ImportRecord(models.Model):
    """One run, of whatever is imported.

    From the admin it waits between plan and apply for a person; from the command line it is done at once.

    `plan` is the plan as JSON, as a person reads it; `payload` the source's bytes, so that an import can be looked at
    and repeated.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        READING = "reading", _("Being read")
        PLANNED = "planned", _("Ready to apply")
        QUEUED = "queued", _("Waiting to be applied")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        UNCHANGED = "unchanged", _("Nothing to change")
        CHOOSING = "choosing", _("Documents to choose")
        REFUSED = "refused", _("Refused")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Undone")
        BROKEN = "broken", _("Broken off")

    source = models.TextField(_("source"), help_text=_("The file’s name or the address."))
    source_url = models.TextField(blank=True)
    format = models.CharField(_("format"), max_length=40, blank=True)
    checksum = models.CharField(max_length=64, blank=True, db_index=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    payload = models.BinaryField(blank=True, default=b"")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    message = models.TextField(blank=True, help_text=_("Why it was refused."))
    counts = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    plan = models.JSONField(default=dict, blank=True)
    # What is being done now, and how much of how many is done.
    stage = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_running(self) -> bool:
        return self.state in WAITING | AT_WORK

    @property
    def state_in_words(self) -> str:
        return str(self.get_state_display())

    @classmethod
    def being_undone(cls, keys: Collection[int]) -> set[int]:
        """Those of the runs at work (by key) that are not done but undone."""
        return set()

    def keep_payload(self, data: bytes) -> None:
        # The first level takes a third of the time of the default one, for a tenth more space.
        self.payload = zlib.compress(data, 1)
        self.size = len(data)

    def store_payload(self, packed: bytes) -> None:
        """Writes a packed payload into the saved record: by a parameter, not as text within the statement."""
        with connection.cursor(), psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(
                f"UPDATE {self._meta.db_table} SET payload = %b WHERE id = %s",  # noqa: S608 our own table
                [packed, self.pk],
            )
        self.payload = packed

    def read_payload(self) -> bytes:
        return zlib.decompress(bytes(self.payload))


class FrameworkImport(ImportRecord):
    """One run of a framework's import. `plan` is what `importers.plan_json` writes.

    `journal` is what it changed (`importers.journal`), so that it can be undone. An undo is a run too: `undoes` says
    of what.
    """

    framework = models.ForeignKey(
        Framework,
        verbose_name=_("framework"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imports",
    )
    title = models.TextField(_("framework’s title"), blank=True)
    journal = models.BinaryField(blank=True, default=b"")
    undoes = models.ForeignKey(
        "self",
        verbose_name=_("undoes"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="undone_by",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="framework_imports",
    )
    owner = models.ForeignKey(
        Organisation,
        verbose_name=_("kept by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Whose framework it becomes, if it is new."),
    )
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    allow_retire = models.BooleanField(_("many statements may be retired"), default=False)
    leads = models.BooleanField(_("what it says holds from now on"), default=False)
    # The format of the source that the framework follows in its place.
    led_by = models.CharField(max_length=40, blank=True)
    # What the columns of a table hold (header: field), for the next table with these headers.
    columns = models.JSONField(default=dict, blank=True)
    # What the rows of the framework were after it: see importers.freshness.stored_state.
    stored_state = models.CharField(max_length=64, blank=True)
    # What the server gave by which it tells, when asked again, whether its answer has changed.
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    # Of an address that was a server's, or of a file that holds several frameworks: what there is to choose
    # (importers.case_server.ListedDocument).
    documents = models.JSONField(default=list, blank=True)
    # Which framework of such a file it is, by the identifier of its document.
    part = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("framework import")
        verbose_name_plural = _("framework imports")

    def __str__(self) -> str:
        return f"{self.title or self.source} ({self.get_state_display()})"

    @property
    def state_in_words(self) -> str:
        """In lists an undo stands among imports, and is told from them."""
        return str(_OF_UNDOS.get(self.state, "")) if self.undoes_id else super().state_in_words


class RefreshSchedule(models.Model):
    """How often a framework is asked for at its source, and what becomes of a change: see `importers.refresh`."""

    class Every(models.TextChoices):
        OFF = "off", _("Never")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    framework = models.OneToOneField(Framework, on_delete=models.CASCADE, related_name="refresh_schedule")
    every = models.CharField(_("look for changes"), max_length=10, choices=Every, default=Every.OFF)
    by_itself = models.BooleanField(
        _("apply changes by itself"),
        default=False,
        help_text=_("Otherwise the plan is mailed to its administrators, and waits for one of them."),
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    # Why the last look failed. Mailed when it begins, not each time.
    failure = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.framework}: {self.get_every_display()}"

    @property
    def period(self) -> timedelta:
        days = {self.Every.DAILY: 1, self.Every.WEEKLY: 7, self.Every.MONTHLY: 30}
        return timedelta(days=days.get(self.Every(self.every), 0))


class UndoneByItself(ImportRecord):
    """A run whose undo is no run of its own: its record says when and by whom."""

    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source} ({self.get_state_display()})"


class ResourceImport(UndoneByItself):
    """One run of an import of resources into a district. `plan` is what `importers.resources.plan.full` writes."""

    district = models.ForeignKey(
        Organisation, verbose_name=_("district"), on_delete=models.CASCADE, related_name="resource_imports"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resource_imports",
    )
    # Empty: as before for what is known, everyone for what is new.
    audience = models.CharField(_("who may see them"), max_length=10, choices=Audience, blank=True)
    # Without it, a page that reviewers approved here stays as it is, whatever its source says now.
    replace_reviewed = models.BooleanField(_("replaces what reviewers approved"), default=False)
    # What those are taken for that say none: "kind" and "subject" by short name, "language" as a tag.
    defaults = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import of resources")
        verbose_name_plural = _("imports of resources")

    @classmethod
    def being_undone(cls, keys: Collection[int]) -> set[int]:
        return set(ResourceChange.objects.filter(run__in=keys).values_list("run", flat=True))


class AlignmentMove(UndoneByItself):
    """One move of resources from retired standards to those that take their place: no import, but a run as any.

    `source` says what was moved, in words; `plan` has the pairs of standards as they were seen; `payload` is, once it is
    done, what it changed (`repository.services.alignments.Journal`), so that it can be undone.
    """

    framework = models.ForeignKey(
        Framework,
        verbose_name=_("framework"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="moves",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("moved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Those that the resources it moved belong to: whoever looks after all of them may undo it.
    districts = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("move of resources")
        verbose_name_plural = _("moves of resources")

    @classmethod
    def being_undone(cls, keys: Collection[int]) -> set[int]:
        return set(cls.objects.filter(pk__in=keys, undone_by__isnull=False).values_list("pk", flat=True))


class ImportedResource(models.Model):
    """What a source said of a resource when it was last imported: whole, so that nothing is lost, and as fields.

    `fields` are those of the page, with vocabularies by short name; `alignments` are as the source gives them.
    `names` are identifiers and addresses, the first one is `key`. `page` is empty once somebody deleted it here.
    `revision_id` is the revision that the import wrote: if it is no longer the latest, somebody edited the page since.
    """

    district = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="imported_resources")
    page = models.OneToOneField(
        ResourcePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="imported"
    )
    key = models.CharField(max_length=1000)
    names = ArrayField(models.TextField(), default=list)
    source = models.TextField()
    revision_id = models.BigIntegerField(null=True, blank=True)
    raw = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    alignments = models.JSONField(default=list)
    # The importer's choices that it was imported with, this time or an earlier one: see ResourceImport.defaults.
    defaults = models.JSONField(default=dict, blank=True)
    last_import = models.ForeignKey(
        ResourceImport, null=True, blank=True, on_delete=models.SET_NULL, related_name="resources"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "key"], name="imported_resource_once_a_district")
        ]

    def __str__(self) -> str:
        return self.key


class ResourceChange(models.Model):
    """What one import did to one resource, so that it can be undone. `before` is empty for one that it added."""

    run = models.ForeignKey(ResourceImport, on_delete=models.CASCADE, related_name="changes")
    resource = models.ForeignKey(ImportedResource, on_delete=models.CASCADE, related_name="changes")
    revision_id = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "resource"], name="resource_change_once_a_run")]

    def __str__(self) -> str:
        return f"{self.resource} in {self.run}"


class WaitingAlignment(models.Model):
    """A tie to a standard that is not here yet, or not for certain: it is made when its framework arrives."""

    class Reason(models.TextChoices):
        UNKNOWN = "unknown", _("no such standard is here")
        AMBIGUOUS = "ambiguous", _("several standards are called so")
        OTHER_FRAMEWORK = "other-framework", _("only another framework has such a code")

    resource = models.ForeignKey(ImportedResource, on_delete=models.CASCADE, related_name="waiting")
    relation = models.CharField(max_length=20, choices=Alignment.Relation)
    target_url = models.TextField(blank=True)
    target_name = models.TextField(blank=True)
    framework = models.TextField(blank=True)
    description = models.TextField(blank=True)
    reason = models.CharField(max_length=20, choices=Reason)

    def __str__(self) -> str:
        return self.target_name or self.target_url


_State = ImportRecord.State
_OF_UNDOS: dict[str, Any] = {
    _State.WAITING: _("Undo: waiting"),
    _State.READING: _("Undo: being planned"),
    _State.PLANNED: _("Undo: ready"),
    _State.QUEUED: _("Undo: waiting"),
    _State.APPLYING: _("Being undone"),
    _State.APPLIED: _("Undo: done"),
    _State.UNCHANGED: _("Undo: nothing to change"),
    _State.REFUSED: _("Undo: refused"),
    _State.DISCARDED: _("Undo: discarded"),
    _State.UNDONE: _("Undo: taken back"),
    _State.BROKEN: _("Undo: broken off"),
}
HEAVY = ("payload", "journal")
"""Columns of megabytes, which no page needs."""
WAITING: set[Any] = {ImportRecord.State.WAITING, ImportRecord.State.QUEUED}
AT_WORK: set[Any] = {ImportRecord.State.READING, ImportRecord.State.APPLYING}
"""A process holds a lock as long as a record says so, see `importers.progress`."""
