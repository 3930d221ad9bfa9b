"""Imports a framework: read, check, plan, apply. The command line, the admin and the sample all come through here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from importers import journal as journals
from importers import plan_json, readers
from importers.apply import Options, apply
from importers.checks import make_checked_plan, owner_of_new, refuse_unless_allowed
from importers.draft import FrameworkDraft
from importers.freshness import Unchanged, fetch_if_changed, same_again, stored_state, unchanged_plan
from importers.models import FrameworkImport
from importers.naming import by_framework
from importers.payload import Payload, too_deep
from importers.plan import Plan, beside_statements, counts, guard
from importers.problems import ImportRefused
from importers.progress import Progress, silent
from importers.reconcile import prepare
from importers.sources import fetch, open_source
from importers.stored import Stored
from importers.structure import check
from importers.turns import refusing_database_errors, wait_for_turn
from importers.undo import Undo, apply_undo, plan_undo, settle
from importers.wrong_door import RESOURCES_HERE, holds_resources
from people.models import Organisation, User
from standards.models import Framework

State = FrameworkImport.State


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do. `framework` is None if nothing was written.

    `not_modified`: the source has not changed since it was imported, and was not read.
    """

    plan: Plan
    framework: Framework | None = None
    record: FrameworkImport | None = None
    not_modified: bool = False

    @property
    def short_name(self) -> str:
        return self.framework.short_name if self.framework else ""

    @property
    def number(self) -> int | None:
        """By which the run is named, to look at it or to undo it."""
        return self.record.pk if self.record else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says beside the source.

    `owner` keeps a new framework (None: the state); `user` is who asks, and must be allowed to, if given.
    `mapping` says what the columns of a table hold (header: one of `readers.columns.FIELDS`, "" for a column of its
    own); without it, the mapping of the owner's last table with the same headers holds, else the headers tell.
    `leads`: from now on this source says what the framework has, whichever did before. `again`: it is read and compared
    though it has not changed since it was imported.
    """

    user: User | None = None
    owner: Organisation | None = None
    short_name: str | None = None
    dry_run: bool = False
    allow_retire: bool = False
    format: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    leads: bool = False
    again: bool = False

    @property
    def asks_anew(self) -> bool:
        return bool(self.again or self.leads or self.mapping)


def import_framework(
    source: bytes | Path | str,
    *,
    user: User | None = None,
    owner: Organisation | None = None,
    short_name: str | None = None,
    dry_run: bool = False,
    allow_retire: bool = False,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    leads: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Imports the one framework in `source`: bytes, a path, an address, or `-` for standard input. The rest is `Choices`.

    Raises ImportRefused, with nothing written, for whatever cannot be imported.
    """
    choices = Choices(user, owner, short_name, dry_run, allow_retire, format, mapping or {}, leads)
    reports = import_frameworks(source, choices, progress=progress)
    if len(reports) > 1:
        raise ValueError("The source holds several frameworks: call import_frameworks.")
    return reports[0]


def import_frameworks(
    source: bytes | Path | str, choices: Choices | None = None, *, progress: Progress | None = None
) -> list[Report]:
    """All frameworks in `source`, one after another in one transaction: all of them, or none.

    An address whose answer has not changed since it was imported is not read, unless a choice asks for it.
    """
    choices = choices or Choices()
    tell = progress or silent
    tell("Reading the source", 0, 0)
    try:
        payload = open_source(source, fetch=fetch if choices.asks_anew else fetch_if_changed)
    except Unchanged as same:
        return [Report(unchanged_plan(same.record), same.record.framework, not_modified=True)]
    may_differ = choices.asks_anew or choices.format or choices.short_name
    if not may_differ and (last := same_again(payload)):
        return [_unchanged(last, payload, choices)]
    payload.mapping = choices.mapping
    payload.known_mappings = known_mappings(choices.owner)
    drafts = read(payload, choices.format)
    if choices.short_name and len(drafts) > 1:
        raise ImportRefused(
            "The file holds several frameworks: a short name fits only one.", rule="short-name"
        )
    reports = []
    with refusing_database_errors(), transaction.atomic():
        wait_for_turn(tell)
        for draft in by_framework([replace(draft, leads=choices.leads) for draft in drafts]):
            reports.append(_import(draft, payload, choices, tell))
        if choices.dry_run:
            transaction.set_rollback(True)
    return reports


def _unchanged(last: FrameworkImport, payload: Payload, choices: Choices) -> Report:
    """The report, and the record, of a source that was imported before and would change nothing."""
    plan, framework = unchanged_plan(last), last.framework
    if framework is None or choices.dry_run:
        return Report(plan, framework)
    refuse_unless_allowed(framework, choices.user)
    record = FrameworkImport(
        source=payload.name or "bytes",
        source_url=payload.url,
        user=choices.user,
        owner=choices.owner,
        stored_state=last.stored_state,
    )
    return Report(plan, framework, keep_record(record, payload, plan, framework))


def read(payload: Payload, format: str | None = None) -> list[FrameworkDraft]:
    """The checked drafts of a payload. Touches no database."""
    try:
        try:
            drafts = readers.read(payload, format)
        except ImportRefused:
            if holds_resources(payload):
                raise ImportRefused(RESOURCES_HERE, rule="resources") from None
            raise
        payload.forget()
        return [check(draft) for draft in drafts]
    except RecursionError:
        raise too_deep() from None


def known_mappings(owner: Organisation | None) -> list[dict[str, str]]:
    """How the columns of the tables that `owner` imported were understood, the last first."""
    is_state = owner is None or owner.kind == Organisation.Kind.STATE
    by_owner = Q(owner=None) | Q(owner__kind=Organisation.Kind.STATE) if is_state else Q(owner=owner)
    applied = FrameworkImport.objects.filter(by_owner, state__in=[State.APPLIED, State.UNCHANGED])
    return list(applied.exclude(columns={}).order_by("-pk").values_list("columns", flat=True)[:50])


def _import(draft: FrameworkDraft, payload: Payload, choices: Choices, tell: Progress) -> Report:
    tell("Comparing with what is stored", 0, 0)
    draft, stored = prepare(draft, choices.short_name)
    plan = make_checked_plan(draft, stored, choices.user)
    if choices.dry_run:
        return Report(plan, stored.framework)
    guard(plan, allow_retire=choices.allow_retire)
    owner = choices.owner
    if stored.framework is None and choices.user is not None:
        owner = owner_of_new(choices.user, owner)
    written = write(draft, stored, plan, Options(choices.short_name, owner, payload.url), tell)
    record = keep_record(
        FrameworkImport(
            source=payload.name or "bytes", source_url=payload.url, user=choices.user, owner=owner,
            short_name=choices.short_name or "", allow_retire=choices.allow_retire,
        ),
        payload, plan, written.framework, written, draft.columns,
    )  # fmt: skip
    return Report(plan, written.framework, record)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a planned draft: `journal` is what was changed, `aligned` as in `apply.Applied`."""

    framework: Framework
    journal: bytes
    aligned: int


def write(draft: FrameworkDraft, stored: Stored, plan: Plan, options: Options, tell: Progress) -> Written:
    """Applies a planned draft."""
    if plan.is_empty:
        applied = apply(draft, stored, options, tell)
        return Written(applied.framework, b"", applied.aligned)
    journals.begin(stored.framework)
    applied = apply(draft, stored, options, tell)
    is_new = stored.framework is None
    journal = journals.finish(applied.framework, is_new=is_new, tied=applied.tied)
    return Written(applied.framework, journal, applied.aligned)


def undo_import(
    record: FrameworkImport,
    *,
    user: User | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Undoes an applied import, in one transaction, and keeps a record of that too, which can be undone in turn.

    Raises ImportRefused, with nothing written, if something stands in the way (`importers.undo`).
    """
    tell = progress or silent
    with refusing_database_errors(), transaction.atomic():
        wait_for_turn(tell)
        undo = make_checked_undo(record, user)
        if dry_run:
            return Report(undo.plan, undo.framework)
        kept = FrameworkImport(
            source=record.source, format=record.format, user=user, owner=record.owner, undoes=record
        )
        return finish_undo(undo, kept, tell)


def make_checked_undo(record: FrameworkImport, user: User | None) -> Undo:
    """The undo and its plan, after permission. Another may have undone it since the record was read, or taken its turn."""
    record.refresh_from_db(fields=["state", "framework"])
    if record.framework is not None:
        refuse_unless_allowed(record.framework, user)
    return plan_undo(record)


def finish_undo(undo: Undo, record: FrameworkImport, tell: Progress) -> Report:
    """Puts the rows back, and fills and saves the record of the undo."""
    tell("Putting back what was there", 0, 0)
    record.journal = apply_undo(undo)
    settle(undo)
    framework = None if undo.plan.removes_framework else Framework.objects.get(pk=undo.framework.pk)
    fill_record(record, undo.plan, framework)
    record.state = State.APPLIED
    record.finished_at = timezone.now()
    record.save()
    return Report(undo.plan, framework, record)


def fill_record(record: FrameworkImport, plan: Plan, framework: Framework | None) -> None:
    """What a record says of a plan."""
    record.framework = framework
    record.title = plan.title
    record.format = plan.format
    record.led_by = plan.led_by
    record.counts = counts(plan) | beside_statements(plan)
    record.warnings = plan_json.warnings(plan.warnings)
    record.plan = plan_json.full(plan)
    record.stage = ""


def keep_record(
    record: FrameworkImport,
    payload: Payload,
    plan: Plan,
    framework: Framework | None,
    written: Written | None = None,
    columns: Mapping[str, str] | None = None,
) -> FrameworkImport:
    """Fills and saves the record of an import that was applied; without `written`, of one that had nothing to write."""
    fill_record(record, plan, framework)
    if written is not None:
        record.journal = written.journal
        record.counts |= {"aligned": written.aligned} if written.aligned else {}
    record.columns = dict(columns or {})
    record.checksum = payload.checksum
    record.size = payload.size
    record.etag, record.last_modified = payload.validators.etag, payload.validators.last_modified
    record.state = State.UNCHANGED if plan.is_empty else State.APPLIED
    record.finished_at = timezone.now()
    if framework is not None and not record.stored_state:
        record.stored_state = stored_state(framework)
    record.save()
    if record.state == State.APPLIED and not record.payload:
        record.store_payload(payload.packed)
    return record
