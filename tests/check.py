"""`make check`: everything about the code that can be told without running it. Every step runs; the first line that
fails is not the last that you hear of.
"""

import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.requirements import EXTRAS

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PACKAGES = ["config", "people", "standards", "importers", "repository", "search", "tests", "benchmarks"]

# Only so that the settings load; nothing listens at these addresses.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "checked-not-served-" * 4,
    "SITE_URL": "https://resources.example.org",
    "DATABASE_URL": "postgresql://nobody@192.0.2.1/nothing",
    "OPENSEARCH_URL": "https://192.0.2.1:9200",
    "OPENSEARCH_PREFIX": "checked",
    "EMAIL_HOST": "mail.example.org",
}
TEST = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}

# Written in pieces, as this file must pass its own check.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
    )
]
REGISTRY = re.compile(
    "|".join(map(re.escape, REGISTRIES)) + r"|--(extra-)?index-url|--find-links", re.IGNORECASE
)
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(home|Users|root|work)/\w")
THIS_FILE = "tests/check.py"


def main() -> int:
    manage = [sys.executable, "-W", "ignore", "manage.py"]
    steps = [
        ("ruff", lambda: _run([BIN / "ruff", "check", "."])),
        ("format", lambda: _run([BIN / "ruff", "format", "--check", "--quiet", "."])),
        ("types", lambda: _run([BIN / "mypy", "manage.py", *PACKAGES])),
        ("imports", lambda: _run([BIN / "lint-imports", "--no-logo"])),
        ("template lint", lambda: _run([BIN / "djlint", "--lint", "--quiet", "templates"])),
        ("templates", lambda: _run([*manage, "check_templates"], TEST)),
        ("migrations", lambda: _run([*manage, "makemigrations", "--check", "--dry-run"], TEST)),
        ("deployment", lambda: _run([*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION)),
        ("requirements", lambda: list(unpinned())),
        ("files", lambda: list(revealing_lines())),
    ]
    failed = []
    for name, step in steps:
        began = time.monotonic()
        problems = step()
        sys.stdout.write(f"{'FAILED' if problems else 'ok':7}{name} ({time.monotonic() - began:.1f} s)\n")
        for problem in problems:
            sys.stdout.write(f"  {problem}\n")
        sys.stdout.flush()
        if problems:
            failed.append(name)
    sys.stdout.write(f"Failed: {', '.join(failed)}\n" if failed else "All checks passed.\n")
    return 1 if failed else 0


def _run(command: list[str | Path], environment: dict[str, str] | None = None) -> list[str]:
    """The output of a command that failed, line by line; nothing of one that did not."""
    done = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **(environment or {})}, capture_output=True, text=True
    )
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


def unpinned(project: Path = PROJECT) -> Iterator[str]:
    """Direct dependencies that the requirements files do not pin, or pin outside what pyproject.toml allows."""
    declared = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    running, extras = declared["dependencies"], declared["optional-dependencies"]
    wanted = {
        filename: running + [text for extra in named for text in extras[extra]]
        for filename, named in EXTRAS.items()
    }
    for filename, texts in wanted.items():
        content = (project / filename).read_text()
        pins = {
            canonicalize_name(name): version
            for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", content, re.MULTILINE)
        }
        for requirement in map(Requirement, texts):
            pin = pins.get(canonicalize_name(requirement.name))
            if pin is None:
                yield f"{filename} does not pin {requirement.name}: run `make requirements`"
            elif pin not in requirement.specifier:
                yield f"{filename} pins {requirement.name} {pin}, pyproject.toml wants {requirement.specifier}"
        if content.count("==") > content.count("--hash="):
            yield f"{filename} has pins without hashes: run `make requirements`"


def revealing_lines(project: Path = PROJECT) -> Iterator[str]:
    """Lines of committed files that name a package registry or a path of somebody's machine."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=project, capture_output=True, check=True)
    for name in filter(None, listing.stdout.decode().split("\0")):
        if name == THIS_FILE or not (project / name).is_file():
            continue
        try:
            lines = (project / name).read_text().splitlines()
        except UnicodeDecodeError:  # an image
            continue
        for number, line in enumerate(lines, start=1):
            if found := REGISTRY.search(line) or MACHINE_PATH.search(line):
                yield f"{name}:{number}: names {found.group()!r}"


if __name__ == "__main__":
    sys.exit(main())
