"""Durations, ages, licences, languages and text, as they are met."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.resources import values
from importers.resources.languages import language, languages
from repository.models import Licence
from standards.text import to_plain


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT45M", 45), ("PT1H30M", 90), ("P2D", 2880), ("P1W", 10_080), ("PT90S", 2), ("PT0M", None), ("P", None),
        ("1:30", 90), ("00:45:00", 45), ("45", 45), ("45 minutes", 45), ("1 hour 15 min", 75), ("2 hrs", 120),
        ("two lessons", None), ("PT10S", None), ("P900Y", None), ("1.5 hours", 90),
        ("PT1,5H", 90), ("PT45M/PT60M", 60), ("45-60 minutes", 60), ("1h30m", 90), ("1h30", 90), ("45.0", 45), ("2h", 120),
    ],
)  # fmt: skip
def test_durations(text: str, minutes: int | None) -> None:
    assert values.minutes(text) == minutes


@pytest.mark.parametrize("text", ["P{}Y", "PT{}S", "{}", "{} hours", "{}.5 hours", "1:{}"])
@pytest.mark.parametrize("digits", [40, 400, 5000, 1_000_000])
def test_a_duration_beyond_all_bounds_is_none(text: str, digits: int) -> None:
    assert values.minutes(text.format("9" * digits)) is None


@pytest.mark.parametrize(
    ("text", "grades"),
    [("11-12", ["06", "07"]), ("5", ["KG"]), ("16+", ["11", "12"]), ("3-5", ["PK", "PK", "KG"]), ("18-22", ["PS"] * 5),
     ("adults", []), ("6 to 8", ["01", "02", "03"]),
     ("up to 6", ["PK", "PK", "KG", "01"]), ("grades 6-8", ["06", "07", "08"])],
)  # fmt: skip
def test_ages(text: str, grades: list[str]) -> None:
    assert values.grades_of_ages(text) == grades


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", Licence.CC_BY),
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/legalcode", Licence.CC_BY_NC_SA),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/us/", Licence.OTHER),
        ("https://creativecommons.org/publicdomain/zero/1.0/", Licence.CC0),
        ("https://creativecommons.org/publicdomain/mark/1.0/", Licence.OTHER),
        ("CC BY-SA", Licence.CC_BY_SA), ("CC-BY-NC-4.0", Licence.CC_BY_NC), ("cc0", Licence.CC0),
        ("CC BY 3.0", Licence.OTHER), ("CC BY-NC-ND 4.0", Licence.CC_BY_NC_ND),
        ("Creative Commons Attribution Non-Commercial Share Alike", Licence.CC_BY_NC_SA),
        ("Creative Commons Attribution 4.0 International", Licence.CC_BY),
        ("", Licence.ALL_RIGHTS), ("Copyright 2009 A. Author", Licence.ALL_RIGHTS), ("Ask first", Licence.OTHER),
    ],
)  # fmt: skip
def test_licences(text: str, licence: Licence) -> None:
    assert values.licence(text) == licence


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("English", "en"),
        ("spa", "es"),
        ("Klingon", ""),
        ("zh-Hant", "zh-Hant"),
        ("Hebrew", "he"),
        ("español", "es"),
        ("Spanish (Mexico)", "es"),
        ("Haitian Creole", "ht"),
        ("Hmong", "hmn"),
    ],
)
def test_a_language(text: str, tag: str) -> None:
    assert language(text) == tag


@pytest.mark.parametrize(
    ("text", "tags", "others"),
    [
        ("es; en", ["es", "en"], []),
        ("English, Spanish", ["en", "es"], []),
        ("English/Spanish", ["en", "es"], []),
        ("English and Spanish", ["en", "es"], []),
        ("English Spanish", ["en", "es"], []),
        ("Bilingual (English & Spanish)", ["en", "es"], []),
        ("English, Klingon", ["en"], ["Klingon"]),
        ("en, tbd", ["en"], ["tbd"]),
        ("All of them", [], ["All of them"]),
        ("Both", [], ["Both"]),
        ("en-US;es-MX;en-us", ["en-US", "es-MX"], []),
    ],
)
def test_several_languages(text: str, tags: list[str], others: list[str]) -> None:
    assert languages(text) == (tags, others)


def test_html_that_was_escaped_once_too_often_is_html_and_what_tells_of_html_is_text() -> None:
    assert (
        values.clean_text("&lt;p&gt;Mix &lt;b&gt;paint&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;")
        == "<p>Mix <b>paint</b></p>"
    )
    assert values.clean_text("&lt;p&gt; begins a paragraph") == "&lt;p&gt; begins a paragraph"


def test_html_loses_what_could_do_harm_and_nothing_else() -> None:
    dirty = (
        '<p onclick="x()">Mix <b>two</b> colors</p><script>alert(1)</script><a href="javascript:x()">go</a>'
    )
    clean = values.clean_text(dirty)
    assert "script" not in clean
    assert "onclick" not in clean
    assert "<b>two</b>" in clean
    assert values.clean_text("If a < b & c, then *stop*.") == "If a < b & c, then *stop*."


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, with “quotes” – and dashes.",
        "Two\n\nparagraphs",
        "*Starred* and _under_",
        "a < b",
        "1. one\n2. two",
    ],
)
def test_a_summary_is_the_text_without_its_markup(text: str) -> None:
    assert values.summary_of(text, 300) == to_plain(text)


@given(st.text(alphabet="<>/!-aZ1 \n", max_size=30))
def test_markup_is_a_tag_that_ends_or_a_comment(text: str) -> None:
    assert values._has_markup(text) == bool(re.search(r"</?[A-Za-z][^>]*>|<!--", text))


def test_texts_that_go_on_and_on_are_read_once() -> None:
    """Read again from each tag, line or digit, they take hours."""
    tags = "<a" * 2_000_000
    assert values.clean_text(tags) == tags
    assert values.one_line(tags) == tags
    assert values.summary_of("\n" * 500_000 + "Mix paint", 300) == "Mix paint"
    assert values.minutes("1" * 500_000 + "x") is None
    assert values.minutes("1" * 5000) is None


def test_a_long_text_is_cut_between_words() -> None:
    assert values.shortened("one two three four", 12) == "one two…"
    assert len(values.shortened("x" * 500, 300)) <= 300


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See @lesson-link{river-maps}.", "See river maps."),
        ("See @lesson-link{units/two/river_maps.adoc}!", "See river maps!"),
        ("_With @lesson-link{flags/}_", "_With flags_"),
        ("A @link{data/index.adoc, library of data} to use", "A library of data to use"),
        ("A @link{data}{library} to use", "A library to use"),
        ("@link{https://a.example/b_c.html, The maps}", "[The maps](https://a.example/b_c.html)"),
        ("@link{https://a.example/x}", "[https://a.example/x](https://a.example/x)"),
        ("@ifcase{one}{rows}@ifcase{two}{cards}, sorted", "rows (one)cards (two), sorted"),
        ("@iflang{en}{see @page{two-rivers}}", "see two rivers (en)"),
        ("Write to ana@site{x}, @teacher, @{x}, \\@a{b}", "Write to ana@site{x}, @teacher, @{x}, \\@a{b}"),
        ("@link{}, @link{ }, @link{a", "@link{}, @link{ }, @link{a"),
        ("$\\frac{1}{2}$ of {it}", "$\\frac{1}{2}$ of {it}"),
    ],
)
def test_mark_up_of_a_sources_own_is_read_as_its_words(text: str, words: str) -> None:
    assert values.without_macros(text)[0] == words
    assert values.without_macros(words)[0] == words
