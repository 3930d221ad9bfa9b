"""Writes that keep what is derived from associations true: the closure, and links between frameworks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from standards.models import Association, Framework, Item, ItemAncestor

# Everything below one of our items in another framework depends on our tree too.
_AFFECTED = """
CREATE TEMP TABLE closure_affected ON COMMIT DROP AS
SELECT id FROM standards_item WHERE framework_id = %(framework)s
UNION
SELECT link.descendant_id FROM standards_itemancestor link
JOIN standards_item above ON above.id = link.ancestor_id
WHERE above.framework_id = %(framework)s
UNION
SELECT link.descendant_id FROM standards_itemancestor link WHERE link.ancestor_id = ANY(%(others)s)
UNION
SELECT unnest(%(others)s::bigint[])
"""
_KEEP = """
CREATE TEMP TABLE closure_before ON COMMIT DROP AS
SELECT descendant_id, ancestor_id, depth FROM standards_itemancestor
WHERE descendant_id IN (SELECT id FROM closure_affected)
"""
_DELETE = "DELETE FROM standards_itemancestor WHERE descendant_id IN (SELECT id FROM closure_affected)"
# UNION, not UNION ALL: a statement reached by two ways of one length is followed once.
_INSERT = """
WITH RECURSIVE up(descendant, ancestor, depth) AS (
    SELECT id, id, 0 FROM closure_affected
  UNION
    SELECT up.descendant, edge.destination_id, up.depth + 1
    FROM up JOIN standards_association edge
      ON edge.origin_id = up.ancestor AND edge.association_type = 'isChildOf'
    WHERE edge.destination_id IS NOT NULL
)
INSERT INTO standards_itemancestor (descendant_id, ancestor_id, depth)
SELECT descendant, ancestor, min(depth) FROM up GROUP BY descendant, ancestor
"""
# An item that had no row before is new: nothing that follows items knows it yet.
_DIFFERING = """
WITH after AS MATERIALIZED (
    SELECT descendant_id, ancestor_id, depth FROM standards_itemancestor
    WHERE descendant_id IN (SELECT descendant_id FROM closure_before)
)
SELECT descendant_id FROM (TABLE closure_before EXCEPT TABLE after) lost
UNION
SELECT descendant_id FROM (TABLE after EXCEPT TABLE closure_before) won
"""


# A table so many times as large as what was written is known well enough; autovacuum does the rest.
KNOWN = 50


def gather_statistics(written: int) -> None:
    """Without it the planner takes the thousands of rows just written for a handful, and loops over them."""
    with connection.cursor() as cursor:
        for table in ("standards_item", "standards_association"):
            _analyze(cursor, table, written)


def _analyze(cursor: CursorWrapper, table: str, written: int) -> None:
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
    (known,) = cursor.fetchone()
    if known < KNOWN * written:
        cursor.execute(f"ANALYZE {table}")


def rebuild_closure(*, framework: Framework | None, others: Collection[int] = ()) -> list[int]:
    """Writes anew what is above each item of `framework`, of whatever hangs below it elsewhere, and of `others`.

    Returns the keys of those items that were there before and have other ancestors now.

    Call it inside the transaction that changed isChildOf associations, after `gather_statistics`; they must form
    no cycle.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS closure_affected, closure_before")
        cursor.execute(_AFFECTED, {"framework": framework.pk if framework else None, "others": list(others)})
        cursor.execute("ANALYZE closure_affected")
        cursor.execute(_KEEP)
        cursor.execute(_DELETE)
        were_there = cursor.rowcount > 0
        cursor.execute(_INSERT)
        # Pages read the closure at once, and autovacuum comes later.
        _analyze(cursor, "standards_itemancestor", cursor.rowcount)
        if not were_there:
            return []
        cursor.execute(_DIFFERING)
        return [key for (key,) in cursor.fetchall()]


# A circle through several frameworks must take an edge from one to another: the search starts from those that
# touch this framework, and ends because it keeps pairs, of which there are finitely many.
_CIRCLE = """
WITH RECURSIVE up(start, first, above) AS (
    SELECT edge.origin_id, edge.destination_id, edge.destination_id
    FROM standards_association edge
    JOIN standards_item below ON below.id = edge.origin_id
    JOIN standards_item above ON above.id = edge.destination_id
    WHERE edge.association_type = 'isChildOf' AND below.framework_id <> above.framework_id
      AND %(framework)s IN (below.framework_id, above.framework_id)
  UNION
    SELECT up.start, up.first, edge.destination_id
    FROM up JOIN standards_association edge ON edge.origin_id = up.above
    WHERE edge.association_type = 'isChildOf' AND edge.destination_id IS NOT NULL AND up.above <> up.start
)
SELECT start, first FROM up WHERE above = start LIMIT 1
"""


def circle_through_others(*, framework: Framework) -> tuple[Item, Item] | None:
    """An item that stands below itself by way of another framework, and its parent on that way."""
    with connection.cursor() as cursor:
        cursor.execute(_CIRCLE, {"framework": framework.pk})
        found = cursor.fetchone()
    if found is None:
        return None
    items = Item.objects.select_related("framework").in_bulk(found)
    return items[found[0]], items[found[1]]


def hanging_below(*, framework: Framework) -> list[int]:
    """The items of other frameworks that stand below an item of `framework`."""
    links = ItemAncestor.objects.filter(ancestor__framework=framework).exclude(
        descendant__framework=framework
    )
    return list(links.values_list("descendant", flat=True).distinct())


# The open links are found first, and there are few: joined the other way round, each of a framework's thousands
# of items would go through all associations there are.
_RESOLVE = """
WITH open AS MATERIALIZED (
    SELECT id, {end}_identifier AS identifier, {end}_uri AS uri FROM standards_association
    WHERE {end}_id IS NULL AND framework_id {whose} %(framework)s
)
UPDATE standards_association edge SET {end}_id = item.id
FROM open {join}
WHERE edge.id = open.id AND item.framework_id {where} %(framework)s
RETURNING edge.id, edge.association_type, edge.origin_id
"""
# By identifier, by address, by another known name: each for the links that the one before left open.
_JOINS = (
    "JOIN standards_item item ON item.identifier IN (open.identifier, lower(open.identifier))",
    "JOIN standards_item item ON item.uri = open.uri AND open.uri <> ''",
    """JOIN standards_itemalias alias ON alias.value IN (open.identifier, lower(open.identifier), open.uri)
       JOIN standards_item item ON item.id = alias.item_id""",
)
TiedLink = tuple[int, str]
"""The key of an association, and which of its ends was tied to an item: origin or destination."""


@dataclass(frozen=True, slots=True)
class Tied:
    """`hanging` are the items that got a parent by it: their closure is to be rebuilt."""

    links: list[TiedLink]
    hanging: list[int]


def resolve_links_to(*, framework: Framework) -> Tied:
    """Ties associations of other frameworks that waited for this framework's items to them."""
    return _resolve(framework, whose="<>", where="=")


def resolve_links_of(*, framework: Framework) -> Tied:
    """Ties associations of this framework to the items of other frameworks that they name."""
    return _resolve(framework, whose="=", where="<>")


def _resolve(framework: Framework, *, whose: str, where: str) -> Tied:
    tied = Tied([], [])
    with connection.cursor() as cursor:
        for end in ("origin", "destination"):
            for join in _JOINS:
                sql = _RESOLVE.format(end=end, join=join, whose=whose, where=where)
                cursor.execute(sql, {"framework": framework.pk})
                for key, kind, origin in cursor.fetchall():
                    tied.links.append((key, end))
                    if kind == "isChildOf" and origin:
                        tied.hanging.append(origin)
    return tied


def untie(links: Iterable[TiedLink]) -> None:
    """Lets links wait again for the items that they name."""
    by_end: dict[str, list[int]] = {"origin": [], "destination": []}
    for key, end in links:
        by_end[end].append(key)
    for end, keys in by_end.items():
        Association.objects.filter(pk__in=keys).update(**{end: None})
