"""What earlier imports brought into a district, and what became of it here."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import uuid4

from wagtail.models import Revision

from importers.models import ImportedResource
from importers.resources.draft import ResourceDraft
from people.models import Organisation
from repository.models import ResourcePage
from repository.selectors import approved_revisions, pages_in_review

REVIEWED = "was approved by reviewers here"
"""Why a page stays that is as the last import left it, unless the importer says otherwise."""

_TITLE = "title:"
# What Wagtail too keeps when it goes back to an older revision (`Page.with_content_json`), and what it sets in publishing.
_OF_THE_PAGE = frozenset(
    "path depth numchild url_path draft_title live has_unpublished_changes owner locked locked_at locked_by expired"
    " latest_revision latest_revision_created_at live_revision first_published_at last_published_at".split()
)
# Rows that hang on the page are saved anew with each revision; a review confirms or disputes an alignment in its place.
_OF_ROWS = ("pk", "status")


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
    """What was imported into one district of the resources of a file, which are given by key.

    A district may have hundreds of thousands: of all of them, only names are looked at. Whole rows, with the records
    as they came, are read of those that are asked for.
    """

    def __init__(self, district: Organisation, wanted: Mapping[str, ResourceDraft], source: str) -> None:
        self.district = district
        rows = ImportedResource.objects.filter(district=district).order_by("pk")
        # What had only a title in this source may have an address in it by now.
        titled = rows.filter(source=source, key__startswith=_TITLE) if source else rows.none()
        titles = set(titled.values_list("key", flat=True))
        self.found = known_again(
            {key: (*draft.names, *({title_key(draft.title)} & titles)) for key, draft in wanted.items()},
            rows.values_list("pk", "key", "names", "fields__title").iterator(),
            {key: draft.title for key, draft in wanted.items()},
        )

    def free_keys(self, keys: Collection[str]) -> dict[str, str]:
        """Keys for resources that are new: their own, unless an older one has it, whose identifier was given on."""
        rows = ImportedResource.objects.filter(district=self.district, key__in=keys)
        taken = set(rows.values_list("key", flat=True))
        return {key: f"{key[:900]} {uuid4()}" if key in taken else key for key in keys}

    def find(self, keys: Iterable[str]) -> dict[str, Known]:
        """What is stored of some resources, by their keys. Four queries, or five where pages were saved since."""
        found = {key: self.found[key] for key in keys if key in self.found}
        rows = ImportedResource.objects.in_bulk(found.values())
        states = page_states(rows.values())
        follow_unedited(rows.values(), states)
        return {
            key: _known(rows[pk], states.get(rows[pk].page_id or 0), self.district)
            for key, pk in found.items()
        }

    def gone(self, source: str) -> list[Gone]:
        """What came from `source` earlier and is not in it now."""
        here = set(self.found.values())
        rows = ImportedResource.objects.filter(district=self.district, source=source).order_by("pk")
        values = rows.values_list("pk", "key", "fields__title", "page_id")
        return [Gone(key, title or key, page_id) for pk, key, title, page_id in values if pk not in here]


def known_again(
    wanted: Mapping[str, Sequence[str]],
    rows: Iterable[tuple[int, str, Sequence[str], str | None]],
    titles: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Which row each resource of a file is: row ids by the keys of resources. No row is two of them.

    `wanted` are all names of the file's resources by key, best first, `titles` their titles; `rows` are (id, key, all
    names, title). The key decides. Another name tells only where nobody else has it, neither in the file nor among the
    rows: lessons may share an address, of a folder or a course, and one must not be taken for another. Such a name and the
    title together tell more than a key, which may be the number of a row in a list: a new line above moves them all. They
    tell also where several share the name, if each has a title of its own.
    """
    given = Counter(name for key, names in wanted.items() for name in {key, *names})
    headings: dict[tuple[str, str], str | None] = {}  # None: of several resources
    for key, names in wanted.items():
        if heading := _heading((titles or {}).get(key)):
            for name in names:
                if not name.startswith(_TITLE):
                    headings[name, heading] = None if (name, heading) in headings else key
    of_key: dict[str, int] = {}
    of_name: dict[str, int | None] = {}  # None: of several rows
    of_title: dict[str, int | None] = {}
    for pk, row_key, others, title in rows:
        if row_key in wanted:
            of_key[row_key] = pk
        for name in {row_key, *others}:
            if given[name] == 1:
                of_name[name] = None if name in of_name else pk
            if (heading := _heading(title)) and (meant := headings.get((name, heading))):
                of_title[meant] = pk if of_title.get(meant, pk) == pk else None
    by_old_name = ((key, of_name.get(key)) for key in wanted)
    by_others = ((key, of_name.get(name)) for key, names in wanted.items() for name in names)
    found: dict[str, int] = {}
    taken: set[int] = set()
    for key, row in chain(of_title.items(), of_key.items(), by_old_name, by_others):
        if key not in found and row is not None and row not in taken:
            found[key] = row
            taken.add(row)
    return found


def title_key(title: str) -> str:
    """What a resource goes by that has neither identifier nor address."""
    return f"{_TITLE}{title.casefold()}"


def _heading(title: str | None) -> str | None:
    """A title to be compared by its beginning; None, which is no other's, for none."""
    return " ".join(title.split()).casefold()[:200] if title else None


PageState = dict[str, Any]


def page_states(rows: Iterable[ImportedResource]) -> dict[int, PageState]:
    """What tells whether somebody worked on the pages here since, by the page's key. Three queries."""
    keys = [row.page_id for row in rows if row.page_id]
    found = ResourcePage.objects.filter(pk__in=keys).values(
        "pk", "title", "live", "latest_revision_id", "live_revision_id", "district_id", "locked"
    )
    in_review = pages_in_review(keys)
    approved = approved_revisions(state["live_revision_id"] for state in found)
    return {
        state["pk"]: {
            **state,
            "in_review": state["pk"] in in_review,
            "approved": state["live_revision_id"] in approved,
        }
        for state in found
    }


def follow_unedited(rows: Iterable[ImportedResource], states: Mapping[int, PageState]) -> None:
    """Wagtail's admin saves a revision when a page is sent to review or published there, also where nothing was changed.
    Such a revision is no edit: the row goes by it from now on, as if the import had left it. Does not save the row."""
    saved = {
        row: (row.revision_id, state["latest_revision_id"])
        for row in rows
        if (state := states.get(row.page_id or 0))
        and state["latest_revision_id"] == state["live_revision_id"] != row.revision_id
    }
    contents = Revision.objects.filter(pk__in=[key for pair in saved.values() for key in pair if key])
    digests = {pk: _what_it_says(content) for pk, content in contents.values_list("pk", "content").iterator()}
    for row, (imported, latest) in saved.items():
        if digests.get(imported or 0, imported) == digests.get(latest):
            row.revision_id = latest


def _what_it_says(content: Mapping[str, Any]) -> dict[str, Any]:
    """A revision without what tells of the page's state and tree, and of reviews: those change without an edit."""
    return {name: _plain(value) for name, value in content.items() if name not in _OF_THE_PAGE}


def _plain(value: Any) -> Any:
    # Blocks and lists are text, whose keys are in any order.
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, list):
        return [
            {name: row[name] for name in row if name not in _OF_ROWS} if isinstance(row, dict) else row
            for row in value
        ]
    return value


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
        return "was edited here, and approved by reviewers" if state["approved"] else "was edited here"
    if not state["live"]:
        return "was taken off the site here"
    if state["locked"]:
        return "is locked here"
    if state["live_revision_id"] != row.revision_id:
        return "was edited here"
    return REVIEWED if state["approved"] else ""
