"""Real lessons of two public curricula as LRMI records: what `import_resources` loads from STANDARDS_DATA_DIR.

A pure function from the folder to plain data, used by tests and benchmarks alike. Codes stay as the curricula write
them, some of them in no framework.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LICENCE = "https://creativecommons.org/licenses/by-nc-sa/4.0/"
MATH = "Common Core State Standards for Mathematics"
ELA = "Common Core State Standards for English Language Arts"
_SUBJECTS = {"math": "Mathematics", "ela": "English Language Arts"}
_FRAMEWORKS = {
    "cc-math": MATH,
    "cc-ela": ELA,
    "csta": "CSTA K-12 Computer Science Standards",
    "k12cs": "K-12 Computer Science Framework",
    "ngss": "Next Generation Science Standards",
    "ia": "Iowa Core",
    "ma": "Massachusetts Digital Literacy and Computer Science Framework",
    "ok": "Oklahoma Academic Standards",
    "or": "Oregon Mathematics Standards",
    "tx": "Texas Essential Knowledge and Skills",
}

Lesson = dict[str, Any]


def lessons(data: Path) -> list[Lesson]:
    """Every lesson of the folder, in a fixed order: 3,000 of one curriculum, 135 of the other.

    Each has @id, name, description, educationalLevel, about (the subject), isPartOf (a list of the records above
    it, the nearest last: module and unit) and educationalAlignment with targetName and educationalFramework.
    """
    return [*unbounded(data), *bootstrap(data)]


def as_json(records: list[Lesson]) -> bytes:
    """The lessons as one file to import."""
    return json.dumps(records, ensure_ascii=False).encode()


def unbounded(data: Path) -> list[Lesson]:
    files = sorted((data / "resources" / "unbounded").glob("*.json"))
    return [lesson for file in files for lesson in _of_grade(file)]


def bootstrap(data: Path) -> list[Lesson]:
    raw = json.loads((data / "resources" / "bootstrap_lessons.json").read_text())
    return [_of_bootstrap(entry) for entry in raw]


def _of_grade(file: Path) -> Iterator[Lesson]:
    subject, _, grade = file.stem.partition("-")
    level = {"k": "Kindergarten", "pk": "Pre-Kindergarten"}.get(grade) or f"Grade {grade.removeprefix('g')}"
    for node, above, place in _leaves(json.loads(file.read_text()), (), file.stem):
        yield _record(
            f"urn:unbounded:{place}",
            node["title"],
            node.get("teaser", ""),
            educationalLevel=[level],
            about=[_SUBJECTS[subject]],
            above=[one["title"] for one in above[1:]],
            alignments=[(_framework(code), code) for code in dict.fromkeys(node["standards"])],
        )


def _leaves(
    node: dict[str, Any], above: tuple[dict[str, Any], ...], place: str
) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], ...], str]]:
    """Lessons, and the units that hold none, each with what it is part of."""
    children = node.get("children", [])
    if not children:
        yield node, above, place
    for number, child in enumerate(children, start=1):
        yield from _leaves(child, (*above, node), f"{place}/{number}")


def _framework(code: str) -> str:
    if code.startswith("ccss.ela") or re.match(r"(?:rl|ri|rf|w|sl|l)\.", code):
        return ELA
    return MATH if code.startswith("ccss.math") else ""


def _of_bootstrap(entry: dict[str, Any]) -> Lesson:
    aligned = entry["alignments"]
    return _record(
        f"urn:bootstrap:{entry['slug']}",
        entry["title"],
        entry["description"],
        educationalLevel=[],
        about=["Computer science", *(["Mathematics"] if "cc-math" in aligned else [])],
        above=[entry["path"].split("/")[1].replace("-", " ")],
        alignments=[(_FRAMEWORKS[short], code) for short, codes in aligned.items() for code in codes],
    )


def _record(
    identifier: str,
    name: str,
    description: str,
    *,
    above: list[str],
    alignments: list[tuple[str, str]],
    **more: Any,
) -> Lesson:
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": identifier,
        "name": name,
        "description": description,
        "learningResourceType": "lesson",
        "license": LICENCE,
        "inLanguage": "en",
        "isPartOf": [{"@type": "LearningResource", "name": title} for title in above],
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "educationalFramework": framework,
                "targetName": code,
            }
            for framework, code in alignments
        ],
        **more,
    }  # fmt: skip
