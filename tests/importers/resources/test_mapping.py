"""What becomes of the fields of a source: on the page, in its attribution, and told where they have no place."""

import json
from typing import Any

import pytest

from importers.models import ImportedResource
from importers.resources.plan import full
from importers.resources.services import import_resources
from people.models import District
from repository.models import ResourcePage
from tests.factories import topic
from tests.importers.resources.loading import lesson, load, numbers, page

pytestmark = pytest.mark.django_db


def test_what_the_source_says_is_on_the_page(district: District) -> None:
    topic("Water")
    load(
        district,
        lesson(
            "Paint",
            description="<p>Mix <b>paint</b>.</p><script>x()</script>" + " Words" * 100,
            timeRequired="PT1H30M",
            inLanguage="Spanish",
            author=[{"name": "Ada"}, {"name": "Ben"}],
            publisher={"name": "Paint Press"},
            about=["Maths", "Water", "Color theory"],
            educationalUse="group work",
            isBasedOn={"name": "Old paint", "url": "https://old.example/paint"},
            isPartOf={"name": "Unit 3: Color"},
            teaches="Students can mix two colors in a ratio",
        ),
    )
    one = page("Paint")
    assert (one.duration_minutes, one.language, one.attribution, one.licence) == (
        90,
        "es",
        "Ada, Ben, Paint Press",
        "CC-BY-4.0",
    )
    assert [value.slug for value in one.subjects.all()] == ["mathematics"]
    assert [value.slug for value in one.topics.all()] == ["water"]
    assert [value.slug for value in one.modalities.all()] == ["small-group"]
    assert list(one.tags.names()) == ["Color theory"]
    html = "".join(str(block) for block in one.body)
    assert "<script" not in html
    for words in ("mix two colors", "Unit 3: Color", "https://old.example/paint", "<b>paint</b>"):
        assert words in html
    assert len(one.summary) <= 300


def tags(title: str) -> list[str]:
    return sorted(page(title).tags.names())


@pytest.mark.parametrize(
    ("audience", "tag"),
    [
        ({"@type": "EducationalAudience", "educationalRole": "teacher"}, ["For teachers"]),
        ({"educationalRole": "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/generalPublic"}, ["For everybody"]),
        ([{"@type": "Audience", "audienceType": "Parents"}, "Students"], ["For parents", "For students"]),
        ({"@type": "Audience", "name": "Educator"}, ["For teachers"]),
        ({"schema:educationalRole": ["learner", "pupil"]}, ["For students"]),
        ("School nurses", ["School nurses"]),
    ],
)  # fmt: skip
def test_whom_a_resource_is_for_is_a_tag(district: District, audience: Any, tag: list[str]) -> None:
    report = load(district, lesson("Paint", audience=audience))
    assert tags("Paint") == tag
    assert page("Paint").audience == "public"  # who may see it is another thing
    told = [one.message for one in report.plan.warnings if one.rule == "unknown-audience"]
    assert len(told) == (audience == "School nurses")


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("active", ["Active learning"]), (["Expositive"], ["Expositive learning"]),
        ("mixed", ["Active and expositive learning"]), ("by post", ["by post"]),
    ],
)  # fmt: skip
def test_how_a_resource_is_worked_with_is_a_tag(district: District, given: Any, tag: list[str]) -> None:
    load(district, lesson("Paint", interactivityType=given))
    assert tags("Paint") == tag


def test_every_format_says_whom_it_is_for_and_how_it_is_worked_with(district: District) -> None:
    import_resources(
        b'title,end user,interactivity type,tags\nPaint,"Teachers, families",Active,"clay, for Teachers"\n',
        district=district,
    )
    assert tags("Paint") == ["Active learning", "For parents", "clay", "for Teachers"]
    nsdl = (
        '<n:nsdl_dc xmlns:n="http://ns.nsdl.org/nsdl_dc_v1.02/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dct="http://purl.org/dc/terms/" xmlns:ieee="http://www.ieee.org/xsd/LOMv1p0"><dc:title>Glue</dc:title>'
        "<dct:audience>Administrator</dct:audience><ieee:interactivityType>Mixed</ieee:interactivityType></n:nsdl_dc>"
    )
    import_resources(nsdl.encode(), district=district)
    assert tags("Glue") == ["Active and expositive learning", "For administrators"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://lessons.example/paint", "has an address that leads nowhere, “ftp://lessons.example/paint”"),
        ("https://lessons.example/" + "p" * 1500, "has an address of 1,524 characters, where 1,000 are room"),
    ],
)
def test_an_address_that_cannot_be_kept_as_one_is_told_and_stays_with_the_record(
    district: District, address: str, said: str
) -> None:
    report = load(district, lesson("Paint", **{"@id": "paint-1", "url": address}))
    assert [(said in one.message, one.count) for one in report.plan.warnings] == [(True, 1)]
    assert page("Paint").link_url == ""
    assert address in json.dumps(ImportedResource.objects.get().raw)


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [
        ("www.lessons.example/paint", "https://www.lessons.example/paint"),
        ("lessons.example/paint", "https://lessons.example/paint"),
        ("https://lessons.example/mix paint.pdf", "https://lessons.example/mix%20paint.pdf"),
        ("paint.pdf", ""),
        ("see the shelf/box 3", ""),
    ],
)
def test_an_address_as_people_type_it_leads_there(district: District, given: str, leads_to: str) -> None:
    table = f"name,type,url,grade\nPaint,lesson,{given},6\n".encode()
    report = import_resources(table, district=district)
    assert page("Paint").link_url == leads_to
    said = f"taken for “{leads_to}”" if leads_to else f"has an address that leads nowhere, “{given}”"
    assert any(said in str(one) for one in report.plan.warnings) == (" " not in given or not leads_to)
    assert import_resources(table, district=district).plan.is_empty


ADDRESSES = ["www.lessons.example/paint", "lessons.example/paint", "//lessons.example/paint"]


@pytest.mark.parametrize("given", ADDRESSES)
@pytest.mark.parametrize("where", ["url", "@id", "nsdl", "table"])
def test_an_address_without_https_names_its_resource_in_every_format(
    district: District, given: str, where: str
) -> None:
    def source(title: str, address: str) -> bytes:
        if where == "nsdl":
            return (
                '<nsdl_dc xmlns="http://ns.nsdl.org/nsdl_dc_v1.02/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
                f"<dc:identifier>{address}</dc:identifier><dc:title>{title}</dc:title></nsdl_dc>"
            ).encode()
        if where == "table":
            return f"title,url\n{title},{address}\n".encode()
        return json.dumps([{"@type": "LearningResource", "name": title, where: address}]).encode()

    told = import_resources(source("Paint", given), district=district).plan.warnings
    address = "https://" + given.removeprefix("//")
    assert any(f"taken for “{address}”" in str(one) for one in told)
    assert page("Paint").link_url == address
    import_resources(source("Paint anew", address), district=district)
    assert [one.title for one in ResourcePage.objects.all()] == ["Paint anew"]


@pytest.mark.parametrize("given", ADDRESSES)
def test_a_source_may_have_an_address_without_https(district: District, given: str) -> None:
    load(
        district,
        lesson("Plain", isBasedOn=given),
        lesson("Named", isBasedOn={"name": "Old paint", "url": given}),
        lesson("Words", isBasedOn=f"{given} and other places"),
    )
    import_resources(f"title,based on\nRow,{given}\n".encode(), district=district)
    link = "https://lessons.example/paint".replace("lessons", "www.lessons" if "www" in given else "lessons")
    found = {one.title: link in str(one.body) for one in ResourcePage.objects.all()}
    assert found == {"Plain": True, "Named": True, "Words": False, "Row": True}


def test_readers_see_words_where_the_source_has_mark_up_of_its_own_and_the_record_keeps_it(
    district: District,
) -> None:
    description = (
        "_With @lesson-link{flags-and-stars}._ Count @ifcase{one}{rows}. @map{https://m.example/a, The map}"
    )
    report = load(
        district,
        lesson(
            "Paint @as{it-is, now}",
            description=description,
            teaches="Students follow @lesson-link{old-paint} to the end",
        ),
        lesson("Clay", description="After @lesson-link{paint}"),
    )
    one = page("Paint now")
    assert one.summary == "With flags and stars. Count rows (one). The map"
    html = "".join(str(block) for block in one.body)
    assert 'href="https://m.example/a"' in html
    assert "Students follow old paint to the end" in html
    assert "@" not in html
    assert ImportedResource.objects.get(page=one).raw["description"] == description
    told = [str(problem) for problem in report.plan.warnings if problem.rule == "markup"]
    assert len(told) == 4
    assert "“@lesson-link{…}”: shown as words, kept whole with the record. (and 2 more like it)" in told[1]
    assert numbers(load(district, lesson("Clay", description="After @lesson-link{paint}"))) == {
        "unchanged": 1
    }


def test_an_unknown_licence_is_shown_and_lets_nobody_adapt(district: District) -> None:
    load(district, lesson("Paint", license="Ask the author first"), lesson("Glue", license=""))
    assert (page("Paint").licence, page("Paint").attribution) == ("other", "License: Ask the author first")
    assert page("Glue").licence == "all-rights-reserved"


def test_many_makers_never_push_the_licence_out_and_a_cut_is_told(district: District) -> None:
    makers = [{"name": f"Maker number {number}"} for number in range(40)]
    report = load(district, lesson("Paint", license="Ask the author first", author=makers), lesson("Glue"))
    shown = page("Paint").attribution
    assert shown.startswith("Maker number 0, Maker number 1, ")
    assert shown.endswith("…. License: Ask the author first")
    assert len(shown) <= 300
    (told,) = [one for one in report.plan.warnings if one.rule == "attribution"]
    assert (told.path, told.count) == ("[0]", 1)
    assert "makers are left out" in told.message


def test_a_licence_longer_than_the_attribution_is_whole_below_the_text(district: District) -> None:
    words = "You may " + " and ".join(f"use page {number}" for number in range(40)) + " with thanks."
    report = load(district, lesson("Paint", license=words, author={"name": "Ada"}))
    assert page("Paint").attribution.startswith("License: You may use page 0")
    assert words in "".join(str(block) for block in page("Paint").body)
    (told,) = [one for one in report.plan.warnings if one.rule == "attribution"]
    assert "the license is whole below the text" in told.message
    assert load(district, lesson("Paint", license=words, author={"name": "Ada"})).plan.is_empty


def test_an_endless_text_is_shown_in_part_and_kept_whole(district: District) -> None:
    book = "<p>Chapter by chapter, mix paint.</p> " * 4000
    report = load(district, lesson("Paint", description=book), lesson("Glue"))
    (told,) = [one for one in report.plan.warnings if one.rule == "long-text"]
    assert told.message.startswith(
        f"has a text of {len(book.strip()):,} characters: the first 100,000 are shown"
    )
    (text,) = [block.value["text"] for block in page("Paint").body if block.block_type == "text"]
    assert 90_000 < len(text) <= 100_000
    assert ImportedResource.objects.get(page=page("Paint")).raw["description"] == book
    assert load(district, lesson("Paint", description=book), lesson("Glue")).plan.is_empty


def test_makers_and_licenses_are_shown_without_markup(district: District) -> None:
    load(
        district,
        lesson(
            "Paint",
            author=["<img src=x onerror=alert(1)>", "<b>Ada</b> Painter"],
            license="<i>Ask</i> the author",
        ),
    )
    assert page("Paint").attribution == "Ada Painter. License: Ask the author"


def test_a_kind_that_is_not_said_is_told_by_its_label(district: District) -> None:
    report = load(district, {"@type": "LearningResource", "name": "Paint"})
    (told,) = [one for one in report.plan.warnings if one.rule == "kind"]
    assert told.message.startswith(
        "says no kind of resource; taken for “Reference”. Choose another with the file, or"
    )


def test_a_plan_shows_the_words_of_a_text_not_its_markup(district: District) -> None:
    load(district, lesson("Paint"))
    report = load(
        district, lesson("Paint", description="<p>Mix <b>red</b> &amp; blue.</p>" + "<p>Again.</p>" * 60)
    )
    after = {one["field"]: one["after"] for one in full(report.plan)["changed"][0]["fields"]}
    assert after["body"].startswith("Mix red & blue. Again.")


def test_a_title_of_signs_without_width_is_none_and_signs_that_turn_the_order_are_left_out(
    district: District,
) -> None:
    report = load(district, lesson("Paint"), lesson("\u200b\u200b"), lesson("Glue \u202eexe.gnp"))
    assert numbers(report) == {"added": 2}
    assert [one.title for one in report.plan.added] == ["Paint", "Glue exe.gnp"]
    (told,) = [one for one in report.plan.warnings if one.rule == "no-name"]
    assert str(told) == "[1]: has a title that nobody can see, so it is passed over."


def test_of_several_languages_the_first_counts_and_the_others_are_tags(district: District) -> None:
    report = load(
        district,
        lesson("Paint", inLanguage="Spanish, English"),
        lesson("Race", inLanguage=["he", "Klingon"]),
        lesson("Dye", inLanguage="Klingon"),
    )
    assert (page("Paint").language, list(page("Paint").tags.names())) == ("es", ["English"])
    assert (page("Race").language, page("Dye").language) == ("he", "en")
    told = [str(one) for one in report.plan.warnings]
    assert any(
        "is in several languages, “Spanish, English”: Spanish is its language here" in one for one in told
    )
    assert any("a language that is not known, “Klingon”; kept with the record." in one for one in told)
