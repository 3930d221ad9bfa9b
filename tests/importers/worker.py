"""A worker in a process of its own, for tests that end it: `python -m tests.importers.worker DATABASE JOB RECORD PAUSE_AT`.

It does one of the jobs of `importers.tasks`. When it comes to the stage that starts with PAUSE_AT it says so, and waits
for a line.
"""

import sys

import django
from django.db import connections


def main(database: str, job: str, record: str, pause_at: str) -> None:
    django.setup()
    connections.settings["default"]["NAME"] = database
    from importers import tasks
    from importers.progress import Notes

    note = Notes.__call__

    def told(notes: Notes, stage: str, done: int, total: int) -> None:
        note(notes, stage, done, total)
        print(f"stage {stage}", flush=True)
        if pause_at and stage.startswith(pause_at):
            sys.stdin.readline()

    setattr(Notes, "__call__", told)  # noqa: B010 mypy refuses the plain assignment
    getattr(tasks, job).func(int(record))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
