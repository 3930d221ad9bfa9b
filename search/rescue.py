"""What to offer when a search finds nothing, and when the engine is away: never the end of the road."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest

from people.models import User
from people.selectors import organisation_ids
from repository.audience import visible_to
from repository.models import ResourcePage
from search import query
from search.client import ask_several
from search.counts import counts_for
from search.english import foreign_words
from search.lexicon import lexicon
from search.meant import Meant, meant
from search.padding import put_aside, tells
from search.request import SearchRequest
from search.understanding import Part, Understood, cut, remaining, understand
from search.words import SAY_NOTHING, Words, overlaps, read_words
from search.words import tokens as tokens_of_query
from standards.models import Item, ItemAncestor
from standards.selectors import items, search_items

MAX_STANDARDS = 5
MAX_AROUND = 50
# A code of three parts or more, one of them with a digit; the last part is left out.
_CODE_BELOW = re.compile(r"(?=\S*\d)(\w{1,20}(?:[.-]\w{1,20}){1,6})[.-]\w{1,20}")
# "6rp99": a grade, a domain and a number without signs between them.
_TOGETHER = re.compile(r"(\d{1,2}|k)([a-z]{1,4})\d+[a-z]?", re.I)
# Of several words that no standard has together, the longest are tried alone; short ones say little.
LEAST_TELLING, MAX_TELLING = 6, 3
LONGEST_ACRONYM = 5
MAX_PLAIN = 25
MAX_LOOKED_UP = 8  # words
_WORD = re.compile(r"[^\W_]+")
# Of longer queries no single word is to blame.
MAX_WORDS_DROPPED = 6
MAX_WRITTEN_OUT = 3


@dataclass(frozen=True)
class WayOut:
    """A search with something dropped, and how many resources it finds.

    facet: the filter dropped; words: the words dropped, all of them or one. Both are empty where all filters are dropped.
    instead: what an acronym or a synonym is written out as; then nothing is dropped. taken: what words may mean as a filter,
    which takes their place. language: what the words are of, which nothing else is asked of than to be in.
    """

    request: SearchRequest
    count: int = 0
    facet: str = ""
    words: str = ""
    instead: str = ""
    taken: Part | None = None
    language: str = ""


def ways_out(understood: Understood, tokens: Collection[str]) -> list[WayOut]:
    """What to drop so that something is found, the most first. One request for all counts, after the few by which each
    search finds out how it is asked (`meant.py`). Raises EngineDown.

    Each count is that of the search behind it: one filter less, the words less, one word less; and where none of these finds
    anything, all filters less. What coordinators keep as a synonym stands for itself, word by word; asked for as words, some
    of it may be found.
    """
    single = [
        WayOut(way, facet=facet)
        for facet in understood.request.chosen
        if (way := _without(understood, facet)).q
        or way.chosen
        or facet != "standard"  # everything is no help
    ]
    taken = _taken(understood, understood.offered)
    ways = _counted(
        [
            *single,
            *_fewer_words(understood),
            *_written_out(understood),
            *taken,
            *_in_its_language(understood),
        ],
        tokens,
    )
    if not ways and len(understood.request.chosen) > 1:
        bare = SearchRequest(q=_free_words(understood), as_typed=understood.asked.as_typed)
        ways = _counted([WayOut(bare)], tokens)
    return sorted(ways, key=lambda way: -way.count)


def as_filters(understood: Understood, parts: Sequence[Part], tokens: Collection[str]) -> list[WayOut]:
    """With each of the parts that finds something as a filter, in the place of its words. Raises EngineDown."""
    return _counted(_taken(understood, parts), tokens) if parts else []


def _taken(understood: Understood, parts: Sequence[Part]) -> list[WayOut]:
    return [WayOut(understood.taking(part), taken=part) for part in parts]


def _without(understood: Understood, facet: str) -> SearchRequest:
    return understood.by_hand(facet).choosing(facet, ())


def _free_words(understood: Understood) -> str:
    return cut(understood.asked.q, understood.applied)


def _fewer_words(understood: Understood) -> list[WayOut]:
    """Without all words that are no filters, where filters are left; and without each one of a few."""
    asked, said = understood.asked, understood.applied
    free = [token for token in tokens_of_query(asked.q) if not token.excluded and not overlaps(token, said)]
    ways = []
    if free and understood.request.chosen:
        only_filters = " ".join(part.words for part in said)
        ways.append(WayOut(replace(asked, q=only_filters, page=1, cursor=""), words=_free_words(understood)))
    if 1 < len(free) <= MAX_WORDS_DROPPED:
        for token in free:
            less = cut(asked.q, [token])
            if not tells(less) or token.text.lower() in SAY_NOTHING:
                continue
            ways.append(WayOut(replace(asked, q=less, page=1, cursor=""), words=token.text))
    return ways


def _in_its_language(understood: Understood) -> list[WayOut]:
    """All that is in the language of the words, for the grades and times that they say: who asks for "lectura" may take a
    title with "leer"."""
    languages = dict.fromkeys(foreign_words(understood.words.text).values())
    only_filters = " ".join(part.words for part in understood.applied)
    asked = replace(understood.asked, q=only_filters)
    return [WayOut(asked.choosing("language", [one]), language=one) for one in languages]


def _written_out(understood: Understood) -> list[WayOut]:
    """With an acronym written out: "PBL" as "project-based learning"."""
    asked = understood.asked
    return [
        WayOut(replace(asked, q=asked.q.replace(one.words, other, 1), page=1, cursor=""), instead=other)
        for one in understood.words.alternatives[:MAX_WORDS_DROPPED]
        for other in one.instead[:MAX_WRITTEN_OUT]
        if one.words in asked.q
    ]


def _counted(ways: Sequence[WayOut], tokens: Collection[str]) -> list[WayOut]:
    """Those that find something, with their true count: of what the search behind it is taken to mean."""
    bodies, some = [], []
    known: dict[Words, Meant] = {}
    for way in ways:
        found = understand(way.request)
        if found.words not in known:
            known[found.words] = meant(found, tokens)
        said = known[found.words]
        if way.instead and not said.scouted.strictly:
            continue  # "individual education plan" would find every plan
        some.append(way)
        clause = query.base(said.understood.words, tokens, said.scouted.how.counted)
        clause["bool"]["filter"] += query.chosen_filters(found.request.chosen)
        bodies.append({"query": clause, "size": 0, "track_total_hits": True, "timeout": query.TIME_LIMIT})
    counts = [int(answer["hits"]["total"]["value"]) for answer in ask_several(bodies)]
    return [replace(way, count=count) for way, count in zip(some, counts, strict=True) if count]


def nearest_standards(q: str, user: User | AnonymousUser) -> list[Item]:
    """Standards that the words or the code may have meant; of a code that there is not, those of its cluster. Where none has
    all the words, those with a synonym of some of them; then those with the longest that stands in any: it says the most.
    """
    wanted, others = read_words(q).wanted, _in_other_words(q)
    # "SEL" itself begins "select", and is a slip of "sell".
    is_acronym = (
        bool(others) and len(wanted) <= LONGEST_ACRONYM and all(" " in other.strip() for other in others)
    )
    attempts = others if is_acronym else [wanted, *others, *_less_and_less(wanted)]
    for words in filter(None, attempts):
        if found := search_items(
            words, organisations=organisation_ids(user), limit=MAX_STANDARDS, reader=user
        ):
            return found
    return []


def around(identifiers: Collection[str], user: User | AnonymousUser) -> list[Item]:
    """The standards above these, then those beside them. Three queries."""
    if not identifiers:
        return []
    own = ItemAncestor.objects.filter(descendant__identifier__in=identifiers)
    above = own.filter(depth__in=(1, 2)).order_by("depth").values_list("ancestor", flat=True)
    beside = ItemAncestor.objects.filter(ancestor__in=own.filter(depth=1).values("ancestor"), depth=1)
    others = beside.exclude(descendant__identifier__in=identifiers).order_by("descendant__position")
    keys = list(dict.fromkeys([*above, *others.values_list("descendant", flat=True)]))[:MAX_AROUND]
    found = items(user).filter(retired_at__isnull=True).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _in_other_words(q: str) -> list[str]:
    """With one synonym after the other in its place, as the search asks for them too."""
    words = _as_asked(q)
    return [
        f" {words.wanted} ".replace(f" {one.words} ", f" {other} ", 1)
        for one in words.alternatives[:MAX_WRITTEN_OUT]
        for other in one.instead[:MAX_WRITTEN_OUT]
    ]


def _as_asked(q: str) -> Words:
    """The query with its synonyms, all of it as words."""
    return remaining(q, (), lexicon(), {})


def _less_and_less(words: str) -> Iterator[str]:
    """M.6.RP.99 is not here, but M.6.RP is. Two parts always stay: "M" alone would be anything."""
    if together := _TOGETHER.fullmatch(words):
        yield f"{together[1]}.{together[2]}"
    above = words
    while shorter := _CODE_BELOW.fullmatch(above):
        above = shorter[1]
        yield above
    several = dict.fromkeys(words.split())
    if len(several) > 1:
        telling = [word for word in several if len(word) >= LEAST_TELLING]
        yield from sorted(telling, key=len, reverse=True)[:MAX_TELLING]


@dataclass(frozen=True)
class NearStandard:
    """A standard near the words, and how many visible resources it has; None while that is not known."""

    item: Item
    count: int | None


def with_resources(found: Sequence[Item], request: HttpRequest) -> list[NearStandard]:
    """These with their resources, those that have any first. At most one request."""
    counts = counts_for(request, found)
    near = [NearStandard(item, None if counts is None else counts.get(item.pk, 0)) for item in found]
    return sorted(near, key=lambda one: not one.count)


def plain_lookup(q: str, user: User | AnonymousUser) -> list[ResourcePage]:
    """Resources by words of their title or synonyms of those, from the database: what is left while the engine is away.
    One query."""
    words = put_aside(_as_asked(q), lexicon())
    matching, rest = Q(), f" {words.text} "
    for one in words.alternatives[:MAX_LOOKED_UP]:
        rest = rest.replace(f" {one.words} ", "  ", 1)
        either = Q(title__iregex=_in_a_row(one.words))
        for other in one.instead:
            either |= Q(title__iregex=_in_a_row(other))
        matching &= either
    for word in [*words.codes, *words.phrases, *rest.split()][:MAX_LOOKED_UP]:
        matching &= Q(title__icontains=word)
    for word in words.excluded[:MAX_LOOKED_UP]:
        matching &= ~Q(title__icontains=word)
    found = visible_to(user).filter(matching)
    return list(found.select_related("kind", "district").order_by("title")[:MAX_PLAIN])


def _in_a_row(words: str) -> str:
    """A regular expression of the database's: the words from the beginning of one, whatever signs are between them."""
    return r"\m" + r"[^[:alnum:]]+".join(re.escape(word) for word in _WORD.findall(words))
