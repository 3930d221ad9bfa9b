"""The documentation keeps up: every command, every variable, every link."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

PROJECT = Path(__file__).resolve().parents[2]
APPS = {"config", "people", "standards", "importers", "repository", "search"}
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
COMMANDS = sorted(name for name, app in get_commands().items() if app in APPS)


def read_variables() -> set[str]:
    """Every environment variable that a settings file or a command asks for by name."""
    files = [*(PROJECT / "config").rglob("*.py"), PROJECT / "tests" / "conftest.py"]
    pattern = re.compile(r"""(?:environ\.get\(|environ\[|_required\(|flag\(|number\()\s*"([A-Z0-9_]+)\"""")
    found = {name for path in files for name in pattern.findall(path.read_text())}
    ours_to_set = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    # Read by the system or by libraries, not by us.
    of_the_system = {"XDG_CACHE_HOME", "JAVA_HOME", "CI", "MAKELEVEL"}
    return found - ours_to_set - of_the_system


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_is_in_the_documentation(name):
    command = load_command_class(get_commands()[name], name)
    assert len(command.help) > 20
    assert any(re.search(rf"\b{name}\b", page.read_text()) for page in [*PAGES, PROJECT / "Makefile"])


def test_every_variable_of_the_environment_is_in_the_operating_page():
    page = (PROJECT / "docs" / "operating.md").read_text()
    assert {name for name in read_variables() if f"`{name}`" not in page} == set()


def test_every_link_between_pages_leads_somewhere():
    broken = [
        f"{page.relative_to(PROJECT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_path_that_the_readme_names_is_there():
    table = (PROJECT / "README.md").read_text().split("where it lives")[1].split("## ")[0]
    named = re.findall(r"`([\w./-]+)`", table)
    # Names of apps in a sentence count as their folders.
    assert [name for name in named if "/" in name and not (PROJECT / name).exists()] == []
