"""The worker: follows the database through every failure of the engine and of the database itself."""

import logging
import time
from threading import Event

from django.db import DatabaseError, InterfaceError, connections

from search import indexes, outbox
from search.client import EngineDown
from search.models import IndexTarget

logger = logging.getLogger(__name__)

PAUSE = 0.2  # seconds between looks at an empty outbox: publish to searchable is this and a refresh
LONGEST_PAUSE = 5.0  # while the engine or the database is away
TIDY_EVERY = 600  # seconds


class Worker:
    """One worker. What it remembers: how long to wait, what is wrong at present, and which indexes it found."""

    def __init__(self) -> None:
        self.pause = PAUSE
        self.trouble = ""
        self.newest_known: int | None = None
        self.tidy_at = 0.0

    def work(self, stop: Event) -> None:
        """Process the outbox until `stop` is set."""
        while not stop.is_set():
            try:
                self._step()
            except EngineDown as error:
                self._back_off(str(error))
            except (DatabaseError, InterfaceError) as error:
                connections.close_all()
                self._back_off(f"The database does not answer: {error}")
            except Exception as error:  # noqa: BLE001  whatever it is, a worker that ends helps nobody
                self._back_off(f"{type(error).__name__}: {error}", error)
            stop.wait(self.pause)

    def _step(self) -> None:
        if self.newest_known is None:
            newest = IndexTarget.objects.ours().order_by("-pk").values_list("pk", flat=True).first()
            self.newest_known = newest or 0
        if time.monotonic() > self.tidy_at:
            # Also what a lost index needs: one that a killed rebuild left would else be waited for.
            self.tidy_at = time.monotonic() + TIDY_EVERY
            indexes.tidy()
        looked_at = outbox.process(newest_known=self.newest_known)
        if self.trouble:
            logger.warning("The search index is being written again.")
        self.pause, self.trouble = (0 if looked_at == outbox.BATCH else PAUSE), ""

    def _back_off(self, trouble: str, unforeseen: Exception | None = None) -> None:
        """unforeseen: what nobody knows the reason of, so the log says where in the program it came from."""
        if self.trouble != trouble:
            logger.error("Changes wait in the outbox. %s", trouble, exc_info=unforeseen)
        self.pause, self.trouble = min(max(2 * self.pause, PAUSE), LONGEST_PAUSE), trouble
        self.tidy_at = min(self.tidy_at, time.monotonic() + LONGEST_PAUSE)
