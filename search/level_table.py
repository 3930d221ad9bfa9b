"""A two-way table: the parts of one standard by competency level, each cell the resources that a search for both finds.

Standard and level (and relation, where one is chosen) hold on one same alignment, as in every search. One engine request;
where words are looked for, a few before it that find out how, as for every search (`meant.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from search import query
from search.addresses import url
from search.client import ask, was_cut_short
from search.facets import BY_NAME, JOINT_PATH
from search.meant import Meant, meant
from search.query import MAX_BUCKETS
from search.request import SearchRequest
from search.trees import Standards
from search.understanding import Understood, understand
from search.vocabularies import Levels, Term

MOST_ROWS = 200
SHADES = 4


@dataclass(frozen=True)
class Cell:
    """shade: 0 for none, then 1 to SHADES by how many there are beside the fullest cell. url: "" where there are none."""

    count: int
    shade: int
    url: str


@dataclass(frozen=True)
class Row:
    """total: resources of the standard at any level or none. open_url: the table of what it is made of, or nothing."""

    standard: Term
    total: Cell
    cells: tuple[Cell, ...]
    open_url: str = ""


@dataclass(frozen=True)
class Table:
    """`whole` is the standard itself, with all below it; `rows` are its parts, MOST_ROWS of them to a page; retired ones
    only where something names them still. levels: all of each scale that anything here has, so that gaps are seen.
    others: the other standards that are chosen, each with the address of its own table.

    first, last: the numbers of the parts looked at, among all `parts`. The addresses lead to those before and after, or
    are "". partial: a time limit cut the counting short.
    """

    levels: tuple[Term, ...]
    whole: Row
    rows: tuple[Row, ...]
    first: int = 1
    last: int = 0
    parts: int = 0
    previous_url: str = ""
    next_url: str = ""
    others: tuple[tuple[Term, str], ...] = ()
    partial: bool = False


def level_table(
    understood: Understood, tokens: Collection[str], *, address: str, page: int = 1
) -> Table | None:
    """For the first standard that is chosen; None where none is. Raises EngineDown.

    address: of the page of tables, which takes the number of a page of rows as `parts`.
    """
    request = understood.request
    if not request.values("standard"):
        return None
    parent = request.values("standard")[0]
    parts = [node.value for node in Standards().below([parent]).get(parent, ())]
    pages = max(1, ceil(len(parts) / MOST_ROWS))
    page = min(max(1, page), pages)
    shown = parts[(page - 1) * MOST_ROWS : page * MOST_ROWS]
    base = replace(understood.by_hand("standard"), related=0)
    # The searches behind the cells have the standard chosen, and its code no longer among their words.
    behind = meant(understood if base.q == understood.asked.q else understand(base), tokens)
    counts, partial = _counts(behind, tokens, [parent, *shown])
    ordered = Levels().of_same_scales({level for _total, row in counts.values() for level in row})
    chosen = request.values("standard")
    terms = Standards().terms([parent, *shown, *chosen])
    most = max((count for value in shown for count in counts.get(value, (0, {}))[1].values()), default=0)

    def row(value: str) -> Row:
        total, by_level = counts.get(value, (0, {}))
        search = base.choosing("level", ()).choosing("standard", [value])
        cells = [
            _cell(by_level.get(level.value, 0), most, search.choosing("level", [level.value]))
            for level in ordered
        ]
        open_url = f"{address}?{search.query_string()}" if terms[value].has_children else ""
        return Row(terms[value], _cell(total, 0, search), tuple(cells), open_url)

    if parent not in terms:
        return None
    here = f"{address}?{understood.asked.query_string()}&parts="

    def table_of(value: str) -> str:
        first = base.choosing("standard", [value, *(one for one in chosen if one != value)])
        return f"{address}?{first.query_string()}"

    return Table(
        levels=tuple(ordered),
        whole=row(parent),
        rows=tuple(
            row(value)
            for value in shown
            if value in terms and not (terms[value].retired and value not in counts)
        ),
        first=(page - 1) * MOST_ROWS + 1,
        last=(page - 1) * MOST_ROWS + len(shown),
        parts=len(parts),
        previous_url=f"{here}{page - 1}" if page > 1 else "",
        next_url=f"{here}{page + 1}" if page < pages else "",
        others=tuple((terms[value], table_of(value)) for value in chosen[1:] if value in terms),
        partial=partial,
    )


def _cell(count: int, most: int, search: SearchRequest) -> Cell:
    shade = min(SHADES, ceil(SHADES * count / most)) if most else 0
    return Cell(count, shade, url(search) if count else "")


def _counts(
    asked: Meant, tokens: Collection[str], standards: Sequence[str]
) -> tuple[dict[str, tuple[int, dict[str, int]]], bool]:
    """Of each standard: its resources, and those at each level. And whether counting was cut short."""
    chosen = asked.understood.request.chosen
    clause = query.base(asked.understood.words, tokens, asked.scouted.how.counted)
    clause["bool"]["filter"] += query.chosen_filters(
        {name: values for name, values in chosen.items() if not BY_NAME[name].joint}
    )
    resources: dict[str, Any] = {"resources": {"reverse_nested": {}}}
    by_level = {
        "terms": {"field": BY_NAME["level"].field(nested=True), "size": MAX_BUCKETS},
        "aggs": resources,
    }
    by_standard = {
        "terms": {
            "field": BY_NAME["standard"].field(nested=True),
            "include": list(standards),
            "size": len(standards),
        },
        "aggs": {**resources, "levels": by_level},
    }
    conditions = [
        spec.filter(chosen[spec.name], nested=True) for spec in (BY_NAME["relation"],) if spec.name in chosen
    ]
    matching = {"filter": {"bool": {"filter": conditions}}, "aggs": {"standards": by_standard}}
    body = {
        "query": clause,
        "size": 0,
        "timeout": query.TIME_LIMIT,
        "aggs": {"alignments": {"nested": {"path": JOINT_PATH}, "aggs": {"matching": matching}}},
    }
    answer = ask(body)
    found = answer["aggregations"]["alignments"]["matching"]["standards"]["buckets"]
    counts = {
        one["key"]: (_resources(one), {of["key"]: _resources(of) for of in one["levels"]["buckets"]})
        for one in found
    }
    return counts, was_cut_short(answer)


def _resources(bucket: Mapping[str, Any]) -> int:
    return int(bucket["resources"]["doc_count"])
