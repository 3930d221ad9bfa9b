"""A framework on paper, two grades side by side, files to take along, and whom to credit."""

import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from standards.models import Framework, License
from standards.outlines import key_of, outline, side_by_side
from tests.factories import FrameworkFactory, ItemFactory
from tests.standards.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def maths():
    framework = FrameworkFactory(
        short_name="MATH",
        title="Meridian Mathematics",
        grades=["06", "07", "08"],
        publisher="Meridian Department",
    )
    framework.license = License.objects.create(
        framework=framework,
        identifier="l",
        title="CC BY 4.0",
        license_text="https://creativecommons.org/licenses/by/4.0/",
        description="Credit the Meridian Department.",
    )
    framework.save()
    return framework


def add(framework, code, words, under=None, grades=(), **fields):
    return ItemFactory(
        framework=framework,
        human_coding_scheme=code,
        full_statement=words,
        under=under,
        grades=list(grades),
        **fields,
    )


@pytest.fixture
def tree(maths):
    """Grades at the top, as most states have it; clusters A in both, B in grade 7 alone."""
    for grade, clusters in (("6", "A"), ("7", "AB"), ("8", "")):
        top = add(maths, grade, f"Grade {grade}", grades=[f"0{grade}"])
        strand = add(maths, f"{grade}.RP", "Ratios", top, [f"0{grade}"])
        for cluster in clusters:
            head = add(maths, f"{grade}.RP.{cluster}", f"Cluster {cluster} of {grade}", strand, [f"0{grade}"])
            for number in (1, 2):
                one = add(
                    maths,
                    f"{grade}.RP.{cluster}.{number}",
                    f"Do {grade}{cluster}{number}",
                    head,
                    [f"0{grade}"],
                )
            add(maths, f"{grade}.RP.{cluster}.{number}.a", f"Part of {grade}{cluster}", one, [f"0{grade}"])
    return maths


def codes(branches):
    return [(branch.item.human_coding_scheme, codes(branch.children)) for branch in branches]


class TestOutline:
    def test_it_has_every_statement_in_its_place(self, tree):
        assert codes(outline(tree))[0] == (
            "6",
            [("6.RP", [("6.RP.A", [("6.RP.A.1", []), ("6.RP.A.2", [("6.RP.A.2.a", [])])])])],
        )

    def test_one_grade_alone(self, tree):
        assert [code for code, _below in codes(outline(tree, grade="07"))] == ["7"]

    def test_the_page_is_for_paper(self, client, tree):
        text = text_of(client.get("/standards/MATH/print/"))
        for words in (
            "Meridian Mathematics",
            "6.RP.A.1",
            "Do 6A1",
            "CC BY 4.0",
            "Credit the Meridian Department.",
        ):
            assert words in text
        assert "Do 6A1" not in text_of(client.get("/standards/MATH/print/?grade=07"))

    def test_licences_of_single_statements_are_named(self, client, tree):
        other = License.objects.create(framework=tree, identifier="o", title="All rights reserved")
        tree.items.filter(human_coding_scheme="6.RP.A.1").update(license=other)
        assert "All rights reserved" in text_of(client.get("/standards/MATH/print/"))
        assert "All rights reserved" not in text_of(client.get("/standards/MATH/print/?grade=07"))

    @pytest.mark.parametrize("page", ["print", "compare"])
    def test_the_number_of_queries_does_not_grow(self, client, tree, page):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/standards/MATH/{page}/").status_code == 200
            return len(captured)

        few = queries()
        parent = tree.items.get(human_coding_scheme="6.RP.A")
        for number in range(3, 30):
            add(tree, f"6.RP.A.{number}", "One more", parent, ["06"])
        assert queries() == few


class TestSideBySide:
    def rows(self, framework, left="06", right="07"):
        return [
            (strand.head.full_statement, [tuple([b.item.human_coding_scheme for b in side] for side in pair.sides)
                                          for pair in strand.pairs])
            for strand in side_by_side(framework, left, right)
        ]  # fmt: skip

    def test_the_same_cluster_stands_in_one_row(self, tree):
        assert self.rows(tree) == [
            ("Ratios", [(["6.RP.A.1", "6.RP.A.2"], ["7.RP.A.1", "7.RP.A.2"]), ([], ["7.RP.B.1", "7.RP.B.2"])])
        ]

    def test_a_framework_with_grades_below_its_strands(self):
        framework = FrameworkFactory(grades=["06", "07"])
        strand = add(framework, "M.RP", "Ratios", grades=["06", "07"])
        for grade in "67":
            cluster = add(framework, f"M.{grade}.RP", f"Rates in {grade}", strand, [f"0{grade}"])
            add(framework, f"M.{grade}.RP.1", "Do it", cluster, [f"0{grade}"])
        assert self.rows(framework) == [("Ratios", [(["M.6.RP.1"], ["M.7.RP.1"])])]

    def test_without_codes_the_words_decide(self):
        framework = FrameworkFactory(grades=["06", "07"])
        for grade in "67":
            top = add(framework, "", f"Grade {grade}", grades=[f"0{grade}"])
            strand = add(framework, "", "Reading", top, [f"0{grade}"])
            add(framework, "", f"Read well in {grade}", strand, [f"0{grade}"])
        (strand,) = side_by_side(framework, "06", "07")
        assert [[b.item.full_statement for b in side] for side in strand.pairs[0].sides] == [
            ["Read well in 6"],
            ["Read well in 7"],
        ]

    @pytest.mark.parametrize(
        ("code", "key"),
        [
            ("6.RP.A", "rp a"),
            ("CCSS.Math.Content.6.RP", "ccss math content rp"),
            ("M.K.NO", "m no"),
            ("6", ""),
        ],
    )
    def test_the_grade_is_left_out_of_a_code(self, code, key):
        assert key_of(ItemFactory(human_coding_scheme=code)) == key

    def test_the_page_takes_the_grades_from_its_address(self, client, tree):
        text = text_of(client.get("/standards/MATH/compare/?left=6&right=7"))
        assert text.index("Grade 6 beside Grade 7") < text.index("Do 6A1") < text.index("Do 7A1")
        assert "Nothing here in this grade." in text
        assert "Grade 6 beside Grade 7" in text_of(client.get("/standards/MATH/compare/?left=nonsense"))
        assert "Grade 8 beside Grade 6" in text_of(client.get("/standards/MATH/compare/?left=08"))

    def test_one_grade_cannot_be_compared(self, client):
        FrameworkFactory(short_name="ONE", grades=["06"])
        assert client.get("/standards/ONE/compare/").status_code == 404


class TestTakingAlong:
    def test_each_format_is_on_the_page_and_comes_as_a_file(self, client, tree):
        page = client.get("/standards/MATH/").content.decode()
        links = re.findall(r'href="(/standards/MATH/download/[^"]+)"', page)
        assert len(links) == 4
        files = {link.split("/")[-2]: client.get(link) for link in links}
        assert all("attachment" in file["Content-Disposition"] for file in files.values())
        for format in ("case-1.0", "case-1.1"):
            assert len(json.loads(files[format].content)["CFItems"]) == tree.items.count()
        assert "6.RP.A.1" in files["csv"].content.decode()
        assert "CF Item" in load_workbook(io.BytesIO(files["opensalt-xlsx"].content)).sheetnames

    def test_an_unknown_format_and_a_hidden_framework_are_not_there(self, client, tree):
        assert client.get("/standards/MATH/download/docx/").status_code == 404
        Framework.objects.update(adoption_status="Private Draft")
        for page in ("print/", "compare/", "download/csv/"):
            assert client.get(f"/standards/MATH/{page}").status_code == 404


class TestCredit:
    def test_licence_and_attribution_stand_on_framework_and_statement(self, client, tree):
        for url in ("/standards/MATH/", tree.items.first().get_absolute_url()):
            page = client.get(url)
            assert (
                'href="https://creativecommons.org/licenses/by/4.0/" rel="license noopener">CC BY 4.0<'
                in (page.content.decode())
            )
            assert "Credit the Meridian Department." in text_of(page)

    def test_a_record_with_a_credit_of_its_own_shows_that(self, client, tree):
        item = tree.items.first()
        item.license = License.objects.create(framework=tree, identifier="o", title="CC BY-NC 4.0")
        item.extra = {"attributionStatement": "From the Learning Graph, used with permission."}
        item.save()
        text = text_of(client.get(item.get_absolute_url()))
        assert "CC BY-NC 4.0" in text
        assert "From the Learning Graph, used with permission." in text
        assert "Credit the Meridian Department." not in text

    def test_an_address_that_is_no_web_address_is_no_link(self, client, tree):
        License.objects.update(license_text="javascript:alert(1)")
        assert 'href="javascript' not in client.get("/standards/MATH/").content.decode()

    def test_none_is_said(self, client):
        FrameworkFactory(short_name="BARE")
        assert "License Not stated" in text_of(client.get("/standards/BARE/"))
