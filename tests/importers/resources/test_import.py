"""Plan, apply, import again, import changed: what a district sees, and what becomes of work done here since."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from importers.labels import in_words
from importers.models import ImportedResource, ResourceImport, WaitingAlignment
from importers.resources.services import import_resources
from importers.resources.undo import undo_import
from importers.resources.waiting import resolve_waiting
from importers.services import import_framework
from people.models import District, Role
from repository.curation import merge_tag
from repository.models import Alignment, ResourcePage
from repository.services.review import unpublish
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, district_page, member, topic
from tests.importers.packages import as_bytes, package
from tests.importers.resources.loading import aligned, edit, lesson, load, numbers, page

pytestmark = pytest.mark.django_db


def test_a_dry_run_tells_and_writes_nothing(district: District) -> None:
    report = load(district, lesson("Paint"), dry_run=True)
    assert numbers(report) == {"added": 1}
    assert not ResourcePage.objects.exists()
    assert not ResourceImport.objects.exists()


def test_a_changed_source_updates_the_page_field_by_field(district: District) -> None:
    load(district, lesson("Paint"), lesson("Glue"))
    before = page("Paint")
    report = load(district, lesson("Paint", educationalLevel="Grade 7", timeRequired="PT20M"), lesson("Glue"))
    assert numbers(report) == {"changed": 1, "unchanged": 1}
    (item,) = report.plan.changed
    assert [(one.field, one.before, one.after) for one in item.changes] == [
        ("grades", ["06"], ["07"]),
        ("duration_minutes", None, 20),
    ]
    after = page("Paint")
    assert (after.pk, after.slug, after.grades, after.duration_minutes) == (
        before.pk,
        before.slug,
        ["07"],
        20,
    )
    assert after.latest_revision.as_object().grades == ["07"]
    assert after.latest_revision_id == after.live_revision_id != before.latest_revision_id
    assert load(
        district, lesson("Paint", educationalLevel="Grade 7", timeRequired="PT20M"), lesson("Glue")
    ).plan.is_empty


def test_a_change_that_no_field_shows_is_kept_without_touching_the_page(district: District) -> None:
    load(district, lesson("Paint"))
    before = page("Paint")
    report = load(district, lesson("Paint", accessMode="visual"))
    assert numbers(report) == {"changed": 1}
    assert page("Paint").latest_revision_id == before.latest_revision_id
    assert ImportedResource.objects.get().raw["accessMode"] == "visual"
    assert load(district, lesson("Paint", accessMode="visual")).plan.is_empty


def test_work_done_here_is_kept_and_listed(district: District) -> None:
    load(district, lesson("Paint"), lesson("Glue"), lesson("Ink"), lesson("Clay"))
    edit("Paint", summary="Ours")
    unpublish(identifier=page("Glue").identifier, user=member(Role.COORDINATOR, district))
    page("Ink").delete()
    changed = [lesson(name, educationalLevel="Grade 8") for name in ("Paint", "Glue", "Ink", "Clay")]
    report = load(district, *changed)
    assert numbers(report) == {"changed": 1, "conflicts": 3}
    reasons = {item.title: item.known.stands_in_the_way for item in report.plan.conflicts if item.known}
    assert reasons == {
        "Paint": "was edited here", "Glue": "was taken off the site here", "Ink": "was deleted here",
    }  # fmt: skip
    assert page("Paint").grades == ["06"]
    assert page("Paint").get_latest_revision_as_object().summary == "Ours"
    assert page("Clay").grades == ["08"]
    assert numbers(load(district, *changed)) == {"unchanged": 1, "conflicts": 3}


def test_an_edit_here_is_no_conflict_while_the_source_stays_the_same(district: District) -> None:
    load(district, lesson("Paint"))
    edit("Paint", summary="Ours")
    assert numbers(load(district, lesson("Paint"))) == {"unchanged": 1}


def test_what_the_source_drops_is_told_and_stays(district: District, tmp_path: Path) -> None:
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps([lesson("Paint"), lesson("Glue")]))
    import_resources(file, district=district)
    load(district, lesson("Ink"))  # another source, which says nothing about those
    file.write_text(json.dumps([lesson("Paint")]))
    report = import_resources(file, district=district)
    assert [one.title for one in report.plan.gone] == ["Glue"]
    assert page("Glue").live


def test_a_resource_is_known_again_by_any_of_its_names(district: District) -> None:
    load(district, lesson("Paint", identifier="P-1", url="https://lessons.example/p1"))
    load(
        district,
        {
            "@type": "LearningResource",
            "name": "Paint now",
            "url": "https://lessons.example/p1",
            "description": "x",
        },
    )
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint now"]


SHELF = "https://lessons.example/shelf"


def on_shelf(name: str, **more: Any) -> dict[str, Any]:
    """A lesson with an identifier of its own, and an address that it shares with others."""
    return {**lesson(name, **more), "@id": None, "identifier": name, "url": SHELF}


@pytest.mark.parametrize("first", ["new", "known"])
def test_a_new_resource_at_the_address_of_a_known_one_is_added_and_the_known_one_stays(
    district: District, first: str
) -> None:
    load(district, on_shelf("Paint"))
    before = page("Paint")
    lessons = [on_shelf("Glue"), on_shelf("Paint")]
    if first == "known":
        lessons.reverse()
    assert numbers(load(district, *lessons)) == {"added": 1, "unchanged": 1}
    assert page("Paint").latest_revision_id == before.latest_revision_id
    assert page("Glue").pk != before.pk
    assert numbers(load(district, *reversed(lessons))) == {"unchanged": 2}
    assert numbers(load(district, on_shelf("Ink"))) == {
        "added": 1
    }  # whose address it was before, nobody knows


def test_a_resource_that_was_renamed_at_an_address_of_its_own_is_known_again(district: District) -> None:
    load(district, lesson("Paint", identifier="P-1"), on_shelf("Glue"))
    before = page("Paint")
    assert numbers(load(district, lesson("Paint", identifier="P-2"), on_shelf("Ink"), on_shelf("Glue"))) == {
        "added": 1, "changed": 1, "unchanged": 1,
    }  # fmt: skip
    assert (page("Paint").pk, page("Paint").source_identifier) == (before.pk, "P-2")


def test_two_districts_may_load_the_same_collection(district: District) -> None:
    other = DistrictFactory()
    district_page(other)
    load(district, lesson("Paint"))
    assert numbers(load(other, lesson("Paint"))) == {"added": 1}
    assert ResourcePage.objects.filter(title="Paint").count() == 2


@pytest.mark.parametrize("number", ["1e300", "-1e308", "1e-400", "12345678901234567890", "0.1"])
def test_a_number_of_any_size_is_the_same_the_second_time(district: District, number: str) -> None:
    file = json.dumps([lesson("Paint", views=77)]).replace("77", number).encode()
    import_resources(file, district=district)
    assert import_resources(file, district=district).plan.is_empty


def test_a_name_given_twice_in_a_file_counts_once(district: District) -> None:
    report = load(district, lesson("Paint"), lesson("Paint", description="Again"))
    assert numbers(report) == {"added": 1}
    assert "duplicate" in {problem.rule for problem in report.plan.warnings}


def test_numbers_as_identifiers_tell_resources_apart(district: District) -> None:
    lessons = [{**lesson(f"Lesson {n}"), "@id": None, "identifier": 1_234_560 + n} for n in range(4)]
    assert numbers(load(district, *lessons)) == {"added": 4}
    assert page("Lesson 3").source_identifier == "1234563"
    assert numbers(load(district, *lessons)) == {"unchanged": 4}


def test_each_resource_that_is_left_out_because_its_name_was_taken_is_named(district: District) -> None:
    shared = "https://lessons.example/shelf"
    report = load(district, *(lesson(name, **{"@id": shared}) for name in ("Paint", "Glue", "Ink")))
    assert numbers(report) == {"added": 1}
    said = [str(one) for one in report.plan.warnings if one.rule == "duplicate"]
    assert said == [
        f"[{place}]: “{name}” goes by the same name as “Paint” ([0]), “{shared}”, so it is not imported. "
        "Give each an identifier of its own."
        for place, name in ((1, "Glue"), (2, "Ink"))
    ]


def test_a_resource_that_stands_twice_in_a_file_word_for_word_is_told_once(district: District) -> None:
    report = load(district, *[lesson("Paint")] * 3)
    assert numbers(report) == {"added": 1}
    (told,) = [one for one in report.plan.warnings if one.rule == "duplicate"]
    assert (told.severity, told.path, told.count) == ("notice", "[1]", 2)


def test_the_audience_is_for_new_ones_and_stays_unless_said(district: District) -> None:
    load(district, lesson("Paint"), audience="district")
    load(district, lesson("Paint", educationalLevel="Grade 9"), lesson("Glue"))
    assert (page("Paint").audience, page("Glue").audience) == ("district", "public")
    load(district, lesson("Paint", educationalLevel="Grade 9"), audience="state")
    assert page("Paint").audience == "state"


# -- standards


def test_standards_are_found_by_address_code_spelling_and_short_name(district: District) -> None:
    framework = FrameworkFactory(title="Common Core State Standards for Mathematics", short_name="CCSS-MATH")
    one = ItemFactory(
        framework=framework, human_coding_scheme="CCSS.Math.Content.6.RP.A.3", uri="https://core.example/6rp3"
    )
    two = ItemFactory(framework=framework, human_coding_scheme="5.NF.B.7")
    two.aliases.create(value="S114363E")
    load(
        district,
        aligned("A", {"targetUrl": "http://www.core.example/6rp3/"}),
        aligned("B", {"targetName": "6.RP.3"}),
        aligned("C", {"targetName": "ccss.math.content.5.nf.b.7"}),
        aligned("D", {"targetUrl": "http://asn.jesandco.org/resources/S114363E"}),
        aligned("E", {"targetName": "CCSS-MATH:5.NF.7"}),
        aligned("F", {"targetName": one.identifier}),
        aligned("G", {"targetUrl": "https://elsewhere.example/standards/6.RP.A.3"}),
        aligned("H", {"targetUrl": "www.core.example/6rp3"}),
        aligned("I", {"targetUrl": "//core.example/6rp3"}),
    )
    found = {row.page.title: row.item_id for row in Alignment.objects.select_related("page")}
    assert found == {
        "A": one.pk,
        "B": one.pk,
        "C": two.pk,
        "D": two.pk,
        "E": two.pk,
        "F": one.pk,
        "G": one.pk,
        "H": one.pk,
        "I": one.pk,
    }
    assert not WaitingAlignment.objects.exists()


def test_where_address_and_name_are_of_two_standards_the_address_counts_and_the_plan_says_so(
    district: District,
) -> None:
    framework = FrameworkFactory(title="Meridian Mathematics Standards", short_name="MER-MATH")
    older, newer = (
        ItemFactory(framework=framework, human_coding_scheme=code, uri=f"https://m.example/{code}")
        for code in ("M.6.RP.1", "M.6.RP.2")
    )
    by_address = {"targetUrl": newer.uri}
    report = load(
        district,
        aligned("Alias", {**by_address, "targetName": older.identifier}),
        aligned("Code", {**by_address, "targetName": "m6.rp.1"}),
        aligned("Code again", {**by_address, "targetName": "m6.rp.1"}),
        aligned("Its code", {**by_address, "targetName": "6.RP.2"}, {"targetUrl": older.uri}),
        aligned("Its words", {**by_address, "targetName": "Ratios in words"}),
        aligned("Nobody's code", {**by_address, "targetName": "Z.9"}),
    )
    found = Alignment.objects.filter(item=newer).values_list("page__title", flat=True)
    assert sorted(found) == ["Alias", "Code", "Code again", "Its code", "Its words", "Nobody's code"]
    assert not WaitingAlignment.objects.exists()
    end = f"at the address of another standard, {newer.uri}; the address counts."
    assert [str(one) for one in report.plan.warnings if one.rule == "two-standards"] == [
        f"[0]: is aligned to “{older.identifier}” {end}",
        f"[1]: is aligned to “m6.rp.1” {end} (and 1 more like it)",
    ]


def test_a_standard_is_found_by_its_name_where_its_address_is_nobodys(
    district: District, ratios: dict[str, int]
) -> None:
    load(district, aligned("Paint", {"targetUrl": "https://gone.example/7f", "targetName": "M.6.RP.1"}))
    assert [one.item_id for one in Alignment.objects.all()] == [ratios["M.6.RP.1"]]


def test_of_a_standard_that_was_retired_and_one_that_took_its_code_the_present_one_is_meant(
    district: District,
) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    ItemFactory(framework=framework, human_coding_scheme="M.6.RP.9", retired_at="2025-01-01T00:00Z")
    present = ItemFactory(framework=framework, human_coding_scheme="M.6.RP.9")
    load(district, aligned("Paint", {"targetName": "M.6.RP.9"}))
    assert [one.item_id for one in Alignment.objects.all()] == [present.pk]


def test_a_standard_named_twice_is_one_alignment_and_what_is_named_no_more_waits_no_more(
    district: District, ratios: dict[str, int]
) -> None:
    load(
        district,
        aligned("Paint", {"targetName": "M.6.RP.1"}, {"targetName": "m6rp1"}, {"targetName": "ZZ.1"}),
    )
    assert [one.item_id for one in Alignment.objects.all()] == [ratios["M.6.RP.1"]]
    load(district, aligned("Paint", {"targetName": "M.6.RP.1"}, {"targetName": "ZZ.2"}))
    assert [one.target_name for one in WaitingAlignment.objects.all()] == ["ZZ.2"]


def tags(title: str) -> list[str]:
    return sorted(page(title).tags.values_list("name", flat=True))


def test_an_alignment_waits_for_its_framework_and_is_made_when_that_arrives(district: District) -> None:
    code = "M.9.RP.7"
    report = load(
        district,
        aligned("A", {"targetName": code}),
        aligned("B", {"targetName": code}, {"targetName": "ZZ.9"}),
    )
    assert [(one.name, one.resources) for one in report.plan.unresolved if one.name == code] == [(code, 2)]
    edit("B", summary="Ours")
    arrived = import_framework(as_bytes(package({code: None})))
    assert arrived.record is not None
    assert in_words(arrived.record.counts) == "1 added, 2 waiting alignments of imported resources made"
    for title in ("A", "B"):
        one = page(title)
        assert [row.item.human_coding_scheme for row in one.alignments.all()] == [code]
        draft = one.get_latest_revision_as_object()
        assert [row.item.human_coding_scheme for row in draft.alignments.all()] == [code]
    assert page("B").get_latest_revision_as_object().summary == "Ours"
    assert page("B").summary == "About B."
    assert [one.target_name for one in WaitingAlignment.objects.all()] == ["ZZ.9"]
    assert resolve_waiting() == 0
    assert load(
        district,
        aligned("A", {"targetName": code}),
        aligned("B", {"targetName": code}, {"targetName": "ZZ.9"}),
    ).plan.is_empty


def test_a_tag_that_was_merged_into_a_topic_here_stays_merged_when_the_source_changes_its_tags(
    district: District,
) -> None:
    ratio = topic("Ratio")
    load(district, lesson("Paint", keywords=["Mixing", "Color"]), lesson("Glue", keywords=["Sticky"]))
    merge_tag(tag=Tag.objects.get(name="Mixing"), topic=ratio)
    record = load(
        district, lesson("Paint", keywords=["Mixing", "Water"]), lesson("Glue", keywords=["Sticky"])
    ).record
    assert (tags("Paint"), list(page("Paint").topics.all())) == (["Water"], [ratio])
    assert page("Paint").get_latest_revision_as_object().tags.first().name == "Water"
    assert record is not None
    undo_import(record)
    assert (tags("Paint"), list(page("Paint").topics.all())) == (["Color"], [ratio])


def test_topics_stay_when_the_source_names_one_more_and_so_does_the_one_that_a_tag_was_merged_into(
    district: District,
) -> None:
    ratio, water, rivers = topic("Ratio"), topic("Water"), topic("Rivers")
    load(district, lesson("Paint", keywords=["Mixing", "Water"]))
    merge_tag(tag=Tag.objects.get(name="Mixing"), topic=ratio)
    load(district, lesson("Paint", keywords=["Mixing", "Water", "Rivers"]))
    assert set(page("Paint").topics.all()) == {ratio, water, rivers}


def test_an_import_reads_whole_records_of_its_own_resources_only_and_asks_as_often_beside_many(
    district: District,
) -> None:
    def again() -> tuple[int, set[str]]:
        read: set[str] = set()

        def note(instance: ImportedResource, **kwargs: Any) -> None:
            read.add(instance.fields["title"])

        with CaptureQueriesContext(connection) as asked:
            post_init.connect(note, sender=ImportedResource)
            try:
                assert numbers(load(district, lesson("Paint"), lesson("Glue"))) == {"unchanged": 2}
            finally:
                post_init.disconnect(note, sender=ImportedResource)
        whole = [one["sql"] for one in asked if '"importers_importedresource"."raw"' in one["sql"]]
        assert whole
        assert all('"importers_importedresource"."id" IN (' in sql for sql in whole)
        return len(asked), read

    load(district, lesson("Paint"), lesson("Glue"))
    alone, _ = again()
    load(district, *(lesson(f"Lesson {number}") for number in range(30)))
    assert again() == (alone, {"Paint", "Glue"})
