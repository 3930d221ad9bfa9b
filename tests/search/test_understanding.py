"""What a query says beside its words: what is read, what becomes a filter, and that nothing of it is lost."""

import re
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from search.lexicon import Lexicon, Meaning, make_lexicon
from search.named_standards import Candidate, NamedStandards, candidates
from search.request import AS_TYPED, SearchRequest, parse
from search.understanding import Understood, interpret
from standards.models import Item

LEXICON = make_lexicon(
    [
        Meaning("subject", ("mathematics",), "Mathematics"),
        Meaning("subject", ("english-language-arts",), "English language arts"),
        Meaning("kind", ("lesson",), "Lesson"),
        Meaning("modality", ("internship",), "Internship"),
        Meaning("level", ("state:proficient",), "Proficient"),
    ],
    [
        ("math", ["mathematics", "maths"]),
        ("ELA", ["English language arts", "language arts"]),
        ("PBL", ["project-based learning"]),
        ("PBL", ["problem-based learning"]),
        ("exit ticket", ["exit slip"]),
    ],
)


def read(q: str, *, lexicon: Lexicon = LEXICON, named: NamedStandards | None = None) -> Understood:
    return interpret(SearchRequest(q=q), lexicon, named or {})


@pytest.mark.parametrize(
    ("q", "grades", "text"),
    [
        ("6th grade ratios word problems", "06", "ratios word problems"),
        ("ratios grade 6", "06", "ratios"),
        ("grades 3-5 fractions", "03 04 05", "fractions"),
        ("grades 3, 4, and 5", "03 04 05", ""),
        ("Grade 6 & 7 ratios", "06 07", "ratios"),
        ("3rd and 4th grade shapes", "03 04", "shapes"),
        ("third through fifth grade shapes", "03 04 05", "shapes"),
        ("sixth graders poems", "06", "poems"),
        ("forth grade poems", "04", "poems"),
        ("fifht-graders poems", "05", "poems"),
        ("third and eigth grade", "03 08", ""),
        ("grade eight poems", "08", "poems"),
        ("a fist or a tent", "", "a fist or a tent"),
        ("6-8 graders", "06 07 08", ""),
        ("9-12 grade welding", "09 10 11 12", "welding"),
        ("kindergarten counting", "KG", "counting"),
        ("kindergartners counting", "KG", "counting"),
        ("kinder counting", "KG", "counting"),
        ("kindergarden counting", "KG", "counting"),
        ("K-2 or kindergarden", "KG 01 02", "or"),
        ("HS math statistics", "09 10 11 12", "math statistics"),
        ("HS-LS1 cells", "", "cells"),
        ("K-2 phonics", "KG 01 02", "phonics"),
        ("K to 2nd grade", "KG 01 02", ""),
        ("pre-k songs", "PK", "songs"),
        ("high school internship", "09 10 11 12", "internship"),
        ("high-schoolers", "09 10 11 12", ""),
        ("middle school ratios", "06 07 08", "ratios"),
        ("junior high band", "06 07 08", "band"),
        ("(6th grade) lab, ", "06", "lab,"),
        ("rivers 6th-grade.", "06", "rivers"),
        ("fractions gr4", "04", "fractions"),
        ("grade4 fractions", "04", "fractions"),
        ("4th gr fractions", "04", "fractions"),
        ("grade two shapes", "02", "shapes"),
        ("fractions 3rd-5th", "03 04 05", "fractions"),
        ("KG counting", "KG", "counting"),
        ("math 6", "06", "math"),
        ("6 math", "06", "math"),
        ("ratios math 6", "06", "ratios math"),
        ("ELA 9-10", "09 10", "ELA"),
        ("math K", "KG", "math"),
        ("razones de 6to grado", "06", "razones"),
        ("6.º grado fracciones", "06", "fracciones"),
        ("cuentos para primer grado", "01", "cuentos"),
        ("ciencias séptimo y 8vo grado", "07 08", "ciencias"),
        ("3er a 5to grado", "03 04 05", ""),
        ("matemáticas grado 4", "04", "matemáticas"),
        ("6-8th grade ratios", "06 07 08", "ratios"),
        ("work-based learning 11th 12th grade", "11 12", "work-based learning"),
        ("3rd/4th combo class fractions", "03 04", "combo class fractions"),
        ("K/1 shapes", "KG 01", "shapes"),
        ("k and 1st grade shapes", "KG 01", "shapes"),
        ("kindergarten and first grade shapes", "KG 01", "shapes"),
        ("between 3rd and 5th grade poems", "03 04 05", "poems"),
        ("poems from 3rd to 5th grade", "03 04 05", "poems"),
        ("grades six to eight ratios", "06 07 08", "ratios"),
        ("6thgrade ratios", "06", "ratios"),
        ("6 th grade ratios", "06", "ratios"),
        ("6th grader's poems", "06", "poems"),
        ("jr. high band", "06 07 08", "band"),
        ("pre k songs", "PK", "songs"),
        ("prek-k songs", "PK KG", "songs"),
        ("preschool songs", "PR PK", "songs"),
        ("read aloud for 5 year olds", "KG", "read aloud for"),
        ("8-year-old students shapes", "03", "shapes"),
        ("songs for my 5 year old", "KG", "songs for"),
        ("canciones para niños de 5 años", "KG", "canciones para"),
        ("ensayo 8vo", "", "ensayo 8vo"),
        ("songs ages 5-7", "KG 01 02", "songs"),
        ("números kínder", "KG", "números"),
        ("canciones preescolar", "PR PK", "canciones"),
        # Not a grade, or not surely one: the words stay.
        ("a 12 year old boy has", "", "a 12 year old boy has"),
        ("1st/2nd person", "", "1st/2nd person"),
        ("2/3rd of a cup", "", "2/3rd of a cup"),
        ("math 10 frame", "", "math 10 frame"),
        ("6 math games", "", "6 math games"),
        ("integrated math 2", "", "integrated math 2"),
        ("algebra 1", "", "algebra"),
        ("algebra one", "", "algebra"),
        ("a mass of 5 KG", "", "a mass of 5 KG"),
        ("1st and 3rd person", "", "1st and 3rd person"),
        ("4th of july", "", "4th of july"),
        ("3-5 paragraph essay", "", "3-5 paragraph essay"),
        ("grade 45", "", "grade 45"),
        ("grade book", "", "grade book"),
        ("how to grade essays", "", "how to grade essays"),
        ("first aid", "", "first aid"),
        ("secondary sources", "", "secondary sources"),
        ("college essay", "", "college essay"),
    ],
)
def test_grades_are_read_as_teachers_type_them(q: str, grades: str, text: str) -> None:
    understood = read(q)
    assert " ".join(understood.request.values("grade")) == grades
    assert understood.words.text == text


@pytest.mark.parametrize(
    ("q", "words", "label"),
    [
        ("3-5 fractions", "3-5", "Grades 3–5"),
        ("fractions 4th", "4th", "Grade 4"),
        ("g4 fractions", "g4", "Grade 4"),
        ("k counting", "k", "Kindergarten"),
        ("ms ratios", "ms", "Grades 6–8"),
        ("elementary fractions", "elementary", "K–5"),
        ("upper elementary fractions", "upper elementary", "Grades 3–5"),
        ("freshman poems", "freshman", "Grade 9"),
        ("poems for seniors", "seniors", "Grade 12"),
        ("fracciones 4to", "4to", "Grade 4"),
        ("tk math centers", "tk", "Transitional kindergarten"),
        ("math 6 ratios", "6", "Grade 6"),
        ("6 math ratios", "6", "Grade 6"),
        ("numbers 1-10", "", ""),
        ("19th century", "", ""),
        ("4th grade, 2nd edition", "", ""),  # beside a grade nothing else is one
    ],
)
def test_what_may_be_a_grade_or_not_is_offered(q: str, words: str, label: str) -> None:
    understood = read(q)
    offered = [(part.words, part.label) for part in understood.offered if part.facet == "grade"]
    assert offered == ([(words, label)] if words else [])
    assert understood.words.text == q or understood.applied


@pytest.mark.parametrize(
    ("q", "ranges"),
    [
        ("30 minutes", "16-30"),
        ("a 30-minute lab", "16-30"),
        ("45-60 min", "31-60"),
        ("half an hour", "16-30"),
        ("an hour", "31-60"),
        ("1.5 hours", "61-90"),
        ("2 hrs", "91-240"),
        ("under an hour", "1-15 16-30 31-60"),
        ("less than 20 minutes", "1-15 16-30"),
        ("up to 15 mins", "1-15"),
        ("lesson with 20 minutes or less", "1-15 16-30"),
        ("30 min max", "1-15 16-30"),
        ("90 minutes or more", "91-240 241-"),
        ("more than 90 minutes", "91-240 241-"),
        ("1 hr 30 min", "61-90"),
        ("1 hour and 15 minutes", "61-90"),
        ("an hour and a half", "61-90"),
        ("1 1/2 hours", "61-90"),
        ("ratios 1h", "31-60"),
        ("~20 minutes", "16-30"),
        ("30 minutos", "16-30"),
        ("menos de media hora", "1-15 16-30"),
        ("una hora y media", "61-90"),
        ("4h club", ""),
        ("an hour of code", ""),
        ("the story of an hour", ""),
        ("a lesson of 30 minutes", "16-30"),
        ("one-minute paper", ""),
        ("two-minute talk", "1-15"),
        ("the minute man", ""),
        ("a half-hour lesson", "16-30"),
        ("telling time to the half hour", ""),
        ("time to the nearest 5 minutes", ""),
        ("elapsed time with whole and half hours", ""),
        ("0 minutes", ""),
    ],
)
def test_times_are_read_as_teachers_type_them(q: str, ranges: str) -> None:
    assert " ".join(read(q).request.values("duration")) == ranges


def test_names_of_subjects_kinds_settings_and_levels_are_offered_and_stay_words() -> None:
    understood = read("ELA lessons, internships at proficient level")
    offered = [(part.words, part.facet, part.values) for part in understood.offered]
    assert offered == [
        ("ELA", "subject", ("english-language-arts",)),
        ("lessons", "kind", ("lesson",)),
        ("internships", "modality", ("internship",)),
        ("proficient", "level", ("state:proficient",)),
    ]
    assert understood.request.chosen == {}
    assert understood.words.text == "ELA lessons, internships at proficient level"
    taken = understood.taking(understood.offered[0])
    assert (taken.q, taken.values("subject")) == (
        "lessons, internships at proficient level",
        ("english-language-arts",),
    )


def test_who_has_the_words_of_a_grade_ranks_higher_and_not_who_has_its_number() -> None:
    assert read("6th grade ratios").words.extra == "6th grade"
    assert (read("math 6").request.values("grade"), read("math 6").words.extra) == (("06",), "")


def test_in_a_sentence_what_looks_like_a_code_is_a_word() -> None:
    sentence = "count by 2s and 5s on a number line"
    assert (read(sentence).words.codes, read(sentence).words.text) == ((), sentence)
    assert read("count by 2s").words.codes == ("2s",)


def test_beside_a_grade_nothing_else_may_be_one() -> None:
    understood = read("k counting math 6")
    assert understood.request.values("grade") == ("06",)
    assert [part.words for part in understood.offered if part.facet == "grade"] == []


def test_quoted_and_excluded_words_say_nothing() -> None:
    understood = read('"6th grade" -"30 minutes" -internship rivers')
    assert understood.applied == understood.offered == ()
    assert understood.words.phrases == ("6th grade",)
    assert understood.words.excluded == ("30 minutes", "internship")


def test_what_is_chosen_by_hand_is_never_overruled() -> None:
    understood = interpret(SearchRequest(q="6th grade ratios").choosing("grade", ["05"]), LEXICON, {})
    assert understood.request.values("grade") == ("05",)
    assert understood.words.text == "ratios"
    assert [part.words for part in understood.offered] == ["6th grade"]
    same = interpret(SearchRequest(q="6th grade ratios").choosing("grade", ["06"]), LEXICON, {})
    assert (same.applied, same.offered, same.words.text) == ((), (), "ratios")
    wider = interpret(SearchRequest(q="grades 5-6 ratios").choosing("grade", ["05"]), LEXICON, {})
    assert [part.words for part in wider.offered] == ["grades 5-6"]


def test_as_typed_looks_for_the_words() -> None:
    understood = interpret(SearchRequest(q="6th grade ratios", as_typed=("grade",)), LEXICON, {})
    assert understood.request.values("grade") == ()
    assert understood.words.text == "6th grade ratios"
    assert [part.words for part in understood.offered] == ["6th grade"]
    assert understood.taking(understood.offered[0]).as_typed == ()
    only = understood.only("grade", "05")
    assert (only.q, only.as_typed, only.values("grade")) == ("ratios", (), ("05",))


def test_acronyms_are_written_out_and_meanings_do_not_mix() -> None:
    def alternatives(q: str) -> Mapping[str, tuple[str, ...]]:
        return {one.words: one.instead for one in read(q).words.alternatives}

    assert alternatives("pbl rivers") == {"pbl": ("project-based learning", "problem-based learning")}
    assert alternatives("Project based learning") == {"Project based learning": ("PBL",)}
    assert alternatives("exit slips for maths") == {"exit slips": ("exit ticket",), "maths": ("mathematics",)}
    assert alternatives('"pbl" -ela') == {}


# -- nothing is lost

PIECES = st.sampled_from(
    "6th grade|grades 3-5|K-2|kindergarten|algebra|30 minutes|under an hour|ELA|math|lesson|6.RP.A.3|6rp3|RL 6.1|-worksheet|"
    '"unit rate"|“half|-"exit ticket"|ratios|the|, |5|-|"|é|3-5|high school|PBL|game|4th|g4|grade two'.split(
        "|"
    )
)
QUERIES = st.lists(PIECES, max_size=7).map(" ".join).map(lambda q: " ".join(q.split()))


def stand_ins(q: str) -> dict[Candidate, tuple[Item, ...]]:
    """A standard for every code of the shape 6.RP.A.3."""
    found: dict[Candidate, tuple[Item, ...]] = {}
    for candidate in candidates(q):
        if candidate.code.lower() in ("6.rp.a.3", "6rp3"):
            found[candidate] = (
                Item(pk=1, identifier="ratio", human_coding_scheme="6.RP.A.3", code_forms=["6rpa3"]),
            )
    return found


def signs(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text.lower()))


@given(QUERIES)
@example("6.RP.A.3 ,")
def test_every_word_of_a_query_is_looked_for_or_is_a_filter_that_shows_it(q: str) -> None:
    understood = read(q, named=stand_ins(q))
    words = understood.words
    said = [part.words for part in understood.applied if part.facet == "standard"]
    numbers = [course.split()[1] for course in words.courses if course in q]
    # The number of "math 5" is the filter alone.
    numbers += [
        part.words for part in understood.applied if part.words not in words.extra and part.facet == "grade"
    ]
    kept = [words.text, *words.codes, *words.phrases, *words.excluded, words.extra, *numbers]
    assert signs(" ".join(kept)) == signs(q)
    assert set(said) <= set(words.codes)
    for part in understood.applied:
        assert part.words in q
        assert set(part.values) <= set(understood.request.values(part.facet))


@given(QUERIES)
def test_taking_a_chip_away_takes_its_words_and_nothing_else(q: str) -> None:
    understood = read(q, named=stand_ins(q))
    for part in understood.applied:
        less = understood.without(part)
        assert sorted(signs(less.q) + signs(part.words)) == signs(q)
        assert less.chosen == understood.asked.chosen


@given(QUERIES, st.sets(st.sampled_from(["KG", "05", "06"])), st.sets(st.sampled_from(AS_TYPED)))
def test_a_search_and_its_address_are_the_same(q: str, grades: set[str], as_typed: set[str]) -> None:
    asked = SearchRequest(
        q=q,
        chosen=MappingProxyType({"grade": tuple(sorted(grades))} if grades else {}),
        as_typed=tuple(sorted(as_typed)) if q else (),
        related=2,
    )
    again, complaints = parse(QueryDict(asked.query_string()))
    assert (again, complaints) == (asked, [])
