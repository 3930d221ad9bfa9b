"""`make bench`, or `python -m benchmarks NAME …` for some: run each benchmark of this folder and print its figures."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path


def main(chosen: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    from django.conf import settings

    from config.local_services import control
    from config.local_services.lease import Lease
    from config.management.commands.services import wanted

    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    if unknown := set(chosen) - set(names):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    lease = Lease(Path(settings.DATA_DIR), discard=True)
    try:
        # Not short-lived: figures are of a node as production has it.
        control.start(replace(wanted(), throwaway=False, heap="1g"), print)
        failed = [
            name
            for name in chosen or names
            if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        ]
    finally:
        lease.release()
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
