"""Start one local server for the tests: `python -m tests.start_server postgres|opensearch`."""

import os
import sys
from dataclasses import replace

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    from config.local_services import ServiceError, control
    from config.management.commands.services import wanted

    try:
        control.start(replace(wanted(), servers=sys.argv[1:]), print)
    except ServiceError as error:
        sys.exit(str(error))
