import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.grades import GRADE_ORDER, grade_label, grade_range_label, normalise_grades

CODES = st.lists(st.sampled_from(GRADE_ORDER), unique=True).map(
    lambda codes: sorted(codes, key=GRADE_ORDER.index)
)
SCHOOL = ["KG", *(f"{number:02}" for number in range(1, 13))]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("6", ["06"]),
        (6, ["06"]),
        ("Grade 1", ["01"]),
        ("6th grade", ["06"]),
        ("First Grade", ["01"]),
        ("Pre-K", ["PK"]),
        ("K", ["KG"]),
        ("HS", ["09", "10", "11", "12"]),
        ("High School", ["09", "10", "11", "12"]),
        ("3-5", ["03", "04", "05"]),
        ("Pre-K - 1", ["PK", "KG", "01"]),
        ("pre k–K", ["PK", "KG"]),
        ("High School (9-12)", ["09", "10", "11", "12"]),
        ("Middle School (grade 6)", ["06"]),
        ("Elementary (upper)", ["KG", "01", "02", "03", "04", "05"]),
        ("K–2", ["KG", "01", "02"]),
        ("Grades 6 to 8", ["06", "07", "08"]),
        ("01,02", ["01", "02"]),
        ('["06","07"]', ["06", "07"]),
        (["09", "KG"], ["KG", "09"]),
        ([["3-4"], "05"], ["03", "04", "05"]),
        ("http://purl.org/ASN/scheme/ASNEducationLevel/12", ["12"]),
        ("Grade 6 Mathematics", ["06"]),
        ("13", ["13"]),
        ("14", []),
        ("8-6", []),
        ("Advanced", []),
        (None, []),
        (True, []),
        (float("nan"), []),
        ("[" * 900, []),
    ],
)
def test_grades_are_read_however_they_are_written(value: Any, codes: list[str]) -> None:
    assert normalise_grades(value) == codes


@given(CODES)
def test_codes_come_back_as_they_are_from_lists_commas_and_json(codes: list[str]) -> None:
    assert (
        normalise_grades(codes)
        == normalise_grades(",".join(codes))
        == normalise_grades(json.dumps(codes))
        == codes
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.text(), c),
    )
)
def test_anything_gives_known_codes_in_order_and_once(value: Any) -> None:
    codes = normalise_grades(value)
    assert codes == sorted(set(codes), key=GRADE_ORDER.index)
    assert normalise_grades(codes) == codes


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_range_holds_exactly_what_lies_between(one: int, other: int) -> None:
    low, high = sorted((one, other))
    label = {0: "K"}
    assert normalise_grades(f"{label.get(low, low)}-{label.get(high, high)}") == SCHOOL[low : high + 1]


@given(CODES)
def test_a_label_says_each_grade(codes: list[str]) -> None:
    label = grade_range_label(codes)
    assert bool(label) is bool(codes)
    for code in codes:
        assert normalise_grades(grade_label(code)) == [code] or code not in SCHOOL
    school = [code for code in codes if code in SCHOOL]
    assert normalise_grades(grade_range_label(school)) == school


@pytest.mark.parametrize(
    ("codes", "label"),
    [
        (["06", "07", "08"], "Grades 6–8"),
        (["KG", "01", "02"], "K–2"),
        (["06"], "Grade 6"),
        (["KG"], "Kindergarten"),
        (["03", "05"], "Grades 3, 5"),
        (["PK", "KG"], "Pre-K–K"),
        ([], ""),
    ],
)
def test_several_grades_are_said_in_a_few_words(codes: list[str], label: str) -> None:
    assert grade_range_label(codes) == label
