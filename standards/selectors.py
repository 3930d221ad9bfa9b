"""Finding standards: by any name that one goes by, and by words.

Used by the API, the pickers of forms, the search page's parameters, and search when its engine is down.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from standards.access import Reader, hidden_frameworks
from standards.beginnings import codes_beginning
from standards.codes import cites, fold_code, is_naming, looks_like_code, query_forms, segments_of
from standards.grades import normalise_grades
from standards.models import Adoption, Association, AssociationType, Framework, Item, ItemAncestor
from standards.models.item import ITEM_CODES, ITEM_WORDS
from standards.names import asn_id, guid, spellings
from standards.near import near_words
from standards.near_items import items_near_code, one_of_each
from standards.said_grades import GRADE, grades_said
from standards.successors import successors
from standards.word_forms import as_tsquery

MAX_WORDS = 12
MAX_AMBIGUOUS = 20

_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True)
class Ambiguous:
    """A code that names several statements: whoever asked must choose one of them."""

    value: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class FoundItem:
    """An item and the way down to it: `path` runs from the root to its parent."""

    item: Item
    path: tuple[Item, ...]


def items(reader: Reader = None) -> QuerySet[Item]:
    """Items that a person may see, as lists show them, with what their rows need."""
    visible = Item.objects.exclude(framework__in=hidden_frameworks(reader).values("pk"))
    return visible.select_related("framework").defer("extra", "framework__extra")


def resolve_standard(value: str, *, reader: Reader = None) -> Item | Ambiguous | None:
    """The item that a value in a URL, a file or a form means, among those that the reader may see.

    Takes an identifier, a URI, another known name (alias), `SHORTNAME:code`, or a code alone, in any spelling.
    A current statement goes before a retired one, and the code as the source writes it before other spellings.
    """
    value = value.strip()
    if not value or "\0" in value:
        return None
    names = spellings(value)
    visible = items(reader)
    found = visible.filter(Q(identifier__in=names) | Q(pk__in=_named(names))).first()
    if found is None and "://" in value:
        found = visible.filter(uri__in=names).first()
    if found is not None:
        return found
    short_name, colon, code = value.partition(":")
    if colon:
        framework = Framework.objects.filter(short_name__iexact=short_name.strip()).first()
        if framework is not None:
            return _by_code(value, code, visible.filter(framework=framework))
    return _by_code(value, value, visible)


def _named(names: Collection[str]) -> QuerySet[Item]:
    return Item.objects.filter(aliases__value__in=names)


def _by_code(value: str, code: str, among: QuerySet[Item]) -> Item | Ambiguous | None:
    code, folded = code.strip(), fold_code(code)
    if not folded:
        return None
    same = among.filter(code_forms__contains=[folded])
    # In this order the first rule that names anything decides.
    spelled = Case(
        When(human_coding_scheme=code, then=Value(0)),
        When(code_forms__0=folded, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    retired = Case(
        When(retired_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    candidates = list(
        same.annotate(spelled=spelled, retired=retired).order_by(
            "retired", "spelled", "framework__short_name", "position"
        )[: MAX_AMBIGUOUS + 1]
    )
    if not candidates:
        return None
    best = (candidates[0].retired, candidates[0].spelled)
    chosen = [item for item in candidates if (item.retired, item.spelled) == best]
    return chosen[0] if len(chosen) == 1 else Ambiguous(value, tuple(chosen[:MAX_AMBIGUOUS]))


@dataclass(frozen=True)
class FoundItems:
    """What a look-up finds.

    is_near: nothing matches as it was typed; these are one slip away. is_name: the query is this statement's identifier
    or address. retired: the query names this statement, and these, if any, take its place.
    """

    items: list[Item]
    is_near: bool = False
    is_name: bool = False
    retired: Item | None = None


def search_items(
    query: str,
    *,
    framework: Framework | None = None,
    organisations: Collection[int] = (),
    limit: int = 20,
    reader: Reader = None,
) -> list[Item]:
    """The items of `find_items`."""
    found = find_items(query, framework=framework, organisations=organisations, limit=limit, reader=reader)
    return found.items


def find_items(
    query: str,
    *,
    framework: Framework | None = None,
    organisations: Collection[int] = (),
    grades_first: Collection[str] = (),
    limit: int = 20,
    reader: Reader = None,
) -> FoundItems:
    """Current items that the reader may see, for what somebody types: any name or code in any spelling, or words.

    Every word must stand in the statement, its code, or a statement above it; the last one may be unfinished.
    "Grade 6" narrows to that grade. Where nothing matches, one slip is forgiven in a code, or in words that stand
    nowhere. First what `organisations` have adopted, then statements that match by themselves, then those for any of
    `grades_first`, then in the order of their framework. For a name that only a retired statement has, what takes its place.
    A handful of queries, whatever is stored.
    """
    query = query.replace("\0", "")
    found = _find(query, framework, organisations, grades_first, limit, reader)
    if (found.is_near or not found.items) and (retired := _retired(query, framework, reader)):
        return FoundItems(list(successors([retired.pk], reader)[retired.pk][:limit]), retired=retired)
    return found


def _retired(query: str, framework: Framework | None, reader: Reader) -> Item | None:
    known = resolve_standard(query, reader=reader)
    if not isinstance(known, Item) or known.retired_at is None or framework not in (None, known.framework):
        return None
    return known


def _find(
    query: str,
    framework: Framework | None,
    organisations: Collection[int],
    grades_first: Collection[str],
    limit: int,
    reader: Reader,
) -> FoundItems:
    grades, rest = _take_grades(query)
    among = items(reader).filter(retired_at__isnull=True)
    if framework is not None:
        among = among.filter(framework=framework)
    if grades:
        among = among.filter(grades__overlap=grades)
    if named := _by_name(among, query):
        return FoundItems(named, is_name=True)
    words = _words(rest)
    conditions = [word.condition for word in words]
    # "K-2" alone may begin a code: K-2-ETS1-1.
    attempts = _code_conditions(rest if rest.strip() or " " in query.strip() else query)
    if words or grades:
        attempts.append(conditions)
    scopes = _adopted_first(among, organisations) if framework is None else [among]
    for conditions in attempts:
        if found := _first_matches(scopes, conditions, fold_code(rest), limit, grades_first):
            if looks_like_code(rest) and conditions is attempts[0] and not _has_code(found, rest):
                # 6.RP.B.3, where there is only 6.RP.A.3: what has the rest of the code, then other slips.
                near = one_of_each([*found, *items_near_code(scopes, rest)])
                return FoundItems(near[:limit], is_near=True)
            return FoundItems(found)
    near = items_near_code(scopes, rest)[:limit] or _near_words(scopes, words, limit, grades_first)
    return FoundItems(near, is_near=bool(near))


def _by_name(among: QuerySet[Item], query: str) -> list[Item]:
    """The statement whose identifier or address was pasted; nothing for a query that can be neither."""
    value = query.strip()
    if "\0" in value or not (guid(value) or asn_id(value) or "://" in value):
        return []
    names = spellings(value)
    return list(among.filter(Q(identifier__in=names) | Q(uri__in=names) | Q(pk__in=_named(names)))[:1])


def _has_code(found: Sequence[Item], text: str) -> bool:
    """Whether one of these has the code as it was typed, not only without the letter of its cluster."""
    return any(cites(text, item.human_coding_scheme) or fold_code(text) in item.code_forms for item in found)


def _near_words(
    scopes: Sequence[QuerySet[Item]], words: Sequence["_Word"], limit: int, grades_first: Collection[str]
) -> list[Item]:
    """Items for the words, where those that stand nowhere are taken for a slip."""
    unknown = {word for word in words if near_words(word.text) and not _stands_somewhere(scopes, word)}
    if not unknown:
        return []
    conditions = []
    for word in words:
        if word in unknown:
            either = " | ".join(f"'{one}'" for one in near_words(word.text))
            conditions.append(Q(words=SearchQuery(either, search_type="raw", config="english")))
        else:
            conditions.append(word.condition)
    return _first_matches(scopes, conditions, "", limit, grades_first)


def _stands_somewhere(scopes: Sequence[QuerySet[Item]], word: "_Word") -> bool:
    return any(_matching(scope.order_by(), [word.condition]).exists() for scope in scopes)


def _adopted_first(among: QuerySet[Item], organisations: Collection[int]) -> list[QuerySet[Item]]:
    adopted = list(
        Adoption.objects.filter(organisation__in=list(organisations))
        .order_by()
        .values_list("framework", flat=True)
        .distinct()
    )
    if not adopted:
        return [among]
    return [among.filter(framework__in=adopted), among.exclude(framework__in=adopted)]


def _first_matches(
    scopes: Sequence[QuerySet[Item]],
    conditions: Sequence[Q],
    folded: str,
    limit: int,
    grades_first: Collection[str],
) -> list[Item]:
    """The best matches, asked for in the order in which they are wanted: the costly question, what stands below
    a statement that matches, only where the cheap ones leave room. The frameworks of a scope share the room: a district that
    works with two picks from both."""
    exact_first = Case(When(code_forms__0=folded, then=Value(0)), default=Value(1))
    grades = list(grades_first)
    grade_first = Case(When(grades__overlap=grades, then=Value(0)), default=Value(1))
    turn = Window(
        RowNumber(), partition_by=F("framework"), order_by=(exact_first, grade_first, F("position"))
    )
    found: list[Item] = []
    for scope in scopes:
        for step in (_matching, _below_matching):
            if room := limit - len(found):
                matches = step(scope, conditions).exclude(pk__in=[item.pk for item in found])
                shared = matches.alias(turn=turn).order_by(
                    exact_first, grade_first, "turn", "framework__title", "position"
                )
                found += sorted(
                    shared[:room],
                    key=lambda one: (
                        one.code_forms[:1] != [folded],
                        not set(grades).intersection(one.grades),
                        one.framework.title,
                        one.position,
                    ),
                )
    return found


def _matching(among: QuerySet[Item], conditions: Sequence[Q]) -> QuerySet[Item]:
    """Items that meet all conditions by themselves."""
    return among.alias(words=ITEM_WORDS, codes=ITEM_CODES).filter(*conditions)


def _below_matching(among: QuerySet[Item], conditions: Sequence[Q]) -> QuerySet[Item]:
    """Items that meet each condition, themselves or through a statement above them."""
    if not conditions:
        return among.none()
    for condition in conditions:
        # `distinct` keeps the planner from asking each item anew whether its words match, which costs a parse.
        having = Item.objects.alias(words=ITEM_WORDS, codes=ITEM_CODES).filter(condition)
        matching = having.order_by().values("pk").distinct()
        below = ItemAncestor.objects.filter(ancestor__in=matching).values("descendant").distinct()
        among = among.filter(pk__in=below)
    return among


def _take_grades(query: str) -> tuple[list[str], str]:
    """The grades that a query names, and the query without them."""
    said = [grades_said(match["grade"]) for match in GRADE.finditer(query)]
    return normalise_grades(said), GRADE.sub(" ", query)


def _code_conditions(text: str) -> list[list[Q]]:
    """A code in any spelling; if nothing has it, codes that begin so. Short words may be a code without a digit: kcca."""
    exactly, so_it_begins = Q(code_forms__overlap=query_forms(text)), codes_beginning(fold_code(text))
    if looks_like_code(text):
        return [[exactly], [so_it_begins]]
    segments = [segment for segment in segments_of(text) if not is_naming(segment)]
    return [[exactly]] if segments and all(len(segment) <= 5 for segment in segments) else []


@dataclass(frozen=True, eq=False)
class _Word:
    text: str
    condition: Q


def _words(text: str) -> list[_Word]:
    """The words of a query that say something."""
    patterns = []
    words = _WORD.findall(text)[:MAX_WORDS]
    for word in words:
        # One or two letters begin a tenth of all words: too many to be a help.
        unfinished = word is words[-1] and (len(word) > 2 or not word.isascii())
        patterns.append(as_tsquery(word, unfinished=unfinished))
    found = []
    for word, pattern, says in zip(words, patterns, _say_something(patterns), strict=True):
        condition = Q(words=SearchQuery(pattern, search_type="raw", config="english"))
        if any(character.isdigit() for character in word):
            condition |= Q(code_forms__contains=[fold_code(word)])
        if says:
            found.append(_Word(word, condition))
    return found


def _say_something(patterns: Sequence[str]) -> list[bool]:
    """Which patterns are more than stop words ("the", "of"), as the database's dictionary has it."""
    if not patterns:
        return []
    sql = "SELECT numnode(to_tsquery('english', word)) > 0 FROM unnest(%s::text[]) WITH ORDINALITY AS w(word, n) ORDER BY n"
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(patterns)])
        return [row[0] for row in cursor.fetchall()]


def with_paths(found: Sequence[Item], *, reader: Reader = None) -> list[FoundItem]:
    """Each item with its path. Two queries, whatever the number of items.

    Where a statement has several parents, the path follows the one in its own framework that comes first.
    """
    paths = _paths(found, reader)
    return [FoundItem(item, paths[item.pk]) for item in found]


def other_parents(item: Item, path: Sequence[Item], *, reader: Reader = None) -> list[Item]:
    """Parents beside the one that the path goes through. One query."""
    parents = items(reader).filter(
        associations_to__origin=item, associations_to__association_type=AssociationType.IS_CHILD_OF
    )
    return [parent for parent in parents.distinct() if parent not in path]


def _paths(found: Sequence[Item], reader: Reader) -> dict[int, tuple[Item, ...]]:
    keys = [item.pk for item in found]
    visible = items(reader).filter(descendant_links__descendant__in=keys)
    above = {item.pk: item for item in visible.order_by().distinct()}
    above.update({item.pk: item for item in found})
    edges = (
        Association.objects.filter(
            origin__in=above, destination__in=above, association_type=AssociationType.IS_CHILD_OF
        )
        .order_by("sequence_number", "pk")
        .values_list("origin_id", "destination_id")
    )
    parents: dict[int, list[Item]] = {}
    for origin, destination in edges:
        if origin is not None and destination is not None:
            parents.setdefault(origin, []).append(above[destination])
    return {item.pk: tuple(reversed(list(_way_up(item, parents)))) for item in found}


def _way_up(item: Item, parents: dict[int, list[Item]]) -> Iterable[Item]:
    seen = {item.pk}
    while candidates := [parent for parent in parents.get(item.pk, []) if parent.pk not in seen]:
        at_home = [parent for parent in candidates if parent.framework_id == item.framework_id]
        item = (at_home or candidates)[0]
        seen.add(item.pk)
        yield item
