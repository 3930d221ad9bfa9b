"""`make bench`, or `python -m benchmarks NAME …` for some: run each benchmark of this folder and print its figures."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(chosen: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    from benchmarks._servers import servers

    found = [*HERE.glob("[a-z]*.py"), *(path.parent for path in HERE.glob("*/__main__.py"))]
    names = sorted(path.stem for path in found)
    if unknown := set(chosen) - set(names):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    with servers():
        failed = [
            name
            for name in chosen or names
            if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        ]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
