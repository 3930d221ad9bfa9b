"""The tasks of `make bench` on real lessons and standards: where their queries come from, and what answers them.

Every set is split by a hash of its query or code: one half to tune on, the other to report. Nothing of ours was chosen by
looking at the half that is reported.

- phrases: what teachers type, in our words (phrases.toml), each with the standards it is about; a lesson aligned to one of
  them, or to a part of one, answers it. Phrases about standards that no lesson names are left out. Fifty are few to tune
  on: phrases_tried.toml has more, none of which is reported.
- typos: the same with one letter of the longest word dropped, doubled, changed or swapped with the next.
- statements: the words of a standard, without its code, among the lessons of its grade. The lessons are indexed without
  their standards: title, summary, module and unit are all there is. Lessons aligned to it or to a part of it answer.
- codes: each standard's code in 21 kinds of spelling, and with one wrong character, in the look-up of standards. A third of
  the wrong ones are the right code of something else ("L.3.1" for "L.4.1"): those that are nobody's are counted by
  themselves too, beside what can be reached at best by who knows all codes and no more.

Lessons without any standard of the two frameworks are left out of all: nobody has judged them.
"""

import random
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import ascii_uppercase, digits

from standards.models import Item
from standards.selectors import resolve_standard
from standards.text import to_plain
from tests.relevance.lessons import FRAMEWORKS, Corpus

PHRASES = Path(__file__).with_name("phrases.toml")
TRIED = Path(__file__).with_name("phrases_tried.toml")


@dataclass(frozen=True)
class Task:
    """A query and the identifiers that answer it. grades: of a filter beside the words."""

    q: str
    relevant: frozenset[str]
    grades: tuple[str, ...] = ()


def is_reported(key: str) -> bool:
    """Which half of its set a query belongs to."""
    return sha256(key.encode()).digest()[0] % 2 == 1


def phrases(corpus: Corpus, *, reported: bool = True) -> list[Task]:
    return [one for one in _phrases(corpus, PHRASES) if is_reported(one.q) == reported]


def tried(corpus: Corpus) -> list[Task]:
    """More to tune on."""
    return _phrases(corpus, TRIED)


def _phrases(corpus: Corpus, file: Path) -> list[Task]:
    found = []
    for table in tomllib.loads(file.read_text()).values():
        for q, codes in table.items():
            standards = [resolve_standard(code) for code in codes]
            answers = [corpus.aligned.get(one.pk, frozenset()) for one in standards if isinstance(one, Item)]
            if relevant := frozenset().union(*answers):
                found.append(Task(q, relevant))
    return found


def with_typo(q: str) -> str:
    """The query with one slip in its longest word; always the same one."""
    rng = random.Random(q)
    words = q.split()
    place = max(range(len(words)), key=lambda at: len(words[at]))
    words[place] = slip(words[place], rng)
    return " ".join(words)


def slip(word: str, rng: random.Random) -> str:
    """One letter inside the word dropped, doubled, changed, or swapped with the next; not the first, few miss that."""
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice(
        [
            before + after,
            before + letter + letter + after,
            before + rng.choice([one for one in "aeiorstln" if one != letter]) + after,
            before + after[0] + letter + after[1:],
        ]
    )


def statements(corpus: Corpus, framework: str, *, reported: bool = True) -> list[Task]:
    items = Item.objects.filter(framework__short_name=framework, pk__in=corpus.aligned).order_by("pk")
    return [
        Task(to_plain(item.full_statement), corpus.aligned[item.pk], tuple(item.grades))
        for item in items.filter(cf_item_type__in=["Standard", "Component"])
        if item.grades and is_reported(item.human_coding_scheme) == reported
    ]


# -- codes


def codes(number: int, *, reported: bool = True) -> list[Item]:
    """Standards of both frameworks with a code that no other has, in an order of chance that is always the same."""
    items = list(
        Item.objects.filter(framework__short_name__in=FRAMEWORKS, cf_item_type__in=["Standard", "Component"])
        .exclude(human_coding_scheme="")
        .exclude(human_coding_scheme__startswith="CCRA")
        .order_by("human_coding_scheme")
    )
    some = [item for item in items if is_reported(item.human_coding_scheme) == reported]
    return random.Random(0).sample(some, min(number, len(some)))


def bare(code: str) -> str:
    """Without what only names the framework: 6.RP.A.3a, HSF-IF.B.4, RL.4.1."""
    return code.removeprefix("CCSS.Math.Content.")


def _without_cluster(code: str) -> str:
    """K is a grade, and RL.K.7 without it another code."""
    return re.sub(r"\.[A-JL-Z]\.(?=\d)", ".", bare(code))


SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda code: code,
    str.lower,
    str.upper,
    bare,
    lambda code: bare(code).lower(),
    lambda code: re.sub(r"[.-]", "", bare(code)) if "." not in _numbers(code) else bare(code),
    lambda code: re.sub(r"[.-]", "", bare(code)).lower() if "." not in _numbers(code) else bare(code).lower(),
    lambda code: bare(code).replace(".", "-"),
    lambda code: re.sub(r"[.-]", " ", bare(code)),
    lambda code: bare(code).replace(".", "_"),
    _without_cluster,
    lambda code: _without_cluster(code).lower(),
    lambda code: _without_cluster(code).replace(".", "-"),
    lambda code: re.sub(r"[.-]", " ", _without_cluster(code)).lower(),
    lambda code: f"CCSS.{bare(code)}",
    lambda code: f"CCSS {bare(code)}",
    lambda code: f"ccss-{bare(code)}".lower(),
    lambda code: re.sub(r"(?<=\d)([a-z])$", r".\1", bare(code)),
    lambda code: re.sub(r"(?<=\d)([a-z])$", lambda part: part[1].upper(), bare(code)),
    lambda code: f" {bare(code)}. ",
    lambda code: f"({bare(code)})",
)


def _numbers(code: str) -> str:
    """The part of a code from which no dot may be left out: between two numbers it tells 1.11 from 11.1."""
    return "".join(re.findall(r"\d\.\d", bare(code)))


def at_best(wrong: str, codes: Collection[str], depths: Sequence[int]) -> list[float]:
    """The chance that the code meant is among the first 1, 5 … of those that are one character away, in any order: of a
    letter's place any letter may have been meant, of a digit's any digit. codes: bare, in capitals."""
    wrong = wrong.upper()
    near = {
        mended
        for at, sign in enumerate(wrong)
        if sign.isalnum()
        for other in (digits if sign.isdigit() else ascii_uppercase)
        if other != sign and (mended := wrong[:at] + other + wrong[at + 1 :]) in codes
    }
    return [min(1.0, depth / len(near)) for depth in depths]


def with_wrong_character(code: str) -> Iterator[str]:
    """The bare code with one character wrong, in two ways; always the same ones."""
    rng = random.Random(code)
    signs = [at for at, sign in enumerate(bare(code)) if sign.isalnum()]
    for at in rng.sample(signs, min(2, len(signs))):
        word = bare(code)
        among = "0123456789" if word[at].isdigit() else "ABCDEFGHIKLMNPRSTVW"
        yield word[:at] + rng.choice([one for one in among if one != word[at].upper()]) + word[at + 1 :]
