"""A table of names: codes and addresses side by side, of statements that are here already."""

import pytest

from importers.problems import ImportRefused
from importers.services import import_framework, import_frameworks, undo_import
from standards.models import Framework, Item
from standards.selectors import resolve_standard
from standards.successors import successors
from tests.factories import FrameworkFactory, ItemFactory

TABLE = (
    b"old_notation,new_notation,URL\n"
    b"RAT-1,6.RP.1,https://old.example/rat/1\n"
    b"RAT-2,6.RP.2,https://old.example/rat/2\n"
    b"NAR-1,W.6.3,https://old.example/nar/1\n"
    b"GEO-1,6.G.1,https://old.example/geo/1\n"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_frameworks() -> tuple[Framework, Framework]:
    maths, writing = FrameworkFactory(short_name="MATH"), FrameworkFactory(short_name="ELA")
    for code in ("6.RP.1", "6.RP.2"):
        ItemFactory(framework=maths, human_coding_scheme=code, full_statement=f"Ratios {code}")
    ItemFactory(framework=writing, human_coding_scheme="W.6.3", full_statement="Write a narrative")
    return maths, writing


def test_each_framework_takes_the_names_of_its_own_statements(
    two_frameworks: tuple[Framework, Framework],
) -> None:
    reports = import_frameworks(TABLE)
    assert [report.framework for report in reports] == list(two_frameworks)
    for name, code in (("RAT-2", "6.RP.2"), ("https://old.example/nar/1", "W.6.3"), ("rat 1", "6.RP.1")):
        found = resolve_standard(name)
        assert isinstance(found, Item)
        assert found.human_coding_scheme == code
    assert Item.objects.count() == 3
    assert "GEO-1" in str(reports[0].plan.warnings)
    assert all(report.plan.is_empty for report in import_frameworks(TABLE))


def test_it_can_be_undone(two_frameworks: tuple[Framework, Framework]) -> None:
    before = list(Item.objects.order_by("pk").values())
    for report in import_frameworks(TABLE):
        assert report.record
        undo_import(report.record)
    assert resolve_standard("https://old.example/nar/1") is None
    assert list(Item.objects.order_by("pk").values()) == before


def test_names_that_point_to_two_statements_name_neither(two_frameworks: tuple[Framework, Framework]) -> None:
    with pytest.raises(
        ImportRefused, match=r"row 2: The names in these rows are of several statements: 6.RP.1"
    ):
        import_framework(b"code,other code,third code\n6.RP.1,6.RP.2,NEW-1\n")
    with pytest.raises(
        ImportRefused, match=r"row 2: No statement here goes by these names: 8.X.1 / OLD-1, 8.X.2 / OLD-2"
    ):
        import_framework(b"code,other code\n8.X.1,OLD-1\n8.X.2,OLD-2\n")


def test_a_row_with_a_retired_statement_and_one_in_force_says_what_took_its_place(
    two_frameworks: tuple[Framework, Framework],
) -> None:
    maths, _writing = two_frameworks
    old = [
        ItemFactory(
            framework=maths,
            human_coding_scheme=code,
            full_statement=code,
            retired_at="2026-01-01T00:00Z",
            withdrawn=True,
        )
        for code in ("RAT.1", "RAT.2", "RAT.3")
    ]
    keys = [item.pk for item in old]
    table = b"old code,new code\nRAT.1,6.RP.1\nRAT.2,6.RP.2\nRAT.3,W.6.3\n"

    def after() -> list[list[str]]:
        found = successors(keys)
        return [[item.human_coding_scheme for item in found[key]] for key in keys]

    (report,) = import_frameworks(table)
    assert after() == [["6.RP.1"], ["6.RP.2"], []]
    assert [str(one) for one in report.plan.warnings] == [
        "row 4: The names in these rows are of several statements: RAT.3 / W.6.3."
    ]
    assert Item.objects.filter(retired_at=None).count() == 3
    assert all(one.plan.is_empty for one in import_frameworks(table))
    assert report.record
    undo_import(report.record)
    assert after() == [[], [], []]


def test_rows_that_share_codes_say_what_was_merged_and_what_was_split(
    two_frameworks: tuple[Framework, Framework],
) -> None:
    """It was refused: “Given to several rows, so no statement goes by it”."""
    maths, _writing = two_frameworks
    keys = [
        ItemFactory(
            framework=maths, human_coding_scheme=code, retired_at="2026-01-01T00:00Z", withdrawn=True
        ).pk
        for code in ("RAT.1", "RAT.2", "RAT.3")
    ]
    ItemFactory(framework=maths, human_coding_scheme="6.RP.3")
    merged = b"RAT.1,6.RP.1\nRAT.2,6.RP.1\n"
    split = b"RAT.3,6.RP.2\nRAT.3,6.RP.3\nRAT.3,6.RP.3\n"
    (report,) = import_frameworks(b"old code,new code\n" + merged + split)
    assert [str(one) for one in report.plan.warnings] == []
    found = successors(keys)
    assert [[item.human_coding_scheme for item in found[key]] for key in keys] == [
        ["6.RP.1"],
        ["6.RP.1"],
        ["6.RP.2", "6.RP.3"],
    ]
    assert all(one.plan.is_empty for one in import_frameworks(b"old code,new code\n" + merged + split))


def test_a_name_that_is_given_to_two_rows_is_nobody_s_and_told(
    two_frameworks: tuple[Framework, Framework],
) -> None:
    """Of a code that was split in two nobody can say which of both it means."""
    split = b"old code,new code\nRAT-1,6.RP.1\nRAT-1,6.RP.2\n"
    told = "row 2: Given to several rows, so no statement goes by it: “RAT-1”"
    with pytest.raises(ImportRefused, match=told):
        import_framework(split)
    reports = import_frameworks(split + b"NAR-1,W.6.3\n")
    assert [str(one).rstrip(".") for one in reports[0].plan.warnings] == [told]
    assert resolve_standard("RAT-1") is None
    assert resolve_standard("NAR-1") is not None


def test_a_table_with_grades_or_parents_and_no_words_is_a_mistake() -> None:
    with pytest.raises(ImportRefused, match="None of the columns is known to hold the words"):
        import_framework(b"code,parent\n6.RP.1,6.RP\n6.RP.2,6.RP\n")
