"""How often the standards of a lesson are among those suggested: `python -m benchmarks.suggest_standards`.

`tune` prints the other half, `both` asks against both frameworks, `speed` tells how long it takes among 100,000 resources.
Where the language model is (`manage.py embed_standards --fetch`), each is told without it and with it.

Real lessons and problems from STANDARDS_DATA_DIR, each asked about with its grade known, against the Common Core framework
of its subject; with `both`, against those of mathematics and language arts together, as a district that adopted both has it
(plain BM25 keeps to the one). A lesson's neighbours are the lessons of other modules only. Modules are parted in two by a
hash of their name: the weights were learnt on the one half (and on the 100 development problems), and the other half (and
the 300 problems) is reported. Recall: the part of a lesson's standards that is among the first 5 or 10. A part of a standard
and the standard itself are two statements: the one does not count as the other. "One in 5": lessons with at least one of
their standards among the first 5.
"""

import hashlib
import json
import math
import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._ground import ground

if TYPE_CHECKING:
    from search.sources import ItemSource, ResourceSource
    from search.suggested.suggest import Described
    from standards.models import Framework

FRAMEWORKS = {
    "math": ("asn/csp_D10003FB_ccss_math_rdfjson.json", "CCSS-MATH"),
    "ela": ("spreadsheets/opensalt_ccsso_ela.xlsx", "CCSS-ELA"),
}
PROBLEMS = {"tune": "mathfish_problems_dev100.jsonl", "report": "mathfish_problems_300.jsonl"}
MANY = 100_000  # resources that speed is measured among: the lessons again and again
ASKED = 150
BATCH = 500
HIGH_SCHOOL = ("09", "10", "11", "12")


@dataclass(frozen=True)
class Case:
    """A lesson or problem; module: those that are no neighbours of it; wanted: primary keys of its standards."""

    pk: int
    subject: str
    module: str
    title: str
    text: str
    grades: tuple[str, ...]
    wanted: frozenset[int]


def main(arguments: Sequence[str]) -> None:
    named = os.environ.get("STANDARDS_DATA_DIR")
    if not named:
        sys.exit("STANDARDS_DATA_DIR does not name a folder with outside files: nothing to measure.")
    split = "tune" if "tune" in arguments else "report"
    both = "both" in arguments
    data = Path(named)
    with ground() as index:
        frameworks = load_frameworks(data)
        cases = lessons(data, frameworks)
        fill(index, cases)
        prepare(frameworks.values())
        if "speed" in arguments:
            speed(index, cases, frameworks)
            return
        print(f"{len(cases)} lessons aligned and indexed; figures for the modules of “{split}”")
        print(
            f"{'recall at 5 / 10':44}{'plain BM25':>16}{'suggested':>16}{'one in 5':>10}{'p50 / p95 ms':>18}"
        )
        modules: dict[str, list[int]] = defaultdict(list)
        for case in cases:
            modules[case.module].append(case.pk)
        for subject, framework in frameworks.items():
            chosen = list(frameworks.values()) if both else [framework]
            asked = [one for one in cases if one.subject == subject and half(one.module) == split]
            answers = ask(asked, framework, modules, chosen)
            report(f"{subject}: {len(asked)} lessons", answers)
            if subject == "math":
                lower = [one for one in answers if one.case.grades != HIGH_SCHOOL]
                report(f"  of them {len(lower)} up to grade 8", lower)
        chosen = list(frameworks.values()) if both else [frameworks["math"]]
        found = problems(data / "judgements" / PROBLEMS[split], frameworks["math"])
        report(f"math: {len(found)} problems", ask(found, frameworks["math"], {}, chosen))


def load_frameworks(data: Path) -> "dict[str, Framework]":
    from importers.services import import_framework

    frameworks: dict[str, Framework] = {}
    for subject, (path, short_name) in FRAMEWORKS.items():
        framework = import_framework(data / path, short_name=short_name).framework
        assert framework is not None
        frameworks[subject] = framework
    return frameworks


def ways() -> dict[str, bool]:
    """What to call each way of asking, and whether it uses the language model."""
    from search.suggested import embeddings

    return {"": False} if embeddings.missing() else {"": False, ", with meaning": True}


def prepare(frameworks: "Collection[Framework]") -> None:
    """Compute the vectors of all statements, as `embed_standards` does, where the model is."""
    from django.test import override_settings

    from search.suggested import embeddings, meaning
    from search.suggested.suggest import what_is_said

    with override_settings(EMBEDDINGS=any(ways().values())):
        if model := embeddings.model():
            said = {text for framework in frameworks for text in what_is_said(framework)}
            began = time.perf_counter()
            meaning.keep(model, said, lambda done, total: None)
            print(f"{len(said)} vectors in {time.perf_counter() - began:.0f} s")


def half(module: str) -> str:
    return "tune" if hashlib.sha256(module.encode()).digest()[0] % 2 else "report"


# -- what is asked about


def lessons(data: Path, frameworks: "Mapping[str, Framework]") -> list[Case]:
    from standards.grades import normalise_grades
    from tests.real_data.lessons import unbounded

    subjects = {"Mathematics": "math", "English Language Arts": "ela"}
    codes = {subject: by_code(framework) for subject, framework in frameworks.items()}
    found = []
    for number, lesson in enumerate(unbounded(data), start=1):
        subject = subjects[lesson["about"][0]]
        wanted: set[int] = set()
        for alignment in lesson["educationalAlignment"]:
            wanted |= codes[subject](alignment["targetName"].lower().replace("ccss.ela-literacy.", ""))
        grades = tuple(normalise_grades(lesson["educationalLevel"][0]))
        if subject == "math" and set(grades) & set(HIGH_SCHOOL):
            grades = HIGH_SCHOOL  # its standards are for all of high school
        module = " > ".join([subject, *grades, lesson["isPartOf"][0]["name"]])
        if wanted:
            found.append(
                Case(
                    number, subject, module, lesson["name"], lesson["description"], grades, frozenset(wanted)
                )
            )
    return found


def problems(file: Path, framework: "Framework") -> list[Case]:
    """Problems with standards; those labelled with a cluster or domain alone are left out."""
    from standards.models import Item

    find = by_code(framework)
    grades = dict(Item.objects.filter(framework=framework).values_list("pk", "grades"))
    found = []
    for number, line in enumerate(file.read_text().splitlines()):
        problem = json.loads(line)
        wanted: set[int] = set()
        for code in problem["standard_ids"]:
            wanted |= find(code) or find(f"HS{code.replace('-', '', 1)}")
        if wanted:
            of_them = tuple(sorted({grade for pk in wanted for grade in grades[pk]}))
            found.append(Case(-number, "math", "", "", problem["text"], of_them, frozenset(wanted)))
    return found


def by_code(framework: "Framework") -> Callable[[str], set[int]]:
    """A function from a code in any spelling to the statements that it names; clusters and domains are none."""
    from search.suggested.suggest import GATHERING
    from standards.codes import query_forms
    from standards.models import Item

    named: dict[str, set[int]] = defaultdict(set)
    rows = Item.objects.filter(framework=framework).values_list("pk", "code_forms", "cf_item_type")
    for pk, forms, type in rows:
        if type.lower() not in GATHERING:
            for form in forms:
                named[form].add(pk)

    def find(code: str) -> set[int]:
        return next((named[form] for form in query_forms(code) if form in named), set())

    return find


def fill(index: str, cases: Collection[Case]) -> None:
    from search.bulk import write_alias
    from search.client import client
    from search.documents import build
    from search.sources import _items

    items = _items({pk for case in cases for pk in case.wanted})
    lines: list[dict[str, Any]] = []
    for case in cases:
        lines += [{"index": {"_index": write_alias(index), "_id": str(case.pk)}}, build(_source(case, items))]
    for start in range(0, len(lines), 2 * BATCH):
        answer = client().bulk(body=lines[start : start + 2 * BATCH], params={"request_timeout": 120})
        assert not answer["errors"]
    client().indices.refresh(index=index)


def _source(case: Case, items: "Mapping[int, ItemSource]") -> "ResourceSource":
    from search.sources import AlignmentSource, Named, ResourceSource

    nobody = Named("district", "District")
    return ResourceSource(
        pk=case.pk,
        identifier=f"lesson-{case.pk}",
        title=case.title,
        url=f"/{case.pk}/",
        summary=case.text,
        kind=Named("lesson", "Lesson"),
        grades=case.grades,
        subjects=(Named(case.subject, case.subject),),
        modalities=(),
        topics=(),
        topic_names=(),
        tags=(),
        alignments=tuple(
            AlignmentSource(items[pk], "teaches", "claimed", "", "", ()) for pk in sorted(case.wanted)
        ),
        body=[],
        minutes=None,
        language="en",
        licence="CC-BY-4.0",
        attribution="",
        audience="public",
        tokens=frozenset({"public"}),
        link_url="",
        district=nobody,
        school=None,
        author="",
        reviewed_by="",
        reviewed_at=None,
        first_published_at=None,
        last_published_at=None,
    )


# -- asked


@dataclass(frozen=True)
class Answer:
    """ours: of each way the recall at 5 and 10, took: and the milliseconds."""

    case: Case
    plain: tuple[float, float]
    ours: dict[str, tuple[float, float]]
    took: dict[str, float]


def ask(
    cases: Sequence[Case],
    framework: "Framework",
    modules: Mapping[str, list[int]],
    chosen: "Collection[Framework]",
) -> list[Answer]:
    from django.test import override_settings

    from search.suggested.suggest import suggest

    baselines: dict[tuple[str, ...], Callable[[str], list[int]]] = {}
    answers = []
    for case in cases:
        if case.grades not in baselines:
            baselines[case.grades] = plain_bm25(framework, case.grades)
        plain = recalls(baselines[case.grades](f"{case.title} {case.text}"), case.wanted)
        answer = Answer(case, plain, {}, {})
        for way, embeddings in ways().items():
            with override_settings(EMBEDDINGS=embeddings):
                began = time.perf_counter()
                found = suggest(described(case), chosen, {"public"}, without=modules.get(case.module, ()))
                answer.took[way] = (time.perf_counter() - began) * 1000
                answer.ours[way] = recalls([one.item.pk for one in found], case.wanted)
        answers.append(answer)
    return answers


def report(name: str, answers: Sequence[Answer]) -> None:
    plain = mean([one.plain for one in answers])
    for way in ways():
        ours = [one.ours[way] for one in answers]
        one_in_5 = f"{statistics.mean(first > 0 for first, _second in ours):.2f}"
        took = _middle_and_most([one.took[way] for one in answers])
        print(f"{name + way:44}{plain:>16}{mean(ours):>16}{one_in_5:>10}{took:>18}")


def described(case: Case) -> "Described":
    from search.suggested.suggest import Described

    if case.title:
        return Described(gist=f"{case.title}. {case.text}", grades=case.grades)
    return Described(gist="", text=case.text, grades=case.grades)


def speed(index: str, cases: Sequence[Case], frameworks: "Mapping[str, Framework]") -> None:
    """How long a suggestion takes among MANY resources, and how much of that this process computes."""
    from django.test import override_settings

    from search.suggested.suggest import suggest

    copies = range(len(cases), MANY, len(cases))
    for start in copies:
        fill(index, [replace(case, pk=case.pk + start) for case in cases[: MANY - start]])
    print(f"{'a suggestion among ' + str(MANY):44}{'p50 / p95 ms':>18}{'of it processor':>18}")
    for name, chosen, grades in [
        ("grade known", None, True),
        ("grade known, both frameworks", list(frameworks.values()), True),
        ("no grade, both frameworks", list(frameworks.values()), False),
    ]:
        for way, embeddings in ways().items():
            took: list[float] = []
            spent: list[float] = []
            with override_settings(EMBEDDINGS=embeddings):
                for case in cases[:: len(cases) // ASKED]:
                    asked = described(case) if grades else replace(described(case), grades=())
                    began, computed = time.perf_counter(), time.process_time()
                    suggest(asked, chosen or [frameworks[case.subject]], {"public"})
                    took.append((time.perf_counter() - began) * 1000)
                    spent.append((time.process_time() - computed) * 1000)
            print(f"{name + way:44}{_middle_and_most(took):>18}{_middle_and_most(spent):>18}")


def _middle_and_most(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} / {statistics.quantiles(values, n=20)[-1]:.0f}"


def recalls(found: Sequence[int], wanted: frozenset[int]) -> tuple[float, float]:
    return tuple(len(wanted.intersection(found[:n])) / len(wanted) for n in (5, 10))  # type: ignore[return-value]


def mean(pairs: Sequence[tuple[float, float]]) -> str:
    return " / ".join(f"{statistics.mean(values):.2f}" for values in zip(*pairs, strict=True))


def plain_bm25(framework: "Framework", grades: tuple[str, ...]) -> Callable[[str], list[int]]:
    """The usual way: stemmed words of the statement alone, k1 1.2 and b 0.75."""
    from search.suggested.stems import stems
    from search.suggested.suggest import GATHERING
    from standards.models import Item

    rows = [
        (pk, text)
        for pk, text, type in Item.objects.filter(
            framework=framework, grades__overlap=list(grades)
        ).values_list("pk", "full_statement", "cf_item_type")
        if type.lower() not in GATHERING
    ]
    documents = [Counter(stem for _word, stem in some) for some in stems([text for _pk, text in rows])]
    holding = Counter(term for one in documents for term in one)
    average = sum(sum(one.values()) for one in documents) / len(documents)

    def find(text: str) -> list[int]:
        asked = Counter(stem for _word, stem in stems([text])[0])
        scores: dict[int, float] = {}
        for (pk, _text), document in zip(rows, documents, strict=True):
            long = 1.2 * (0.25 + 0.75 * sum(document.values()) / average)
            score = sum(
                times
                * math.log(1 + (len(rows) - holding[term] + 0.5) / (holding[term] + 0.5))
                * document[term] * 2.2 / (document[term] + long)
                for term, times in asked.items()
                if term in document
            )  # fmt: skip
            if score:
                scores[pk] = score
        return sorted(scores, key=lambda pk: (-scores[pk], pk))[:10]

    return find


if __name__ == "__main__":
    main(sys.argv[1:])
