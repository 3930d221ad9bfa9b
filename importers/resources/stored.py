"""What earlier imports brought into a district, and what became of it here."""

from collections.abc import Collection, Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class Gone:
    """A resource that its source no longer has. `page_id` is None if it was deleted here, too."""

    key: str
    title: str
    page_id: int | None


class Stored:
    """What was imported into one district of the resources that go by some of `names`.

    A district may have hundreds of thousands: of all of them, only names are looked at. Whole rows, with the records
    as they came, are read of those that are asked for.
    """

    def __init__(self, district: Organisation, names: Collection[str]) -> None:
        self.district = district
        self.by_name: dict[str, int] = {}
        rows = ImportedResource.objects.filter(district=district).order_by("pk")
        for pk, key, others in rows.values_list("pk", "key", "names").iterator():
            for name in (key, *others):
                if name in names:
                    self.by_name.setdefault(name, pk)

    def find(self, wanted: Mapping[str, Iterable[str]]) -> dict[str, Known]:
        """What is stored of some resources, given by key with their other names. Three queries."""
        found: dict[str, int] = {}
        for key, names in wanted.items():
            pk = next((self.by_name[name] for name in (key, *names) if name in self.by_name), None)
            if pk is not None:
                found[key] = pk
        rows = ImportedResource.objects.in_bulk(found.values())
        states = page_states(rows.values())
        known = {pk: _known(row, states.get(row.page_id or 0), self.district) for pk, row in rows.items()}
        return {key: known[pk] for key, pk in found.items()}

    def gone(self, source: str, seen: Collection[int]) -> list[Gone]:
        """What came from `source` earlier and is not among those `seen` in it now, by the keys of rows."""
        rows = ImportedResource.objects.filter(district=self.district, source=source).order_by("pk")
        values = rows.values_list("pk", "key", "fields__title", "page_id")
        return [Gone(key, title or key, page_id) for pk, key, title, page_id in values if pk not in seen]


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
