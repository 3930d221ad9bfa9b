"""Standards suggested for a lesson: what speaks for one, and how words, neighbours and habit weigh against each other."""

from collections import Counter

from search.likely import Neighbour, Statement, Statements, likeliest, parts, weigh


def statement(identifier: str, words: str, **more) -> Statement:
    return Statement(identifier, weigh(words.split(), [], [], []), **more)


def text(words: str) -> Counter[str]:
    return Counter(words.split())


MATH = [
    statement("unit-rate", "find unit rate two quantity"),
    statement("percent", "find percent quantity rate per 100"),
    statement("triangle", "find area triangle"),
]
READING = [
    statement("evidence", "quote text explain inference"),
    statement("theme", "determine theme story detail"),
    statement("discussion", "engage discussion text"),
]


def ranked(statements, words, neighbours=(), others=None, habit=None, limit=10):
    found = likeliest(
        Statements(statements), text(words), list(neighbours), others or {}, habit or {}, limit=limit
    )
    return [one.identifier for one in found]


def test_the_rare_word_that_is_shared_speaks_loudest():
    found = likeliest(Statements(MATH), text("find unit rate cereal"), [], {}, {}, limit=3)
    assert found[0].identifier == "unit-rate"
    assert found[0].terms[0] == "unit"
    assert found[0].terms[-1] == "find"


def test_a_text_that_shares_no_word_gets_no_suggestion_from_words():
    assert ranked(MATH, "poem river") == []


def test_neighbours_decide_where_the_words_of_the_text_explain_nothing():
    neighbours = [Neighbour(9.0, frozenset({"theme"})), Neighbour(8.0, frozenset({"theme", "discussion"}))]
    assert ranked(READING, "wolf grandmother forest", neighbours)[0] == "theme"


def test_neighbours_do_not_outvote_words_that_say_it_all():
    neighbours = [Neighbour(9.0, frozenset({"triangle"})), Neighbour(9.0, frozenset({"triangle"}))]
    assert ranked(MATH, "find unit rate two quantity", neighbours)[0] == "unit-rate"


def test_a_neighbour_of_another_grade_votes_for_the_statement_most_like_its_own():
    others = {"theme-of-grade-5": weigh("determine theme poem detail".split(), [], [], [])}
    neighbours = [Neighbour(5.0, frozenset({"theme-of-grade-5"}))]
    assert ranked(READING, "wolf grandmother forest", neighbours, others)[0] == "theme"


def test_habit_speaks_where_nothing_else_does():
    assert ranked(READING, "wolf grandmother forest", habit={"discussion": 40, "theme": 2}) == [
        "discussion",
        "theme",
    ]


def test_a_statement_for_all_grades_stands_behind_one_for_this_grade():
    always = statement("practice", "find unit rate two quantity", grades=13)
    assert ranked([*MATH, always], "unit rate")[0] == "unit-rate"


def test_what_stands_in_brackets_is_an_aside():
    said, aside = parts("Compare fractions (e.g., with a line). Use symbols, e.g., < and >; justify.")
    assert "Compare fractions" in said
    assert "justify" in said
    assert "with a line" in aside
    assert "symbols" in said


def test_votes_tell_how_many_like_resources_are_aligned_to_it():
    neighbours = [Neighbour(9.0, frozenset({"theme"})), Neighbour(3.0, frozenset({"theme"}))]
    found = likeliest(Statements(READING), text("theme"), neighbours, {}, {}, limit=1)
    assert found[0].votes == 2
