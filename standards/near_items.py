"""Standards whose code is one slip away from what was typed (`near.py`), looked up among all there are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import QuerySet

from standards.models import Item
from standards.near import near_codes

MAX_NEAR = 500


def items_near_code(scopes: Sequence[QuerySet[Item]], text: str) -> list[Item]:
    """Items of these scopes, the likeliest slip first, and of one slip those of the first scope. [] for what is no code.

    One query, and one a scope; each code comes once before any comes from a second framework.
    """
    costs = _cheapest(near_codes(text))
    if not costs:
        return []
    found: list[tuple[float, Item]] = []
    for scope in scopes:
        near = scope.filter(code_forms__overlap=list(costs)).order_by("framework__title", "position")
        for item in near[:MAX_NEAR]:
            # The form that an item is cited by most stands first.
            cost = min(costs[form] + rank / 5 for rank, form in enumerate(item.code_forms) if form in costs)
            found.append((cost, item))
    return one_of_each(item for _cost, item in sorted(found, key=lambda one: one[0]))


def one_of_each(some: Iterable[Item]) -> list[Item]:
    """No item twice, and the first of each code before the second of any, else in their order."""
    copies: Counter[str] = Counter()
    rounds = []
    for item in dict.fromkeys(some):
        rounds.append((copies[item.human_coding_scheme], item))
        copies[item.human_coding_scheme] += 1
    return [item for _round, item in sorted(rounds, key=lambda one: one[0])]


def _cheapest(costs: Mapping[str, float]) -> dict[str, float]:
    """Of these forms of codes those that statements have, the likeliest first, until they name MAX_NEAR statements: where
    fifty frameworks share their codes, the others would only be more of what is less likely.

    Form by form, because the planner takes an overlap with a thousand forms for most of the table and reads all of it:
    seconds at 150,000 statements.
    """
    if not costs:
        return {}
    sql = """
        SELECT form, total FROM unnest(%s::text[]) AS form,
        LATERAL (SELECT count(*) FROM (
            SELECT 1 FROM standards_item WHERE code_forms @> ARRAY[form]::varchar(255)[] LIMIT %s) AS found(one)
        ) AS counted(total)
        WHERE total > 0
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(costs), MAX_NEAR])
        numbers = dict(cursor.fetchall())
    chosen, number = {}, 0
    for form in sorted(numbers, key=lambda one: (costs[one], one)):
        if number and number + numbers[form] > MAX_NEAR:
            break
        chosen[form] = costs[form]
        number += numbers[form]
    return chosen
