"""What becomes of 2,000 broken files of every format: `python -m benchmarks.fuzz_import [COUNT [FIRST]]`.

Each must get a plan or one clear error within 30 seconds and a gigabyte, and leave no row behind; `make test` tries the
first 200 of the same files.
"""

import os
import subprocess
import sys

import django
from django.test.utils import setup_databases, teardown_databases

COUNT = 2000


def main(count: int, first: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings

    from tests.importers.fuzzing import fuzz

    if "postgres" in settings.LOCAL_SERVICES:
        subprocess.run([sys.executable, "-m", "tests.start_server", "postgres"], check=True)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        result = fuzz(first, count)
    finally:
        teardown_databases(databases, verbosity=0)
    said = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(result.outcomes.items()))
    print(
        f"{count:,} broken files: {said}; slowest {result.slowest:.1f} s of CPU; peak {result.peak / 1e6:,.0f} MB"
    )
    for fault in result.faults:
        print(f"  {fault}")
    return 1 if result.faults else 0


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*(arguments + [COUNT, 0][len(arguments) :])))
