"""Whether a source is what was imported last, and what is stored came of it: then it is neither parsed nor planned."""

import hashlib
from functools import cache
from pathlib import Path

from django.db import connection

from importers.journal import SCOPES
from importers.models import FrameworkImport
from importers.payload import Payload, Validators
from importers.plan import Plan
from importers.problems import Problem
from importers.sources import NotModified, fetch
from standards.models import Framework

_DONE = [FrameworkImport.State.APPLIED, FrameworkImport.State.UNCHANGED]


class Unchanged(Exception):
    """The source has not changed since `record`, the last import of its framework."""

    def __init__(self, record: FrameworkImport) -> None:
        self.record = record


def fetch_if_changed(url: str) -> Payload:
    """What `url` answers. Raises Unchanged if that is what its framework holds already."""
    known = last_import(url)
    if known is None:
        return fetch(url)
    try:
        payload = fetch(url, Validators(known.etag, known.last_modified))
    except NotModified:
        raise Unchanged(known) from None
    if payload.checksum == known.checksum:
        raise Unchanged(known)
    return payload


def last_import(url: str) -> FrameworkImport | None:
    """The import of `url` that a framework stands at. None if anything was imported or undone there since.

    None, too, if the address brought several frameworks: one of them may have gone its own way.
    """
    found = FrameworkImport.objects.filter(source_url=url, state__in=_DONE, framework__isnull=False)
    frameworks = set(found.order_by().values_list("framework", flat=True))
    if len(frameworks) != 1:
        return None
    runs = FrameworkImport.objects.filter(framework=frameworks.pop(), state__in=_DONE)
    last = runs.select_related("framework__owner").defer("payload", "journal", "plan").order_by("-pk").first()
    return last if last is not None and last.source_url == url and last.undoes_id is None else None


def unchanged_plan(record: FrameworkImport) -> Plan:
    """The plan that changes nothing."""
    framework = record.framework
    if framework is None:
        raise ValueError("The import has no framework.")
    items = framework.items.filter(withdrawn=False).count()
    return Plan(
        identifier=framework.identifier,
        title=framework.title,
        format=record.format,
        is_new=False,
        unchanged=items,
        associations=framework.associations.filter(withdrawn=False).count(),
        stored_items=items,
        warnings=tuple(
            Problem(said["severity"], said["path"], said["rule"], said["message"]) for said in record.warnings
        ),
    )


def same_again(payload: Payload) -> FrameworkImport | None:
    """The import of these very bytes whose outcome is what is stored still, so that they would change nothing.

    None, so that they are read and compared, if any row of the framework was written since, by whomever; if the
    program reads or derives otherwise by now; if a statement may end by itself one day; and for tables, whose columns
    somebody may have corrected since.
    """
    runs = FrameworkImport.objects.filter(checksum=payload.checksum, state__in=_DONE, framework__isnull=False)
    found = list(runs.exclude(stored_state="").defer("payload", "journal", "plan").order_by("-pk")[:20])
    if len({record.framework_id for record in found}) != 1:
        return None
    record, framework = found[0], found[0].framework
    if framework is None or record.columns or record.stored_state != stored_state(framework):
        return None
    waiting = framework.items.filter(retired_at=None).exclude(status_end_date="")
    return None if waiting.exists() else record


def stored_state(framework: Framework) -> str:
    """Stands for the rows of a framework as they are, and for the program that wrote them.

    Each row counts with its place on the disk and the transaction that wrote it last, so that no write passes unseen.
    """
    counts = " UNION ALL ".join(
        f"SELECT count(*), sum(hashtextextended(ctid::text || xmin::text, id)) FROM {model._meta.db_table} WHERE {scope}"  # noqa: S608 names of our own tables
        for model, scope in SCOPES.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(counts, {"framework": framework.pk})
        rows = cursor.fetchall()
    return hashlib.sha256(f"{_program()} {rows}".encode()).hexdigest()


@cache
def _program() -> str:
    """A checksum of the code that reads, plans and writes: another version may make something else of the same bytes."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for package in ("importers", "standards"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
