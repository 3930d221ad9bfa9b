"""The real lessons that other tests and benchmarks stand on."""

from pathlib import Path

from tests.real_data.lessons import MATH, bootstrap, lessons, unbounded


def test_every_lesson_has_its_words_its_place_and_an_identifier_of_its_own(standards_data_dir: Path) -> None:
    found = lessons(standards_data_dir)
    assert len(found) == len({lesson["@id"] for lesson in found})
    assert all(lesson["name"] and lesson["isPartOf"] and lesson["about"] for lesson in found)


def test_a_lesson_keeps_its_codes_once_each(standards_data_dir: Path) -> None:
    lesson = next(one for one in unbounded(standards_data_dir) if one["@id"] == "urn:unbounded:math-g6/1/1/1")
    assert (lesson["name"], lesson["educationalLevel"]) == ("Ratios", ["Grade 6"])
    assert [part["name"] for part in lesson["isPartOf"]] == [
        "Ratios and Unit Rates",
        "Representing and Reasoning About Ratios",
    ]
    codes = [(one["educationalFramework"], one["targetName"]) for one in lesson["educationalAlignment"]]
    assert codes == [(MATH, "ccss.math.content.6.rp.a.1"), (MATH, "ccss.math.content.6.rp.a.3a")]


def test_the_other_curriculum_is_aligned_to_ten_frameworks(standards_data_dir: Path) -> None:
    found = bootstrap(standards_data_dir)
    assert len(found) == 135
    names = {one["educationalFramework"] for lesson in found for one in lesson["educationalAlignment"]}
    assert len(names) == 10
