"""Imports resources into a district: read, plan, apply. The command line and the admin both come through here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from importers.models import ResourceImport
from importers.payload import Payload
from importers.permissions import owners_for
from importers.plan_json import warnings
from importers.problems import ImportRefused
from importers.progress import Progress, silent
from importers.resources import readers
from importers.resources.apply import apply
from importers.resources.draft import Collection
from importers.resources.languages import language
from importers.resources.mapping import Vocabularies
from importers.resources.plan import Choices, Plan, counts, full, make_plan
from importers.resources.standards import Resolved, resolve
from importers.resources.synonyms import folded
from importers.sources import STANDARD_INPUT, open_source
from importers.turns import refusing_database_errors, wait_for_turn
from importers.wrong_door import STANDARDS_HERE, holds_standards, refuse_standards
from people.models import Organisation, User
from repository.models import Audience, DistrictPage

State = ResourceImport.State
AUDIENCES = (Audience.PUBLIC, Audience.STATE, Audience.DISTRICT)
"""Those that an import can give: a school's would have to say which school."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do."""

    plan: Plan
    district: Organisation
    record: ResourceImport | None = None


def import_resources(
    source: bytes | Path | str,
    *,
    district: Organisation,
    user: User | None = None,
    audience: str = "",
    replace_reviewed: bool = False,
    defaults: Mapping[str, str] | None = None,
    dry_run: bool = False,
    format: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Imports the resources in `source` (bytes, a path, an address, or `-`) into `district`: all of them, or none.

    `user` is who asks, and must be allowed to if given; the site history names them. Nobody owns what is imported: its
    makers are in the attribution, and the district's staff looks after it. `audience` is who may see it; without one,
    everyone sees new resources, and known ones stay as they are. `replace_reviewed` replaces also what reviewers
    approved here as it had come (`plan.Choices`). `defaults` are "kind", "subject" and "language" of what says none, by any
    word for them; without them, as when it was last imported. Raises ImportRefused, with nothing written, for
    whatever cannot be imported.
    """
    tell = progress or silent
    check_allowed(district, user, audience)
    chosen = known_defaults(defaults or {})
    tell("Reading the source", 0, 0)
    payload = open_source(source)
    collection = read(payload, format)
    record = ResourceImport(
        district=district,
        user=user,
        audience=audience,
        replace_reviewed=replace_reviewed,
        defaults=chosen,
        source=payload.name or "bytes",
        source_url=payload.url,
    )
    with refusing_database_errors(), transaction.atomic():
        wait_for_turn(tell)
        plan, resolved = plan_for(record, payload, collection, tell)
        if dry_run:
            return Report(plan, district)
        carry_out(record, payload, plan, resolved, tell)
    return Report(plan, district, record)


def read(payload: Payload, format: str | None = None) -> Collection:
    """What a source holds. Touches no database. Raises ImportRefused, also for standards, which are imported elsewhere."""
    refuse_standards(payload)
    try:
        return readers.read(payload, format)
    except ImportRefused:
        if holds_standards(payload):
            raise ImportRefused(STANDARDS_HERE, rule="standards") from None
        raise


def check_allowed(district: Organisation, user: User | None, audience: str) -> None:
    """Raises ImportRefused if the district takes no resources, or not from this person, or not for this audience."""
    if user is not None and district not in owners_for(user):
        raise ImportRefused(
            f"Only administrators of {district.name} may import resources into it.", rule="permission"
        )
    if not DistrictPage.objects.filter(district=district.pk).exists():
        raise ImportRefused(
            f"{district.name} is no district with a page, so it holds no resources.", rule="district"
        )
    if audience and audience not in AUDIENCES:
        known = ", ".join(AUDIENCES)
        raise ImportRefused(
            f"There is no audience {audience!r} for imports. Known: {known}.", rule="audience"
        )


def known_defaults(given: Mapping[str, str]) -> dict[str, str]:
    """The choices by their short names. Raises ImportRefused for a word that is none of this site's."""
    vocabularies = Vocabularies()
    known = {"kind": vocabularies.kind_words, "subject": vocabularies.subject_words}
    offered = {"kind": vocabularies.kinds, "subject": vocabularies.subjects}
    found = {}
    for name, word in given.items():
        if not word:
            continue
        found[name] = known[name].get(folded(word), "") if name in known else language(word)
        if not found[name]:
            names = f"Known: {', '.join(offered[name])}" if name in known else "Give it as es, or Spanish"
            raise ImportRefused(f"There is no {name} {word!r} here. {names}.", rule=name)
    return found


def plan_for(
    record: ResourceImport, payload: Payload, collection: Collection, tell: Progress
) -> tuple[Plan, Resolved]:
    """The plan of what was read from the payload, with the importer's choices as the record has them."""
    tell("Looking up standards", 0, 0)
    given = (alignment for draft in collection.resources for alignment in draft.alignments)
    resolved = resolve(given, district=record.district)
    tell("Comparing with what is stored", 0, 0)
    choices = Choices(record.district, record.audience, record.replace_reviewed, record.defaults)
    plan = make_plan(collection, choices, resolved, source=source_name(payload))
    return plan, resolved


def source_name(payload: Payload) -> str:
    """What later imports are known by to be of the same source: its address, else the file's name; "" for a stream."""
    return payload.url or (payload.name if payload.name != STANDARD_INPUT else "")


def carry_out(
    record: ResourceImport, payload: Payload, plan: Plan, resolved: Resolved, tell: Progress
) -> None:
    """Applies a plan and fills its record. The transaction is the caller's.

    A record that others see already is saved last: progress is noted in it over another connection, which would wait
    for ever for a row that this transaction has written.
    """
    if record._state.adding:
        record.state = State.APPLYING
        record.save()
    fill(record, payload, plan)
    if not plan.is_empty:
        if not record.payload:
            record.keep_payload(payload.data)
        # Afterwards others wait who want to add pages to the district.
        apply(plan, resolved, record, source_name(payload), tell)
    record.state = State.UNCHANGED if plan.is_empty else State.APPLIED
    record.finished_at = timezone.now()
    record.save()


def fill(record: ResourceImport, payload: Payload, plan: Plan) -> None:
    record.format = plan.format
    record.checksum = payload.checksum
    record.size = len(payload.data)
    record.counts = counts(plan)
    record.warnings = warnings(plan.warnings)
    record.plan = full(plan)
    record.stage = ""


def in_words(numbers: Mapping[str, int]) -> str:
    """ "12 added, 3 changed": only what is not zero."""
    names = ("added", "changed", "conflicts", "gone")
    return ", ".join(f"{numbers[name]:,} {name}" for name in names if numbers.get(name)) or "nothing changed"
