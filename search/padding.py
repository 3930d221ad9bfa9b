"""Words of a query that do not say what it is about: "fun activities for kids about bees" is about bees.

Some say nothing (`PADDING`), or the kind of file or the program that is wanted (`FILES`), which search cannot tell apart:
they need never be found. Others say what sort of thing is wanted (`SORTS`): they are looked for, but what has them alone is
not what was meant; and so are numbers. Whoever has any of them ranks a little higher, and who puts them in quotes asks for
them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile

from search.lexicon import MAX_NAME_WORDS, Lexicon
from search.quoted import is_long
from search.words import SAY_NOTHING, Alternative, Words

# Of a sentence only the first are put aside ("what can I"): within it they say how its words belong together.
ASKING = frozenset(
    "how what where who why when do does did have has had can could should would i i'm im you we".split()
)
# The same of few words alone, in which they say no more: "help my kid with fractions".
ASIDE = frozenset(["my", "know"])
# Words of Spanish that say nothing. Not "con" and "al", which are others in English.
SPANISH = frozenset("y de el la los las por para una del en que".split())
PADDING = SPANISH | frozenset(
    word.replace("_", " ")
    for word in """
    about any something anything stuff need want find get please help looking_for give_me show_me tell_me can_i_use
    best good great fun cool engaging exciting awesome amazing hands-on hands_on best_way_to best_ways_to ways_to way_to
    kid kids teach teaching lesson lessons lesson_plan lesson_plans lesson_idea lesson_ideas teaching_ideas
    teaching_resources ideas_for examples_of example_of introduction_to intro_to activities_for activity_for resources_for
    materials_for vs versus help_with help_for homework_help my_son my_sons my_daughter my_daughters my_child my_children
    my_kid my_kids my_grandson my_granddaughter
    cómo enseñar lección lecciones
    """.split()
)
# Kinds of files, and programs in which something is shown or asked. Not what is itself learned ("Excel"), nor what may well
# be a topic ("slides", "online").
FILES = frozenset(
    word.replace("_", " ")
    for word in """
    pdf pdfs doc docs docx ppt ppts pptx powerpoint powerpoints power_point xls xlsx odt word_doc word_docs word_document
    google_slide google_slides google_doc google_docs google_sheet google_sheets google_form google_forms google_drive
    google_classroom prezi jamboard canva kahoot kahoots quizizz quizlet blooket gimkit nearpod pear_deck peardeck
    edpuzzle padlet flipgrid boom_cards brainpop youtube youtube_video youtube_videos tpt teachers_pay_teachers
    free_pdf pdf_free free_printable free_printables printable_free free_download free_downloads for_free download
    downloads downloadable editable printable printables imprimible imprimibles para_imprimir gratis
    """.split()
)
SORTS = frozenset(
    """
    activities activity assessment assessments beginners centers easy end example examples exercise exercises exit free
    game games handout handouts homework idea ideas interactive intro introduction learn learners learning materials
    notebook online practice presentation project projects quick quiz quizzes resource resources review rubric rubrics
    simple slides slip slips song songs stations struggling student students template templates test tests ticket tickets
    unit units video videos warm-up warm-ups worksheet worksheets
    actividad actividades ejercicio ejercicios juego juegos proyecto proyectos
    one two three four five six seven eight nine ten
    """.split()
)
# The same in two words: who learns by problems asks for more.
_PROBLEMS = re.compile(r"\b(?:word|story|math) problems?\b", re.I)
# "Poetry unit", "poetry unit 4th": what is taught in one, which "units" and "end of unit" do not say.
_UNIT = re.compile(r"(?<!\bof)(?<!\bthe)(?<=\S)\s+unit(?=(?:\s+\d{1,2}(?:st|nd|rd|th))?\s*$)", re.I)
# Nobody means one of these by another word: who hates reading has not written "have", and on the "wheather" not "whether".
SAY_LITTLE = (
    SAY_NOTHING
    | ASKING
    | frozenset("because from his her its than them though through until whether while".split())
)
_OF_FILES = frozenset(word for one in FILES for word in one.split())
_LONGEST = max(len(one.split()) for one in PADDING | FILES)
_AROUND = ".,;:!?()¿¡"


def put_aside(words: Words, lexicon: Lexicon, *, beside: bool = False) -> Words:
    """The words without padding in their text, where anything else is left of it; `typed` has all then. Of what has a name
    here ("project-based learning") no word is padding. Kinds of files alone are looked for as they stand: of "Google Slides"
    neither word is another's. Nor is anything left of what only asks beside a filter that the words say ("what should my 5
    year old know")."""
    if (
        beside
        and words.text
        and all(word.strip(_AROUND).lower() in SAY_NOTHING | ASKING | ASIDE for word in words.text.split())
    ):
        return replace(words, text="", alternatives=(), typed=words.text)
    files = _those(words.text, FILES, lexicon)
    text = _without(_UNIT.sub("", words.text), PADDING | FILES, lexicon)
    if files and text == words.text and beside:
        return replace(words, text="", alternatives=(), typed=words.text, files=files)
    if files and text == words.text:
        return replace(
            words, text="", alternatives=(), phrases=(*words.phrases, *files), typed=words.text, files=files
        )
    idle = PADDING | ASKING | ASIDE
    asked = _without(text, idle, lexicon) if not is_long(text) else _from_question(text)
    text = asked or text
    if text == words.text:
        return words
    return replace(words, text=text, alternatives=within(text, words), typed=words.text, files=files)


def within(text: str, words: Words) -> tuple[Alternative, ...]:
    """The alternatives for words of this part of the text."""
    return tuple(one for one in words.alternatives if f" {one.words} " in f" {text} ")


def _from_question(text: str) -> str:
    """The words from the first on that does not only ask."""
    return " ".join(dropwhile(lambda word: word.strip(_AROUND).lower() in ASKING, text.split()))


def _without(text: str, padding: Collection[str], lexicon: Lexicon) -> str:
    said = text.split()
    bare = [word.strip(_AROUND).lower() for word in said]
    kept = [
        place
        for at, size, idle in _in_parts(bare, padding, lexicon)
        if not idle
        for place in range(at, at + size)
    ]
    if len(kept) == len(said):
        return text
    while kept and bare[kept[0]] in SAY_NOTHING:
        kept.pop(0)
    while kept and bare[kept[-1]] in SAY_NOTHING:
        kept.pop()
    rest = " ".join(said[place] for place in kept)
    return rest if any(sign.isalnum() for sign in rest) else text


def _those(text: str, padding: Collection[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The padding of this sort in a text, as it is typed there."""
    said = [word.strip(_AROUND) for word in text.split()]
    parts = _in_parts([word.lower() for word in said], padding, lexicon)
    return tuple(dict.fromkeys(" ".join(said[at : at + size]) for at, size, idle in parts if idle))


def _in_parts(
    bare: Sequence[str], padding: Collection[str], lexicon: Lexicon
) -> Iterator[tuple[int, int, bool]]:
    """Where each part of a text begins, of how many words it is, and whether it is padding: what has a name is one part."""
    at = 0
    while at < len(bare):
        named = _longest_at(bare, at, MAX_NAME_WORDS, lexicon.names_something)
        idle = 0 if named else _longest_at(bare, at, _LONGEST, padding.__contains__)
        size = named or idle or 1
        yield at, size, bool(idle)
        at += size


def after_asking(text: str) -> str:
    """The words that follow on those which only ask, as of "how do I teach fr", and on kinds of files, before those at the
    end; the last word is never one of those."""
    said = text.split()
    bare = [word.strip(_AROUND).lower() for word in said]
    ends = len(said)
    while sizes := [
        size for size in range(1, min(_LONGEST, ends - 1) + 1) if " ".join(bare[ends - size : ends]) in FILES
    ]:
        ends -= max(sizes)
    at, idle = 0, 1
    while idle and at < ends - 1:
        idle = _longest_at(
            bare[: ends - 1], at, _LONGEST, (PADDING | ASKING | FILES | SAY_NOTHING).__contains__
        )
        at += idle
    return " ".join(said[at:ends])


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


def only_files(text: str) -> bool:
    """Whether the words say no more than kinds of files."""
    return all(word in _OF_FILES for word in text.lower().split())


def tells(text: str) -> bool:
    """Whether any of the words says what is looked for: not a number, nor what only asks, or says the kind of a file."""
    idle = SAY_LITTLE | ASIDE | PADDING | _OF_FILES
    return any(word not in idle and not word.isdigit() for word in text.lower().split())
