"""What becomes of 2,000 broken files of every format: `python -m benchmarks.fuzz_import [COUNT [FIRST [WHAT]]]`.

WHAT is `frameworks` or `resources`; without it, each has half of the files. Each must get a plan or one clear error within
30 seconds and a gigabyte, and leave no row behind; what gets a plan must change nothing the second time. `make test` tries
the first few hundred of the same files.
"""

import os
import subprocess
import sys

import django
from django.test.utils import setup_databases, teardown_databases


def main(count: int, first: int, what: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings

    from tests.importers.fuzzing import fuzz

    if "postgres" in settings.LOCAL_SERVICES:
        subprocess.run([sys.executable, "-m", "tests.start_server", "postgres"], check=True)
    databases = setup_databases(verbosity=0, interactive=False)
    kinds = [what] if what else ["frameworks", "resources"]
    try:
        results = {kind: fuzz(first, count // len(kinds), kind) for kind in kinds}
    finally:
        teardown_databases(databases, verbosity=0)
    for kind, result in results.items():
        said = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(result.outcomes.items()))
        print(
            f"{result.outcomes.total():,} broken files of {kind}: {said}; slowest {result.slowest:.1f} s of CPU; "
            f"peak {result.peak / 1e6:,.0f} MB"
        )
        for fault in result.faults:
            print(f"  {fault}")
    return 1 if any(result.faults for result in results.values()) else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    count, first, what = given + ["2000", "0", ""][len(given) :]
    sys.exit(main(int(count), int(first), what))
