#!/usr/bin/env python
import os
import signal
import sys


def main() -> None:
    # Where production's secret is, the demo's settings would have its database.
    deployment = "production" if os.environ.get("SECRET_KEY") else "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{deployment}")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    from config.away import database_is_away

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:  # no place in the code is to blame
        sys.stderr.write("\nStopped before it was done. An import, or its undo, is then not written.\n")
        sys.exit(128 + signal.SIGINT)
    except (OperationalError, ProgrammingError) as error:
        if isinstance(error, OperationalError):
            said = database_is_away(error)
        else:
            from config.installed import why_other_tables

            said = why_other_tables(error)
        if not said or "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"{said}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
