"""How search is: for /readyz and for operators."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from search.bulk import write_alias
from search.client import COUNT_TIMEOUT, WRITE_TIMEOUT, EngineDown, NoIndex, client, reaching_engine
from search.indexes import behind_the_alias, matches_program, takes_writes, why_too_many
from search.models import IndexTarget, OutboxEntry

logger = logging.getLogger(__name__)

# Seconds that a change may wait before somebody should look: the worker is down, or the engine is.
WORRYING_LAG = 60.0
ANY = {"size": 0, "track_total_hits": False, "terminate_after": 1}
# The engine sets it on a nearly full disk, and takes it off when there is room again.
FULL_BLOCK = "index.blocks.read_only_allow_delete"
FULL = "The engine's disk is full: make room there, and all goes on by itself."
BY_HAND = "Somebody has set that: take it off in the settings of the index."
OTHER_MAPPING = "The index was built with another mapping: run `manage.py search_reindex`."


@dataclass(frozen=True)
class Status:
    """engine: it answers and has an index; without has_index, it answers and has none.

    waiting, lag_seconds: changes not yet in the index, and the age of the oldest; refused: those that the engine has
    sent back at least once. problem: what to do, in a sentence; "" when all is well.
    """

    engine: bool
    waiting: int
    lag_seconds: float
    refused: int
    problem: str
    has_index: bool = True

    @property
    def ok(self) -> bool:
        return not self.problem


def status() -> Status:
    """Two queries to the database, five small requests to the engine. Never raises EngineDown."""
    outbox = OutboxEntry.objects.aggregate(
        waiting=Count("pk"), age=Now() - Min("created_at"), refused=Count("pk", filter=Q(attempts__gt=0))
    )
    waiting, refused = outbox["waiting"], outbox["refused"]
    lag = max(0.0, outbox["age"].total_seconds()) if outbox["age"] else 0.0  # a clock may have gone back
    engine, has_index, problem = True, True, ""
    try:
        # A load balancer does not wait long, and must not take the site away for an engine that hangs.
        problem = fault_of(answering(COUNT_TIMEOUT), timeout=COUNT_TIMEOUT)
    except EngineDown as error:
        engine, has_index, problem = False, not isinstance(error, NoIndex), str(error)
    # Before a fault of the index is gone, nothing else can be mended.
    if not problem and refused:
        problem = f"The engine refuses {refused} changes: see OutboxEntry.last_error and the worker's log."
    elif not problem and lag > WORRYING_LAG:
        problem = (
            f"{waiting} changes wait, the oldest for {lag:.0f} s. Fewer by the minute: an import is being brought to the "
            "index. Else: is `manage.py search_worker` running?"
        )
    return Status(engine, waiting, lag, refused, problem, has_index)


def answering(timeout: float = WRITE_TIMEOUT) -> list[str]:
    """The index in use, once it has answered; before it those that searches go to, too. Raises EngineDown."""
    found = behind_the_alias(timeout=timeout)
    if not found:
        raise NoIndex("There is no search index yet: run `manage.py search_reindex`.")
    with reaching_engine():  # it may be closed, or on a disk that broke
        client().search(index=found[-1], body=ANY, params={"request_timeout": timeout})
    return found


def fault_of(behind: Sequence[str], *, timeout: float = WRITE_TIMEOUT) -> str:
    """What is wrong with the index that searches go to (`behind_the_alias`), in a sentence; "" where nothing is.

    timeout: seconds, of each request. Raises EngineDown.
    """
    index = behind[-1]
    if fault := why_too_many(behind) or why_no_changes(index, timeout=timeout):
        return fault
    if not matches_program(index, timeout=timeout):
        return OTHER_MAPPING
    if not takes_writes(index, timeout=timeout):
        return f"{write_alias(index)} is gone, by which changes come to the index: run `manage.py search_reindex`."
    if index not in {target.name for target in IndexTarget.objects.written()}:
        return f"This database did not make the index {index}, and does not write to it: run `manage.py search_reindex`."
    return ""


def why_no_changes(index: str, *, timeout: float = WRITE_TIMEOUT) -> str:
    """Why an index that can be searched takes no changes, in a sentence; "" where it takes them. Raises EngineDown."""
    with reaching_engine():
        answer = client().indices.get_settings(
            index=index, name="index.blocks.*", params={"flat_settings": "true", "request_timeout": timeout}
        )
    settings = answer.get(index, {}).get("settings", {})
    blocks = sorted(name for name, value in settings.items() if value == "true")
    if not blocks:
        return ""
    remedy = FULL if FULL_BLOCK in blocks else BY_HAND
    return f"The index takes no changes at present ({', '.join(blocks)}): they wait, and searches go on. {remedy}"


def problem_of_the_index(*, timeout: float = COUNT_TIMEOUT) -> str:
    """Why searches are refused that are right, in a sentence; "" where the index is this program's and answers."""
    try:
        found = answering(timeout)
        fits = matches_program(found[-1], timeout=timeout)
        return why_too_many(found) or ("" if fits else OTHER_MAPPING)
    except EngineDown as error:
        return str(error)


def log_problem() -> None:
    """Say in the log what is wrong with search, if anything: for a process that starts, in a thread of its own."""
    try:
        if problem := status().problem:
            logger.warning("Search: %s", problem)
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
    finally:
        connection.close()
