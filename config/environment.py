"""Make the Python environment: `python3 -m config.environment run|dev`. Needs nothing but Python and the network once.

Packages come from requirements.txt or requirements-dev.txt, each pinned by hash; a stamp in the environment makes
the next run return at once.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
REQUIREMENTS = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def main(kind: str) -> None:
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"Python 3.11 or newer is needed; this is {found}. Name another one: make demo PYTHON=python3.12"
        )
    folder = PROJECT / ".venv"
    stamps = {name: folder / f".installed-{name}" for name in REQUIREMENTS}
    done = {
        name: stamps[name].is_file() and stamps[name].read_text() == _fingerprint(name)
        for name in REQUIREMENTS
    }
    if done["dev"] or done[kind]:
        return
    python = folder / "bin" / "python"
    if not python.exists():
        _say(f"Making a Python environment in {folder}")
        _run(
            [sys.executable, "-m", "venv", str(folder)],
            "Could not make the environment. On Debian and Ubuntu: apt install python3-venv, then try again.",
        )
    requirements = REQUIREMENTS[kind][-1]
    _say(f"Installing the packages of {requirements}, which takes a minute or two")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run(
        [*pip, "--require-hashes", "--requirement", str(PROJECT / requirements)],
        "Could not install the packages; the lines above say why. The first time needs the network.",
    )
    stamps[kind].write_text(_fingerprint(kind))


def _fingerprint(kind: str) -> str:
    """Changes with every requirement and with the Python that the environment is for."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in REQUIREMENTS[kind]:
        digest.update((PROJECT / name).read_bytes())
    return digest.hexdigest()


def _run(command: list[str], otherwise: str) -> None:
    if subprocess.run(command, env={**os.environ, "PYTHONWARNINGS": ""}, check=False).returncode:
        sys.exit(otherwise)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
