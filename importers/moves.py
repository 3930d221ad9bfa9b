"""Resources that are tied to retired standards, and moving them to the standards that take their place.

A move is planned where a person looks (`importers.moves_admin`), and done here: at once if it is small, else in the
background. It takes turns with imports, and holds only if the standards are still what the person saw. Its record can be
undone, resource by resource, as long as nobody has changed their standards since.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from importers.models import AlignmentMove
from importers.permissions import districts_realigned_by
from importers.problems import ImportRefused
from importers.progress import Notes, hold, note_broken, note_progress
from importers.records import end_broken, is_stalled, note_bad_end, unforeseen
from importers.turns import refusing_database_errors, take_turn, wait_for_turn
from people.models import User
from repository.models import ResourcePage
from repository.selectors import ties_to
from repository.services.alignments import Journal, Moved, put_back, realign
from repository.services.bulk_rows import insert, log_entry
from standards.models import Framework, Item
from standards.selectors import items
from standards.successors import successors

State = AlignmentMove.State
Reader = User | AnonymousUser
AT_ONCE = 200
"""Resources that are moved while the person waits: about a second."""
LOG_ACTION = "importers.realign"


@dataclass(frozen=True, slots=True)
class Retired:
    """A retired standard; the ones in force that take its place, as the source says; and, by key, the resources tied to
    it: those that the reader may move, and others. same_words: where the source does not say, the one in force that has its
    words and grades, as where a revision gave it another code."""

    item: Item
    successors: tuple[Item, ...]
    pages: frozenset[int]
    others: frozenset[int]
    same_words: Item | None = None


@dataclass(frozen=True, slots=True)
class StillTied:
    """In short: how many retired standards have how many resources that the reader may move, and how many others."""

    standards: int
    resources: int
    others: int


Choice = tuple[Retired, Sequence[Item]]
"""What a person has chosen: a retired standard, and which ones take its place."""


# -- what there is to move


def retired_in_use(framework: Framework, user: Reader) -> list[Retired]:
    """The retired standards of a framework that resources are tied to, in its order. A constant number of queries."""
    return _look(_retired_keys(framework), user)


def retired_standard(item: Item, user: Reader) -> Retired:
    (found,) = _look([item.pk], user) or [
        Retired(item, successors([item.pk], user)[item.pk], frozenset(), frozenset())
    ]
    return found


def still_tied(framework: Framework, user: Reader) -> StillTied:
    return _count(_retired_keys(framework), districts_realigned_by(user))


def tied_to(item: Item, user: Reader) -> StillTied | None:
    """The same of one standard; None for whoever has nothing to move there."""
    if not (mine := districts_realigned_by(user)):
        return None
    found = _count([item.pk], mine)
    return found if found.resources else None


def _count(keys: Collection[int], mine: Collection[int]) -> StillTied:
    ties = ties_to(keys)
    movable = [tie for tie in ties if tie.district_id in mine]
    pages = {tie.page_id for tie in movable}
    return StillTied(
        len({tie.item_id for tie in movable}), len(pages), len({tie.page_id for tie in ties} - pages)
    )


def _retired_keys(framework: Framework) -> list[int]:
    return list(framework.items.filter(retired_at__isnull=False).values_list("pk", flat=True))


def _look(keys: Collection[int], user: Reader) -> list[Retired]:
    mine = districts_realigned_by(user)
    pages: dict[int, set[int]] = defaultdict(set)
    others: dict[int, set[int]] = defaultdict(set)
    for tie in ties_to(keys):
        (pages if tie.district_id in mine else others)[tie.item_id].add(tie.page_id)
    used = pages.keys() | others.keys()
    if not used:
        return []
    after = successors(used, user)
    found = list(items(user).filter(pk__in=used).order_by("position", "pk"))
    same = _same_words([item for item in found if not after[item.pk]], user)
    return [
        Retired(
            item, after[item.pk], frozenset(pages[item.pk]), frozenset(others[item.pk]), same.get(item.pk)
        )
        for item in found
    ]


def _same_words(retired: Sequence[Item], user: Reader) -> dict[int, Item]:
    """Where one standard in force, and no more, has the words and grades of one that is retired, and of no more: many
    frameworks say "Fluently add" in several grades."""
    having: dict[tuple[int, str, tuple[str, ...]], list[Item]] = defaultdict(list)
    statements = {item.full_statement for item in retired}
    frameworks = {item.framework_id for item in retired}
    for item in items(user).filter(framework__in=frameworks, full_statement__in=statements):
        having[item.framework_id, item.full_statement, tuple(item.grades)].append(item)
    found = {}
    for item in retired:
        alike = having[item.framework_id, item.full_statement, tuple(item.grades)]
        in_force = [one for one in alike if one.retired_at is None]
        if len(in_force) == 1 and len(alike) == 2:  # with itself
            found[item.pk] = in_force[0]
    return found


# -- a move


def start(*, user: User, framework: Framework, chosen: Sequence[Choice], by_source: bool) -> AlignmentMove:
    """Moves the resources that the person may move; the record says how it went, or that it goes on in the background.

    by_source: the choice was the source's, so it holds only as long as the source says so.
    """
    resources: set[int] = set().union(*(retired.pages for retired, _ in chosen))
    pairs = [
        {
            "old": _entry(retired.item),
            "new": [_entry(item) for item in new],
            "resources": len(retired.pages),
        }
        for retired, new in chosen
    ]
    record = AlignmentMove.objects.create(
        user=user,
        framework=framework,
        source=_in_words(framework, pairs),
        plan={"pairs": pairs, "by_source": by_source},
        state=State.QUEUED,
        total=len(resources),
    )
    if len(resources) > AT_ONCE or not move_now(record.pk, waits=False):
        _enqueue(record)
    return record


def request_undo(record: AlignmentMove, *, user: User) -> None:
    """Puts everything back as it was, in the name of `user`, where nobody has changed it since."""
    done = AlignmentMove.objects.filter(pk=record.pk, state=State.APPLIED)
    if done.update(state=State.QUEUED, undone_by=user, message="", done=0, updated_at=timezone.now()):
        record.undone_by = user
        if record.counts.get("resources", 0) > AT_ONCE or not undo_now(record.pk, waits=False):
            _enqueue(record)


def start_again(record: AlignmentMove) -> None:
    """Takes up a move or an undo whose worker is gone, or a move that broke off."""
    if not is_stalled(record) and record.state != State.BROKEN:
        return
    rows = AlignmentMove.objects.filter(pk=record.pk, state=record.state)
    if rows.update(state=State.QUEUED, message="", finished_at=None, updated_at=timezone.now()):
        _enqueue(record)


def may_undo(user: Reader, record: AlignmentMove) -> bool:
    """Whether the person looks after all districts whose resources it moved."""
    return bool(record.districts) and districts_realigned_by(user).issuperset(record.districts)


def _enqueue(record: AlignmentMove) -> None:
    from importers.tasks import move_resources, undo_move

    task = undo_move if record.undone_by_id else move_resources
    transaction.on_commit(lambda: task.enqueue(record.pk))


def move_now(record_id: int, *, waits: bool = True) -> bool:
    """Does what the record plans, all of it or nothing, and says in it what came of it.

    Without `waits` it leaves everything as it is where an import is at work, and answers False.
    """
    note_broken(AlignmentMove)
    record = _record(record_id)
    if record.state != State.QUEUED or record.undone_by_id:
        return True
    with (
        note_bad_end(record),
        note_progress(record) as tell,
        refusing_database_errors(),
        transaction.atomic(),
    ):
        if not hold(record) or not _has_turn(tell, waits):
            return False
        tell.applying()
        _move(record, tell)
    return True


def undo_now(record_id: int, *, waits: bool = True) -> bool:
    """Takes a move back, as `move_now` does it. What stands in the way is in its message, and it stays done."""
    note_broken(AlignmentMove)
    record = _record(record_id)
    if record.state != State.QUEUED or record.undone_by is None:
        return True
    try:
        with note_progress(record) as tell, refusing_database_errors(), transaction.atomic():
            if not hold(record) or not _has_turn(tell, waits):
                return False
            tell.applying()
            _undo(record, record.undone_by, tell)
    except ImportRefused as refusal:
        AlignmentMove.objects.filter(pk=record_id).update(
            state=State.APPLIED, undone_by=None, message=f"Not undone. {refusal}", stage=""
        )
    except Exception as error:
        end_broken(record, State.APPLIED, f"Not undone. {unforeseen(error)}", undone_by=None)
        raise
    return True


def _has_turn(tell: Notes, waits: bool) -> bool:
    if waits:
        wait_for_turn(tell)
        return True
    return take_turn()


def _record(record_id: int) -> AlignmentMove:
    return AlignmentMove.objects.select_related("user", "undone_by", "framework").get(pk=record_id)


def _move(record: AlignmentMove, tell: Notes) -> None:
    replace = _still_holds(record)
    mine = districts_realigned_by(record.user)
    pages = {tie.page_id: tie.district_id for tie in ties_to(replace) if tie.district_id in mine}
    done = realign(
        replace=replace,
        page_ids=pages,
        progress=lambda number, total: tell("Moving resources", number, total),
    )
    _log(record, done.journal, done.page_ids, record.user, back=False)
    record.keep_payload(json.dumps(done.journal).encode())
    record.districts = sorted({pages[page] for page in done.page_ids})
    record.counts = {"resources": len(done.page_ids)}
    record.state = State.APPLIED if done.page_ids else State.UNCHANGED
    record.stage = ""
    record.finished_at = timezone.now()
    record.save()


def _undo(record: AlignmentMove, user: User, tell: Notes) -> None:
    journal = {
        page: {place: [Moved(*one) for one in moved] for place, moved in places.items()}
        for page, places in json.loads(record.read_payload()).items()
    }
    _require_there(pair["old"] for pair in record.plan["pairs"])
    mine = ResourcePage.objects.filter(district__in=districts_realigned_by(user))
    pages = list(mine.filter(pk__in=map(int, journal)).values_list("pk", flat=True))
    touched = put_back(
        journal=journal,
        page_ids=pages,
        progress=lambda number, total: tell("Moving resources back", number, total),
    )
    _log(record, journal, touched, user, back=True)
    record.counts = {**record.counts, "put_back": len(touched), "kept": len(journal) - len(touched)}
    record.state = State.UNDONE
    record.stage = ""
    record.undone_at = timezone.now()
    record.save()


# -- whether what was seen still holds


def _still_holds(record: AlignmentMove) -> dict[int, list[int]]:
    """Which standards replace which. Raises ImportRefused where one of them is no longer what the person saw."""
    pairs = record.plan["pairs"]
    known = _require_there(entry for pair in pairs for entry in (pair["old"], *pair["new"]))
    for pair in pairs:
        if known[pair["old"]["pk"]].retired_at is None:
            raise _changed(pair["old"], "is in force again")
        for new in pair["new"]:
            if known[new["pk"]].retired_at is not None:
                raise _changed(new, "has been retired itself")
    replace = {pair["old"]["pk"]: [new["pk"] for new in pair["new"]] for pair in pairs}
    if record.plan["by_source"] and record.user is not None:
        said = successors(replace, record.user)
        for pair in pairs:
            if [item.pk for item in said[pair["old"]["pk"]]] != replace[pair["old"]["pk"]]:
                raise _changed(pair["old"], "is replaced by something else now, as its source says")
    return replace


def _require_there(entries: Iterable[Mapping[str, Any]]) -> dict[int, Item]:
    named = {entry["pk"]: entry for entry in entries}
    found = Item.objects.only("retired_at").in_bulk(named)
    if gone := named.keys() - found.keys():
        raise _changed(named[min(gone)], "is not here any more")
    return found


def _changed(entry: Mapping[str, Any], what: str) -> ImportRefused:
    name = entry["code"] or f"“{entry['statement'][:80]}”"
    return ImportRefused(f"{name} {what}: something was imported or undone meanwhile.", rule="changed")


# -- words


def _entry(item: Item) -> dict[str, Any]:
    return {
        "pk": item.pk,
        "identifier": item.identifier,
        "code": item.human_coding_scheme,
        "statement": item.full_statement[:300],
        "framework": item.framework.short_name,
    }


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry["code"] or entry["statement"][:60])


def _in_words(framework: Framework, pairs: Sequence[Mapping[str, Any]]) -> str:
    if len(pairs) == 1:
        return f"{_name(pairs[0]['old'])} → {', '.join(map(_name, pairs[0]['new']))}"
    first, last = _name(pairs[0]["old"]), _name(pairs[-1]["old"])
    return f"{framework.short_name}: {len(pairs):,} retired standards, {first} to {last}"


def _log(
    record: AlignmentMove, journal: Journal, page_ids: Sequence[int], user: User | None, *, back: bool
) -> None:
    """A line in the history of each page."""
    names = {
        pair["old"]["pk"]: (_name(pair["old"]), ", ".join(map(_name, pair["new"])))
        for pair in record.plan["pairs"]
    }
    titles = dict(Page.objects.filter(pk__in=page_ids).values_list("pk", "draft_title"))
    now = timezone.now()
    entries = []
    for page in page_ids:
        moved = {one.item for place in journal[str(page)].values() for one in place}
        data = {"moves": [names[item] for item in sorted(moved)], "back": back}
        entries.append(log_entry(page, titles[page], LOG_ACTION, user, now, content_changed=True, data=data))
    insert(PageLogEntry, entries)
