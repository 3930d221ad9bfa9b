"""Standards while somebody types: by the beginning of a code in any spelling, or by words of which the last is unfinished.

One indexed query an answer, so less than the look-up (`selectors.search_items`) can do: no statement is found by what stands
above it.
"""

import re
from collections.abc import Collection

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Length, RowNumber

from standards.beginnings import codes_beginning
from standards.codes import GRADES, fold_code
from standards.models import Adoption, Item
from standards.models.item import ITEM_CODES, ITEM_WORDS
from standards.selectors import items
from standards.word_forms import as_tsquery

# Of a common word's thousands of statements, so many are looked at.
MOST_LOOKED_AT = 300
MAX_WORDS = 8
AHEAD = 2
_WORD = re.compile(r"[^\W_]+")
# Letters alone, and all of them: a part of a code, or a short word.
_STRAND = re.compile(r"[a-z]{2,4}", re.I)
_HIGH_SCHOOL = re.compile(r"(?:hs)?[a-z]-[a-z]{1,3}$", re.I)  # A-REI, HSA-R
_CODE = re.compile(r"[^\W_]+(?:[\s.:/-]+[^\W_]+)*[.:/-]?")


def standards_beginning(
    text: str, *, limit: int, grades: Collection[str] = (), organisations: Collection[int] = ()
) -> list[Item]:
    """Current standards, the best first: whose code it is, then of each framework in turn, by the shortest code. Those that
    `organisations` have adopted are two turns ahead of others. grades: CEDS codes; none for all.

    One query, two where what may be the beginning of a code may be words as well.
    """
    text = text.strip()
    of_grades = Q(grades__overlap=list(grades)) if grades else Q()
    found: list[Item] = []
    if may_be_both := bool(_STRAND.fullmatch(text)):
        found = _best(_in_strand(text) & of_grades, text, limit, organisations)
    elif _may_be_code(text):
        found = _best(codes_beginning(fold_code(text)) & of_grades, text, limit, organisations)
    words = _words(text)
    if words is None or len(found) == limit or (found and not may_be_both):
        return found
    return list(dict.fromkeys([*found, *_best(words & of_grades, text, limit, organisations)]))[:limit]


def _may_be_code(text: str) -> bool:
    """It has a digit, or the signs of a code between its letters: "k.cc", "rl."."""
    has_sign = any(sign.isdigit() or sign in ".:" for sign in text) or bool(_HIGH_SCHOOL.match(text))
    return has_sign and len(fold_code(text)) >= 2 and len(text) <= 60 and bool(_CODE.fullmatch(text))


def _in_strand(text: str) -> Q:
    """Codes that begin with these letters as a whole part, or have them behind a grade: "rl" RL.6.1, "nf" 3.NF.A.1."""
    folded = fold_code(text)
    return codes_beginning(folded, *(f"{grade}{folded}" for grade in GRADES)) & Q(
        human_coding_scheme__iregex=rf"(?:^|[^[:alnum:]]){folded}(?:$|[^[:alnum:]])"
    )


def with_code_beginning(forms: Collection[str]) -> QuerySet[Item]:
    """Standards of whose code any spelling begins with one of these folded ones."""
    return items().filter(
        pk__in=Item.objects.alias(codes=ITEM_CODES).filter(codes_beginning(*forms)).values("pk")
    )


def _words(text: str) -> Q | None:
    """Every word, and the last one as a beginning; None where they are too short to say anything."""
    words = _WORD.findall(text)[:MAX_WORDS]
    if not words or (len(words[-1]) < 3 and len(words) < 2):
        return None
    parts = [as_tsquery(word) for word in words[:-1]]
    parts.append(as_tsquery(words[-1], unfinished=len(words[-1]) >= 3))
    return Q(words=SearchQuery(" & ".join(parts), search_type="raw", config="english"))


def _best(condition: Q, text: str, limit: int, organisations: Collection[int]) -> list[Item]:
    looked_at = (
        Item.objects.alias(codes=ITEM_CODES, words=ITEM_WORDS)
        .filter(condition, retired_at__isnull=True)
        .order_by()
        .values("pk")[:MOST_LOOKED_AT]
    )
    is_it = Case(
        When(code_forms__contains=[fold_code(text)], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    # The codes of one framework may all be shorter than those of another: none may take every place.
    shortest = (is_it, Length("human_coding_scheme"), F("position"))
    turn = Window(RowNumber(), partition_by=F("framework"), order_by=shortest)
    adopted = Adoption.objects.filter(organisation__in=list(organisations)).order_by().values("framework")
    behind = Case(When(framework__in=adopted, then=Value(0)), default=Value(AHEAD))
    return list(
        items()
        .filter(pk__in=looked_at)
        .alias(turn=turn, behind=behind)
        .order_by(
            is_it,
            F("turn") + F("behind"),
            "behind",
            Length("human_coding_scheme"),
            "framework__title",
            "position",
        )[:limit]
    )
