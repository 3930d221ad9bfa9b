"""A domain as teachers cite it, which no statement has as its code: "3.NF", "RL.4", "K.CC", "A-REI"."""

from collections.abc import Callable

import pytest
from django.test import Client

from search.find import find
from search.request import SearchRequest
from search.understanding import understand
from standards.models import Item
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource
from tests.repository.pages import Page
from tests.search.asking import titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def frameworks() -> dict[str, Item]:
    """Domains without a code of their own, as the Common Core has them, and a state's that has one."""
    mine, other = FrameworkFactory(short_name="MER-MATH"), FrameworkFactory(short_name="CCSS")
    fractions = ItemFactory(framework=other, human_coding_scheme="", full_statement="Fractions")
    cluster = ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.3.NF.A", under=fractions)
    fourth = ItemFactory(framework=other, human_coding_scheme="", full_statement="Grade 4")
    literature = ItemFactory(
        framework=other, human_coding_scheme="", full_statement="Literature", under=fourth
    )
    ideas = ItemFactory(framework=other, human_coding_scheme="", full_statement="Ideas", under=literature)
    domain = ItemFactory(framework=mine, human_coding_scheme="M.6.RP")
    return {
        "3.NF.A": cluster,
        "3.NF.A.1": ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.3.NF.A.1", under=cluster),
        "4.NF.B": ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.4.NF.B", under=fractions),
        "A-REI.B": ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.HSA-REI.B"),
        "K.CC.A": ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.K.CC.A"),
        "Fractions": fractions,
        "Literature": literature,
        "RL.4.1": ItemFactory(framework=other, human_coding_scheme="RL.4.1", under=ideas),
        "RL.4.2": ItemFactory(framework=other, human_coding_scheme="RL.4.2", under=literature),
        "RI.4.1": ItemFactory(framework=other, human_coding_scheme="RI.4.1", under=fourth),
        "RI.4.2": ItemFactory(framework=other, human_coding_scheme="RI.4.2", under=fourth),
        "RL.41.1": ItemFactory(framework=other, human_coding_scheme="RL.41.1"),
        "RL.4.3": ItemFactory(
            framework=other, human_coding_scheme="RL.4.3", under=literature, retired_at="2025-01-01T00:00Z"
        ),
        "6.RP.A": ItemFactory(framework=other, human_coding_scheme="CCSS.Math.Content.6.RP.A"),
        "M.6.RP": domain,
        "M.6.RP.2": ItemFactory(framework=mine, human_coding_scheme="M.6.RP.2", under=domain),
        "8.GM.1": ItemFactory(framework=other, human_coding_scheme="8.GM.1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("q", "names", "text"),
    [
        ("3.NF", "3.NF.A", ""),
        ("3nf", "3.NF.A", ""),
        ("CCSS.Math.Content.3.NF", "3.NF.A", ""),
        ("3.NF fraction games", "3.NF.A", "fraction games"),
        ("games 3.NF", "3.NF.A", "games"),
        ("K.CC", "K.CC.A", ""),
        ("K.CC.", "K.CC.A", ""),
        ("HSA-REI", "A-REI.B", ""),
        ("HSA REI", "A-REI.B", ""),
        ("K CC", "K.CC.A", ""),
        # Two letters may be anything: offered, and applied to nothing.
        ("RL", "", "RL"),
        ("US", "", "US"),
        ("A-REI", "A-REI.B", ""),
        ("a.rei equations", "A-REI.B", "equations"),
        ("RL.4", "Literature", ""),
        ("RL 4", "Literature", ""),
        ("RI.4", "RI.4.1 RI.4.2", ""),  # "Grade 4" has others, too
        ("rl4 inference", "", "rl4 inference"),  # too short to be nothing else: offered
        ("rl4", "Literature", ""),
        ("RI 4", "RI.4.1 RI.4.2", ""),
        ("3 nf", "3.NF.A", ""),
        ("standard 3.NF", "3.NF.A", ""),
        ("NF", "", "NF"),
        ("CCSS", "", "CCSS"),
        ("6.RP", "M.6.RP 6.RP.A", ""),
        ("MER-MATH:6.RP", "M.6.RP", ""),
        ("8.G", "", ""),  # 8.GM is another domain
        ("T-SHIRT design", "", "T-SHIRT design"),
        ("e.g. maps", "", "e.g. maps"),
    ],
)
def test_what_many_codes_begin_with_names_the_highest_of_them(
    q: str, names: str, text: str, frameworks: dict[str, Item]
) -> None:
    understood = understand(SearchRequest(q=q))
    found = {
        name for name, item in frameworks.items() if item.identifier in understood.request.values("standard")
    }
    assert found == set(names.split())
    assert understood.words.text == text


def test_its_chip_says_what_was_typed(frameworks: dict[str, Item]) -> None:
    (part,) = understand(SearchRequest(q="rl.4 poems")).applied
    assert (part.label, part.words) == ("rl.4", "rl.4")


def test_a_short_one_that_may_be_a_word_is_offered(frameworks: dict[str, Item]) -> None:
    (offered,) = understand(SearchRequest(q="rl4 inference")).offered
    assert offered.values == (frameworks["Literature"].identifier,)


@pytest.mark.parametrize(
    ("q", "names"), [("NF", "Fractions"), ("RL", "Literature RL.41.1"), ("CC", "K.CC.A")]
)
def test_a_strand_is_offered_also_where_a_grade_stands_before_it(
    q: str, names: str, frameworks: dict[str, Item]
) -> None:
    (offered,) = understand(SearchRequest(q=q)).offered
    assert set(offered.values) == {frameworks[name].identifier for name in names.split()}


def test_a_strand_of_many_grades_and_frameworks_is_offered_whole() -> None:
    for framework in (FrameworkFactory(), FrameworkFactory()):
        for grade in range(1, 13):
            ItemFactory(framework=framework, human_coding_scheme=f"{grade}.OA.1")
    (offered,) = understand(SearchRequest(q="OA")).offered
    assert len(offered.values) == 24


@pytest.mark.engine
def test_what_all_codes_of_a_framework_begin_with_is_its_name_and_does_not_stop_search(
    follow: Callable[[], None], client: Client
) -> None:
    math, arts = FrameworkFactory(short_name="CCSS-MATH"), FrameworkFactory(short_name="CCSS-ELA")
    some = [ItemFactory(framework=math, human_coding_scheme=f"CCSS.Math.{n}.G.1") for n in range(200)]
    resource("Squares", alignments=[{"item": some[0]}])
    resource("Poems", alignments=[{"item": ItemFactory(framework=arts, human_coding_scheme="RL.1.1")}])
    resource("Rivers")
    follow()
    page = Page.open(client, "/search/?q=CCSS")
    assert "“CCSS” as a filter: Standard CCSS 2 resources" in page.text
    (address,) = page.html.xpath("//a[contains(., '“CCSS” as a filter')]/@href")
    assert titles(address.partition("?")[2]) == ["Poems", "Squares"]


@pytest.mark.engine
def test_a_domain_with_very_many_codes_does_not_stop_search(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory()
    above = ItemFactory(framework=framework, human_coding_scheme="", full_statement="Numbers")
    some = [
        ItemFactory(framework=framework, human_coding_scheme=f"K.CC.{n}", under=above) for n in range(120)
    ]
    resource("Counting jars", alignments=[{"item": some[99]}])
    follow()
    assert titles("q=K.CC") == ["Counting jars"]


@pytest.mark.engine
def test_a_domain_finds_the_resources_of_all_its_standards(
    follow: Callable[[], None], frameworks: dict[str, Item]
) -> None:
    district = DistrictFactory()
    resource("Number lines", district=district, alignments=[{"item": frameworks["3.NF.A.1"]}])
    resource("Halves", district=district, alignments=[{"item": frameworks["3.NF.A"]}])
    resource("Fourth grade", district=district, alignments=[{"item": frameworks["4.NF.B"]}])
    resource("Not 3 NF", district=district)
    follow()
    for q in ("3.NF", "3.NF lines"):
        results = find(SearchRequest(q=q), {"public"})
        assert {hit.title for hit in results.hits} == {"Number lines", "Halves"}
    assert results.hits[0].title == "Number lines"
    assert results.hits[0].why[0] == "Teaches CCSS.Math.Content.3.NF.A.1"
