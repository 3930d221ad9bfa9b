"""What earlier imports brought into a district, and what became of it here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from importers.models import ImportedResource
from people.models import Organisation
from repository.models import ResourcePage
from repository.selectors import pages_in_review


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier import of one resource. `stands_in_the_way` says why its page must not be touched; "" if it may."""

    row: ImportedResource
    title: str
    stands_in_the_way: str


class Stored:
    """All that was imported into one district, found by any name."""

    def __init__(self, district: Organisation) -> None:
        rows = list(ImportedResource.objects.filter(district=district))
        states = page_states(rows)
        self.known = [_known(row, states.get(row.page_id or 0), district) for row in rows]
        self.by_name: dict[str, Known] = {}
        for one in self.known:
            for name in (one.row.key, *one.row.names):
                self.by_name.setdefault(name, one)

    def find(self, key: str, names: Iterable[str]) -> Known | None:
        return next((self.by_name[name] for name in (key, *names) if name in self.by_name), None)


PageState = dict[str, Any]


def page_states(rows: Iterable[ImportedResource]) -> dict[int, PageState]:
    """What tells whether somebody worked on the pages here since, by the page's key. Two queries."""
    keys = [row.page_id for row in rows if row.page_id]
    found = ResourcePage.objects.filter(pk__in=keys).values(
        "pk", "title", "live", "latest_revision_id", "live_revision_id", "district_id", "locked"
    )
    reviewed = pages_in_review(keys)
    return {state["pk"]: {**state, "in_review": state["pk"] in reviewed} for state in found}


def _known(row: ImportedResource, state: PageState | None, district: Organisation) -> Known:
    title = state["title"] if state else row.fields.get("title", row.key)
    return Known(row, title, touched(row, state, district.pk))


def touched(row: ImportedResource, state: PageState | None, district_id: int) -> str:
    """What was done here to a page since it was imported, in words; "" if nothing was."""
    if state is None:
        return "was deleted here"
    if state["district_id"] != district_id:
        return "was moved to another district"
    if state["in_review"]:
        return "is with the reviewers"
    if state["latest_revision_id"] != row.revision_id:
        return "was edited here"
    if not state["live"]:
        return "was taken off the site here"
    if state["locked"]:
        return "is locked here"
    return "" if state["live_revision_id"] == row.revision_id else "was edited here"
