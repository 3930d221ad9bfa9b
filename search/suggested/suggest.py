"""Suggest what a resource may be aligned to: the likeliest statements of the chosen frameworks, for a person to decide.

The statements come from the database, resources like this one from the index; `search.suggested.voices` weighs them.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, Q, QuerySet, When

from repository.models import ResourcePage
from search import query
from search.client import EngineDown, ask
from search.documents import plain_text
from search.facets import BY_NAME
from search.suggested import embeddings, meaning, notation, voices
from search.suggested.frameworks import chosen_frameworks, for_subjects
from search.suggested.likeliest import Nearness, likeliest
from search.suggested.stems import stems
from search.suggested.voices import Around, Neighbour, Statement, Terms, Text
from standards.codes import looks_like_code, query_forms
from standards.models import Framework, Item, ItemAncestor
from standards.models.item import ITEM_WORDS
from standards.selectors import FoundItem, items, with_paths
from standards.text import to_plain

logger = logging.getLogger(__name__)

MAX_TEXT = 20_000  # characters that are read of a resource
MAX_SUGGESTIONS = 20
SHOWN_WORDS = 5
MAX_STATEMENTS = 1500  # that are weighed
NEIGHBOURS = 20
# Words of the text that neighbours are looked for by.
NEIGHBOUR_TERMS = 40
NEIGHBOUR_FIELDS = ["title", "summary", "objectives", "body"]
# CFItemTypes that only gather others: nobody's lesson teaches a strand.
GATHERING = frozenset(
    "category,cluster,conceptual category,content area,course,domain,grade,grade band,grade level,heading,"
    "organizing theme,strand,subdomain,subject,theme,topic,unit".split(",")
)
MAX_CODES = 20  # that are looked up
# A code within a text: parts joined by dots or dashes, with a letter and a digit somewhere ("6.RP.A.3", "HSA-REI.B.3").
_CODE = re.compile(r"(?<![\w.-])(?=[\w.-]*\d)(?=[\w.-]*[^\W\d_])\w+(?:[.-]\w+)+")
GATHERING_WEIGHT = 0.4  # of a statement that has others below it, and neither code nor type of its own


@dataclass(frozen=True)
class Described:
    """What is known of a resource. gist: title, summary and what students learn; text: all the rest; grades: CEDS codes."""

    gist: str
    text: str = ""
    grades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """words: those of the resource that speak for the statement; votes: like resources that are aligned to it.

    near: its meaning speaks for it, whatever the words; never where no language model is in use.
    """

    found: FoundItem
    score: float
    words: tuple[str, ...]
    votes: int
    near: bool

    @property
    def item(self) -> Item:
        return self.found.item


class Suggestions(list[Suggestion]):
    """The best first. by_words_alone: search rests, so nobody knows what like resources are aligned to."""

    by_words_alone = False


def suggest(
    described: Described,
    frameworks: Collection[Framework],
    tokens: Collection[str],
    *,
    without: Collection[int] = (),
    limit: int = 10,
) -> Suggestions:
    """The likeliest statements, the best first: ten queries at most (twelve with a language model) and one request, whatever
    is stored.

    tokens: what the reader may see of the neighbours; without: pages that are no neighbours, as the resource itself.
    While the engine is away the words alone decide.
    """
    gathered = gather(described, frameworks, tokens, without=without)
    ranked = likeliest(
        gathered.statements, gathered.text, gathered.around, limit=limit, nearness=nearness_to(described)
    )
    spelled: dict[str, str] = {}
    for word, stem in gathered.words:
        spelled.setdefault(stem, word)
    by_identifier = {
        item.identifier: item for item in items().filter(identifier__in=[one.identifier for one in ranked])
    }
    paths = with_paths([by_identifier[one.identifier] for one in ranked if one.identifier in by_identifier])
    found = {one.item.identifier: one for one in paths}
    suggestions = Suggestions(
        Suggestion(
            found[one.identifier],
            round(one.score, 3),
            tuple(spelled.get(term, term) for term in one.terms[:SHOWN_WORDS]),
            one.votes,
            one.near,
        )
        for one in ranked
        if one.identifier in found
    )
    suggestions.by_words_alone = gathered.by_words_alone
    return suggestions


def nearness_to(described: Described) -> Nearness | None:
    """What tells how near statements are in meaning, where there is a language model (`search.suggested.embeddings`)."""
    model = embeddings.model()
    text = described.gist or described.text
    if model is None or not text.strip():
        return None
    return partial(meaning.nearness, model, text[:MAX_TEXT])


def what_is_said(framework: Framework) -> set[str]:
    """All that meaning is judged by in the current statements of a framework."""
    current = Item.objects.filter(framework=framework, retired_at__isnull=True).order_by()
    return {said for one in _statements(_read(current, {})) for said in one.meanings}


@dataclass(frozen=True)
class Gathered:
    """All that the ranking goes by. words: those of the resource, each with its stem."""

    words: list[tuple[str, str]]
    text: Text
    statements: list[Statement]
    around: Around
    by_words_alone: bool = False


def gather(
    described: Described,
    frameworks: Collection[Framework],
    tokens: Collection[str],
    *,
    without: Collection[int] = (),
) -> Gathered:
    """The resource's words, the statements of its grades, and resources like it."""
    gist, in_gist = notation.read(described.gist[:MAX_TEXT])
    rest, in_rest = notation.read(described.text[:MAX_TEXT])
    signs = [*in_gist, *in_rest]
    parted = stems([gist, rest, *(words for _written, words in signs)])
    # What stands in title and objectives counts twice.
    weighted = [parted[0], parted[0], *parted[1:]]
    text = Text(
        Counter(stem for some in weighted for _word, stem in some),
        Counter(pair for some in weighted for pair in voices.pairs([stem for _word, stem in some])),
    )
    if not text.stems:
        return Gathered([], text, [], Around())
    rows = _rows(described, frameworks, text.stems)
    statements = _statements(rows)
    said = " ".join([gist, rest, *(words for _written, words in signs)])
    of_others = _neighbours(said, described.grades, rows, frameworks, tokens, without)
    neighbours, habit = of_others or ([], {})
    weighed = {one.identifier for one in statements}
    others = _terms_of({key for one in neighbours for key in one.aligned if key not in weighed})
    # A sign is shown as it was written: who wrote "3/4" wrote no "fraction".
    shown = [
        (written, stem)
        for (written, _words), some in zip(signs, parted[2:], strict=True)
        for _word, stem in some
    ]
    around = Around(neighbours, others, habit)
    return Gathered([*parted[0], *parted[1], *shown], text, statements, around, of_others is None)


def suggest_for(page: ResourcePage, tokens: Collection[str], *, limit: int = 10) -> Suggestions:
    """The same for a draft, of the frameworks that its district or state has adopted, and of these those for its subjects,
    without what it has already."""
    body = list(page.body.raw_data)
    described = Described(
        gist="\n".join([page.title, page.summary, plain_text(body, only_objectives=True)]),
        text=plain_text(body, only_objectives=False),
        grades=tuple(page.grades),
    )
    aligned = {alignment.item_id for alignment in page.alignments.all()}
    adopters = [key for key in (page.district_id, page.district.parent_id) if key is not None]
    frameworks = for_subjects(chosen_frameworks(adopters), {subject.slug for subject in page.subjects.all()})
    found = suggest(described, frameworks, tokens, without=[page.pk], limit=limit + len(aligned))
    found[:] = [one for one in found if one.item.pk not in aligned][:limit]
    return found


# -- statements


@dataclass(frozen=True)
class _Row:
    pk: int
    identifier: str
    code: str
    statement: str
    type: str
    grades: frozenset[str]
    framework: int
    written: str


def _rows(described: Described, frameworks: Collection[Framework], text: Mapping[str, int]) -> list[_Row]:
    """The current statements of the grades, and those that the resource names by code. Of more than can be weighed, these
    and those that share the most words with the text."""
    current = Item.objects.filter(framework__in=frameworks, retired_at__isnull=True).order_by()
    written = _codes(f"{described.gist} {described.text}"[:MAX_TEXT])
    named = Q(code_forms__overlap=list(written))
    if described.grades:
        current = current.filter(Q(grades__overlap=list(described.grades)) | Q(grades=[]) | named)
    found = _read(current[: MAX_STATEMENTS + 1], written)
    if len(found) > MAX_STATEMENTS:
        any_word = SearchQuery(" | ".join(f"'{stem}'" for stem in text), search_type="raw", config="simple")
        sharing = current.alias(words=ITEM_WORDS).filter(Q(words=any_word) | named)
        named_first = Case(When(named, then=0), default=1)
        rank = SearchRank(ITEM_WORDS, any_word).desc()
        found = _read(sharing.order_by(named_first, rank)[:MAX_STATEMENTS], written)
    return found


def _read(some: QuerySet[Item], written: Mapping[str, str]) -> list[_Row]:
    columns = (
        "pk", "identifier", "human_coding_scheme", "full_statement", "cf_item_type", "grades", "framework", "code_forms",
    )  # fmt: skip
    return [
        _Row(
            pk, identifier, code, to_plain(statement), type.strip().lower(), frozenset(its_grades), framework,
            next((written[form] for form in forms if form in written), ""),
        )
        for pk, identifier, code, statement, type, its_grades, framework, forms in some.values_list(*columns)
    ]  # fmt: skip


def _codes(text: str) -> dict[str, str]:
    """The codes that a text names, each folded spelling with how it is written."""
    written: dict[str, str] = {}
    for code in list(dict.fromkeys(_CODE.findall(text)))[:MAX_CODES]:
        if looks_like_code(code):
            for form in query_forms(code):
                written.setdefault(form, code)
    return written


def _statements(rows: Collection[_Row]) -> list[Statement]:
    keys = [row.pk for row in rows]
    links = list(
        ItemAncestor.objects.filter(descendant__in=keys, depth__gt=0)
        .order_by("depth", "ancestor")
        .values_list("descendant", "ancestor", "depth")
    )
    known = {row.pk: row.statement for row in rows}
    missing = {ancestor for _, ancestor, _ in links} - known.keys()
    for pk, statement in Item.objects.filter(pk__in=missing).order_by().values_list("pk", "full_statement"):
        known[pk] = to_plain(statement)
    own, aside = _stemmed(known)
    above: dict[int, list[list[str]]] = defaultdict(lambda: [[], [], []])
    below: dict[int, list[str]] = defaultdict(list)
    parents: dict[int, set[int]] = defaultdict(set)
    paths: dict[int, dict[int, str]] = defaultdict(dict)
    for descendant, ancestor, depth in links:
        above[descendant][min(depth, 3) - 1] += own[ancestor]
        paths[descendant].setdefault(depth, known[ancestor])
        if depth == 1:
            below[ancestor] += own[descendant]
            parents[descendant].add(ancestor)
    identifiers = {row.pk: row.identifier for row in rows}
    return [
        Statement(
            row.identifier,
            voices.weigh(own[row.pk], aside[row.pk]),
            voices.pairs(own[row.pk]),
            (above[row.pk][0], above[row.pk][1], above[row.pk][2]),
            below[row.pk],
            frozenset(identifiers.get(parent, str(parent)) for parent in parents[row.pk]),
            row.grades,
            GATHERING_WEIGHT if row.pk in below and not row.code and not row.type else 1.0,
            row.framework,
            row.written,
            (
                row.statement,
                ". ".join(
                    [*(paths[row.pk][step] for step in (2, 1) if step in paths[row.pk]), row.statement]
                ),
            ),
        )
        for row in rows
        if row.type not in GATHERING
    ]


def _stemmed(statements: Mapping[int, str]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    parted = [voices.parts(text) for text in statements.values()]
    found = stems([text for pair in parted for text in pair])
    plain = [[stem for _word, stem in some] for some in found]
    return dict(zip(statements, plain[::2], strict=True)), dict(zip(statements, plain[1::2], strict=True))


def _terms_of(identifiers: Collection[str]) -> dict[str, Terms]:
    """The terms of statements of other grades or frameworks that neighbours are aligned to."""
    if not identifiers:
        return {}
    rows = list(
        Item.objects.filter(identifier__in=identifiers)
        .order_by()
        .values_list("pk", "identifier", "full_statement")
    )
    own, aside = _stemmed({pk: to_plain(statement) for pk, _, statement in rows})
    return {identifier: voices.weigh(own[pk], aside[pk]) for pk, identifier, _ in rows}


# -- neighbours


def _neighbours(
    text: str,
    grades: Collection[str],
    rows: Collection[_Row],
    frameworks: Collection[Framework],
    tokens: Collection[str],
    without: Collection[int],
) -> tuple[list[Neighbour], dict[str, int]] | None:
    """Resources like this one with what they are aligned to, and how often resources of its grades are aligned to each
    statement. What a reviewer disputes says neither. One request. None while search is resting."""
    standard = BY_NAME["standard"].field()
    found: dict[str, Any] = query.visible(tokens)
    found["bool"]["filter"].append({"terms": {standard: sorted(one.short_name for one in frameworks)}})
    found["bool"]["must_not"] = [{"ids": {"values": [str(pk) for pk in without]}}]
    # Only `should`: the counts are of all resources, the first hits those that are most alike.
    found["bool"]["should"] = [
        {
            "more_like_this": {
                "fields": NEIGHBOUR_FIELDS,
                "like": text[:MAX_TEXT],
                "max_query_terms": NEIGHBOUR_TERMS,
                "min_term_freq": 1,
                "min_doc_freq": 1,
                "minimum_should_match": "10%",
            }
        }
    ]
    keys = sorted(row.identifier for row in rows)
    counts = {
        name: {"terms": {"field": name, "include": keys, "size": len(keys)}}
        for name in (standard, "disputed")
    }
    of_grades = [BY_NAME["grade"].filter(grades)] if grades else []
    body = {
        "query": found,
        "size": NEIGHBOURS,
        "_source": ["card.standards.identifier", "card.standards.disputed"],
        "timeout": query.TIME_LIMIT,
        "aggs": {"grades": {"filter": {"bool": {"filter": of_grades}}, "aggs": counts}} if keys else {},
    }
    try:
        answer = ask(body)
    except EngineDown as error:
        logger.warning("Standards are suggested by their words alone: %s", error)
        return None
    neighbours = [
        Neighbour(hit["_score"], frozenset(one["identifier"] for one in standards if not one.get("disputed")))
        for hit in answer["hits"]["hits"]
        if hit["_score"] > 0 and (standards := hit["_source"]["card"]["standards"])
    ]
    found_counts = query.read_counts(answer.get("aggregations", {}))
    disputed = found_counts.get("disputed", {})
    habit = {key: count - disputed.get(key, 0) for key, count in found_counts.get(standard, {}).items()}
    return [one for one in neighbours if one.aligned], habit
