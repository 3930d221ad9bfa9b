"""Standards suggested for a lesson: what speaks for one, and how words, neighbours and habit weigh against each other."""

from collections import Counter
from dataclasses import replace

import pytest

from search.suggested.likeliest import READ_AGAIN, likeliest
from search.suggested.voices import Around, Neighbour, Statement, Text, pairs, parts, weigh
from search.suggested.weights import VOICES, WEIGHTS, WEIGHTS_WITH_MEANING


def statement(identifier: str, words: str, **more) -> Statement:
    return Statement(identifier, weigh(words.split(), []), pairs(words.split()), **more)


def text(words: str) -> Text:
    return Text(Counter(words.split()), Counter(pairs(words.split())))


MATH = [
    statement("unit-rate", "find unit rate two quantity"),
    statement("percent", "find percent quantity rate per 100"),
    statement("triangle", "find area triangle"),
]
READING = [
    statement("evidence", "quote text explain inference key detail"),
    statement("theme", "determine theme text story key detail"),
    statement("discussion", "engage discussion text explain key detail"),
]


def ranked(statements, words, neighbours=(), others=None, habit=None, limit=10):
    around = Around(list(neighbours), others or {}, habit or {})
    return [one.identifier for one in likeliest(statements, text(words), around, limit=limit)]


def test_the_rare_word_that_is_shared_speaks_loudest():
    found = likeliest(MATH, text("find unit rate cereal"), Around(), limit=3)
    assert found[0].identifier == "unit-rate"
    assert found[0].terms[0] == "unit"
    assert found[0].terms[-1] == "find"


def test_a_text_that_shares_no_word_gets_no_suggestion_from_words():
    assert ranked(MATH, "poem river") == []


def test_two_words_in_a_row_say_more_than_the_same_words_apart():
    statements = [
        statement("apart", "line graph number plot"),
        statement("together", "number line graph plot"),
    ]
    assert ranked(statements, "number line")[0] == "together"


def test_what_stands_above_a_statement_speaks_for_it():
    under = [
        statement("fractions", "add unlike", above=(["fraction"], [], [])),
        statement("decimals", "add unlike", above=(["decimal"], [], [])),
    ]
    assert ranked(under, "add decimal")[0] == "decimals"


def test_a_statement_is_likelier_when_its_family_is_meant():
    family = {"parents": frozenset({"area"})}
    statements = [
        statement("alone", "solve problem"),
        statement("in-family", "solve problem", **family),
        statement("tiling", "find area tile rectangle", **family),
    ]
    assert ranked(statements, "solve area tile rectangle")[:2] == ["tiling", "in-family"]


def test_neighbours_decide_where_the_words_of_the_text_explain_nothing():
    neighbours = [Neighbour(9.0, frozenset({"theme"})), Neighbour(8.0, frozenset({"theme", "discussion"}))]
    assert ranked(READING, "wolf grandmother forest", neighbours)[0] == "theme"


def test_neighbours_do_not_outvote_words_that_say_it_all():
    neighbours = [Neighbour(9.0, frozenset({"triangle"})), Neighbour(9.0, frozenset({"triangle"}))]
    assert ranked(MATH, "find unit rate two quantity", neighbours)[0] == "unit-rate"


def test_a_neighbour_of_another_grade_votes_for_the_statement_most_like_its_own():
    others = {"theme-of-grade-5": weigh("determine theme poem detail".split(), [])}
    neighbours = [Neighbour(5.0, frozenset({"theme-of-grade-5"}))]
    assert ranked(READING, "wolf grandmother forest", neighbours, others)[0] == "theme"


def test_habit_speaks_where_statements_repeat_each_other():
    assert ranked(READING, "wolf grandmother forest", habit={"discussion": 40, "theme": 2}) == [
        "discussion",
        "theme",
    ]


def test_statements_that_come_again_in_the_next_grade_still_say_something_of_their_own():
    """Else without a grade mathematics would be taken for language arts, and habit would outvote words."""
    both = [
        statement(f"{one.identifier}-{grade}", " ".join(one.own), grades=frozenset({grade}))
        for one in MATH
        for grade in ("06", "07")
    ]
    best = ranked(both, "area of a triangle", habit={"percent-06": 500, "percent-07": 500})
    assert set(best[:2]) == {"triangle-06", "triangle-07"}


def test_a_statement_for_all_grades_stands_behind_one_for_this_grade():
    always = statement("practice", "find unit rate two quantity", grades=frozenset("0123456789"))
    assert ranked([*MATH, always], "unit rate")[0] == "unit-rate"


def test_neighbours_tell_which_framework_a_text_belongs_to():
    """Else the statement that language arts is always aligned to would be offered for every lesson of mathematics."""
    both = [
        statement("measure", "measure length ruler", framework="math"),
        statement("evidence", "cite evidence text detail", framework="reading"),
        statement("theme", "cite theme text detail", framework="reading"),
    ]
    neighbours = [Neighbour(4.0, frozenset({"measure"})) for _ in range(5)]
    assert ranked(both, "measure a text with a ruler", neighbours, habit={"evidence": 500})[0] == "measure"


def test_the_scores_are_shares_of_one():
    found = likeliest(MATH, text("find unit rate percent area"), Around(), limit=10)
    assert sum(one.score for one in found) == pytest.approx(1)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_stands_in_brackets_is_an_aside():
    said, aside = parts("Compare fractions (e.g., with a line). Use symbols, e.g., < and >; justify.")
    assert "Compare fractions" in said
    assert "justify" in said
    assert "with a line" in aside
    assert "symbols" in said


def test_votes_tell_how_many_like_resources_are_aligned_to_it():
    neighbours = [Neighbour(9.0, frozenset({"theme"})), Neighbour(3.0, frozenset({"theme"}))]
    found = likeliest(READING, text("theme"), Around(neighbours), limit=1)
    assert found[0].votes == 2


@pytest.mark.parametrize("weights", [WEIGHTS, WEIGHTS_WITH_MEANING])
def test_evidence_never_counts_against_a_statement(weights):
    assert {name for name, row in weights.items() if min(row) < 0} <= {"wide", "part"}


# -- where a language model tells how near statements are in meaning


def by_meaning(words: str, near: dict[str, float], statements=None, limit=10):
    """Suggestions where the model finds these statements near, and every other one a little."""
    said = [replace(one, meanings=(one.identifier, one.identifier)) for one in statements or MATH]

    def nearness(pairs):
        return [(near.get(alone, 0.1),) * 3 for alone, _in_full in pairs]

    return likeliest(said, text(words), Around(), limit=limit, nearness=nearness)


def test_a_statement_near_in_meaning_is_found_without_a_shared_word():
    found = by_meaning("poem river", {"triangle": 0.7})
    assert [(one.identifier, one.terms, one.near) for one in found] == [("triangle", (), True)]


def test_being_a_little_like_everything_is_no_reason():
    assert by_meaning("poem river", {}) == []


def test_meaning_decides_between_statements_that_share_as_many_words():
    for meant in ("unit-rate", "percent"):
        assert by_meaning("find quantity rate", {meant: 0.7})[0].identifier == meant


def test_words_that_say_it_all_are_not_outvoted_by_somewhat_more_likeness():
    near = {"unit-rate": 0.5, "triangle": 0.6}
    assert by_meaning("find unit rate two quantity", near)[0].identifier == "unit-rate"


def test_only_the_likeliest_are_read_for_their_meaning_and_at_once():
    asked: list[int] = []

    def nearness(pairs):
        asked.append(len(pairs))
        return [(0.5, 0.5, 0.5)] * len(pairs)

    many = [statement(f"number-{n}", f"find number {n}") for n in range(3 * READ_AGAIN)]
    found = likeliest(many, text("find 7"), Around(), limit=200, nearness=nearness)
    assert asked == [READ_AGAIN]
    assert found[0].identifier == "number-7"
    assert sum(one.near for one in found) == READ_AGAIN


def test_the_table_with_meaning_has_the_same_voices_and_three_more():
    assert tuple(WEIGHTS_WITH_MEANING) == (*VOICES, "meaning", "meaning_above", "sentence")
