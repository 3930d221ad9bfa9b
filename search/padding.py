"""Words of a query that do not say what it is about: "fun activities for kids about bees" is about bees.

Some say nothing (`PADDING`) and need never be found. Others say what sort of thing is wanted (`SORTS`): they are looked for,
but what has them alone is not what was meant; and so are numbers. Whoever has either ranks a little higher, and who puts
them in quotes asks for them.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import dropwhile

from search.lexicon import MAX_NAME_WORDS, Lexicon
from search.quoted import is_long
from search.words import SAY_NOTHING, Alternative, Words

# Of a sentence only the first are put aside ("what can I"): within it they say how its words belong together.
ASKING = frozenset(
    "how what where who why when do does did have has had can could should would i i'm im you we".split()
)
PADDING = frozenset(
    word.replace("_", " ")
    for word in """
    about any something anything stuff need want find get please help looking_for give_me show_me tell_me can_i_use
    best good great fun cool engaging exciting awesome amazing hands-on hands_on best_way_to best_ways_to ways_to way_to
    kid kids teach teaching lesson lessons lesson_plan lesson_plans lesson_idea lesson_ideas teaching_ideas
    teaching_resources ideas_for examples_of example_of introduction_to intro_to activities_for activity_for resources_for
    materials_for y de los las por para una del que cómo enseñar lección lecciones
    """.split()
)
SORTS = frozenset(
    """
    activities activity assessment assessments beginners centers download easy end example examples exercise exercises
    exit free game games handout handouts homework idea ideas interactive intro introduction learn learners learning
    materials notebook online pdf powerpoint practice presentation printable printables project projects quick quiz
    quizzes resource resources review rubric rubrics simple slides slip slips song songs stations struggling student
    students template templates test tests ticket tickets unit units video videos warm-up warm-ups worksheet
    worksheets actividad actividades ejercicio ejercicios gratis imprimible imprimibles juego juegos proyecto proyectos
    one two three four five six seven eight nine ten
    """.split()
)
# The same in two words: who learns by problems asks for more.
_PROBLEMS = re.compile(r"\b(?:word|story|math) problems?\b", re.I)
# Nobody means one of these by another word: who hates reading has not written "have".
SAY_LITTLE = SAY_NOTHING | ASKING
_LONGEST = max(len(one.split()) for one in PADDING)
_AROUND = ".,;:!?()¿¡"


def put_aside(words: Words, lexicon: Lexicon) -> Words:
    """The words without padding in their text, where anything else is left of it; `typed` has all then. Of what has a name
    here ("project-based learning") no word is padding."""
    text = _without(words.text, PADDING, lexicon)
    asked = _without(text, PADDING | ASKING, lexicon) if not is_long(text) else _from_question(text)
    text = asked or text
    if text == words.text:
        return words
    return replace(words, text=text, alternatives=within(text, words), typed=words.text)


def within(text: str, words: Words) -> tuple[Alternative, ...]:
    """The alternatives for words of this part of the text."""
    return tuple(one for one in words.alternatives if f" {one.words} " in f" {text} ")


def _from_question(text: str) -> str:
    """The words from the first on that does not only ask."""
    return " ".join(dropwhile(lambda word: word.strip(_AROUND).lower() in ASKING, text.split()))


def _without(text: str, padding: Collection[str], lexicon: Lexicon) -> str:
    said = text.split()
    bare = [word.strip(_AROUND).lower() for word in said]
    kept: list[int] = []
    at = 0
    while at < len(said):
        if named := _longest_at(bare, at, MAX_NAME_WORDS, lexicon.names_something):
            kept += range(at, at + named)
        idle = 0 if named else _longest_at(bare, at, _LONGEST, padding.__contains__)
        if not named and not idle:
            kept.append(at)
        at += named or idle or 1
    if len(kept) == len(said):
        return text
    while kept and bare[kept[0]] in SAY_NOTHING:
        kept.pop(0)
    while kept and bare[kept[-1]] in SAY_NOTHING:
        kept.pop()
    rest = " ".join(said[place] for place in kept)
    return rest if any(sign.isalnum() for sign in rest) else text


def after_asking(text: str) -> str:
    """The words that follow on those which only ask, as of "how do I teach fr"; the last word is never one of those."""
    said = text.split()
    bare = [word.strip(_AROUND).lower() for word in said]
    at, idle = 0, 1
    while idle and at < len(said) - 1:
        idle = _longest_at(bare[:-1], at, _LONGEST, (PADDING | ASKING | SAY_NOTHING).__contains__)
        at += idle
    return " ".join(said[at:])


def _longest_at(words: Sequence[str], start: int, most: int, is_one: Callable[[str], bool]) -> int:
    """How many words from there on are one together, the most that are."""
    for size in range(min(most, len(words) - start), 0, -1):
        if is_one(" ".join(words[start : start + size])):
            return size
    return 0


def about(text: str) -> str:
    """The words without numbers and those that only say what sort of thing is wanted, where any others are left."""
    rest = _PROBLEMS.sub(" ", text).split()
    told = " ".join(word for word in rest if word.lower() not in SORTS and not word.isdigit())
    return told if any(word not in SAY_NOTHING for word in told.lower().split()) else text
