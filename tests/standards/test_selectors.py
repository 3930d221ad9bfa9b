"""Finding standards by any name, and by words."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Role
from people.selectors import organisation_ids
from standards.models import Adoption, Item, ItemAlias
from standards.models.item import ITEM_WORDS
from standards.selectors import (
    Ambiguous,
    other_parents,
    resolve_standard,
    search_items,
    with_paths,
)
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    SchoolFactory,
    StateFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maths():
    return FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics")


@pytest.fixture
def ratios(maths):
    """A domain, a cluster and two statements."""
    domain = ItemFactory(
        framework=maths, human_coding_scheme="6.RP", full_statement="Ratios and rates", grades=["06"]
    )
    cluster = ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.A",
        full_statement="Solve problems with proportions",
        grades=["06"],
        under=domain,
    )
    unit_rate = ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.A.3",
        full_statement="Find the unit rate of a price",
        grades=["06"],
        under=cluster,
    )
    percent = ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.A.30",
        full_statement="Find a percent as a rate per hundred",
        grades=["06"],
        under=cluster,
    )
    return domain, cluster, unit_rate, percent


def codes(found):
    return [item.human_coding_scheme for item in found]


class TestResolve:
    def test_every_name_of_a_statement_leads_to_it(self, ratios):
        item = ratios[2]
        Item.objects.filter(pk=item.pk).update(uri="https://case.example/items/3")
        ItemAlias.objects.create(item=item, value="http://asn.example/S1143")
        names = [
            item.identifier,
            "https://case.example/items/3",
            "http://asn.example/S1143",
            "MER-MATH:6.RP.A.3",
            "mer-math:6rp3",
            "6.RP.A.3",
            "6.rp.3",
            f"  {item.identifier} ",
        ]
        for name in names:
            assert resolve_standard(name) == item, name

    def test_a_code_is_not_the_beginning_of_another(self, ratios):
        assert resolve_standard("MER-MATH:6.RP.A.30") == ratios[3]

    @pytest.mark.parametrize(
        "value", ["", "   ", "6.XX.9", "NONE:6.RP.A.3", ":", "MER-MATH:", "\0", "x" * 5000]
    )
    def test_what_names_nothing_is_none(self, ratios, value):
        assert resolve_standard(value) is None

    def test_a_code_of_several_statements_names_them_all(self, ratios):
        other = ItemFactory(framework=FrameworkFactory(short_name="OTHER"), human_coding_scheme="6.RP.A.3")
        found = resolve_standard("6.RP.A.3")
        assert isinstance(found, Ambiguous)
        assert set(found.items) == {ratios[2], other}
        assert resolve_standard("OTHER:6.RP.A.3") == other

    def test_a_current_statement_goes_before_a_retired_one_of_the_same_code(self, ratios, maths):
        ItemFactory(framework=maths, human_coding_scheme="6.RP.A.3", retired_at="2024-01-01T00:00Z")
        assert resolve_standard("MER-MATH:6.RP.A.3") == ratios[2]

    def test_a_retired_statement_is_still_found(self, maths):
        old = ItemFactory(framework=maths, human_coding_scheme="6.RP.4", retired_at="2024-01-01T00:00Z")
        assert resolve_standard("MER-MATH:6.RP.4") == old

    def test_the_spelling_of_the_source_goes_before_shorter_ones(self, ratios, maths):
        short = ItemFactory(framework=maths, human_coding_scheme="6.RP.3")
        assert resolve_standard("MER-MATH:6.RP.3") == short
        assert resolve_standard("MER-MATH:6.RP.A.3") == ratios[2]


class TestSearch:
    def test_words_are_found_in_any_form(self, ratios):
        assert codes(search_items("unit rates")) == ["6.RP.A.3"]
        assert codes(search_items("finding the percents")) == ["6.RP.A.30"]
        assert codes(search_items("percentages")) == ["6.RP.A.30"]
        assert codes(search_items("proportionality percentage")) == ["6.RP.A.30"]

    def test_every_word_must_match_the_statement_or_one_above_it(self, ratios):
        assert codes(search_items("proportions price")) == ["6.RP.A.3"]
        assert search_items("proportions volcano") == []

    def test_statements_that_match_by_themselves_come_first(self, ratios):
        assert codes(search_items("rate"))[-1] == "6.RP.A"
        assert set(codes(search_items("rate"))[:3]) == {"6.RP", "6.RP.A.3", "6.RP.A.30"}

    def test_the_last_word_may_be_unfinished(self, ratios):
        assert codes(search_items("percent as a rat")) == ["6.RP.A.30"]

    def test_a_code_in_any_spelling_brings_the_statement_first_and_then_what_is_below_it(self, ratios):
        assert codes(search_items("6rp3"))[0] == "6.RP.A.3"
        assert codes(search_items("6.RP.A")) == ["6.RP.A", "6.RP.A.3", "6.RP.A.30"]

    def test_a_grade_narrows_instead_of_being_a_word(self, ratios, maths):
        ItemFactory(
            framework=maths, full_statement="Compare rates", human_coding_scheme="7.RP.1", grades=["07"]
        )
        assert codes(search_items("rates grade 7")) == ["7.RP.1"]
        assert codes(search_items("6th grade unit rate")) == ["6.RP.A.3"]
        assert codes(search_items("sixth grade unit rate")) == ["6.RP.A.3"]
        assert codes(search_items("compare rates, grades 7-8")) == ["7.RP.1"]

    def test_what_may_be_a_grade_begins_a_code(self, ratios, maths):
        design = ItemFactory(framework=maths, human_coding_scheme="K-2-ETS1-1", grades=["KG", "01", "02"])
        ItemFactory(framework=maths, human_coding_scheme="K.CC.1", grades=["KG"])
        assert codes(search_items("K-2")) == [design.human_coding_scheme]

    def test_words_that_say_nothing_are_passed_over(self, ratios):
        assert codes(search_items("the unit rate of")) == ["6.RP.A.3"]
        assert search_items("the of and") == []
        assert search_items("  ,. ") == []

    def test_signs_of_the_query_language_are_plain_text(self, ratios):
        for query in ["unit & rate", "unit' rate", "unit | ! (rate", "unit:* rate\\", "rate <-> unit"]:
            assert codes(search_items(query)) == ["6.RP.A.3"], query

    def test_retired_statements_are_left_out(self, ratios, maths):
        ItemFactory(framework=maths, full_statement="Unit rates of old", retired_at="2024-01-01T00:00Z")
        assert codes(search_items("unit rates")) == ["6.RP.A.3"]

    def test_one_framework_only(self, ratios):
        other = FrameworkFactory(short_name="OTHER")
        ItemFactory(framework=other, full_statement="Unit rates elsewhere", human_coding_scheme="X.1")
        assert codes(search_items("unit rate", framework=other)) == ["X.1"]

    def test_frameworks_adopted_where_somebody_works_come_first(self, ratios):
        district = DistrictFactory()
        teacher = member(Role.TEACHER, SchoolFactory(parent=district))
        adopted = FrameworkFactory(title="Zebra standards")
        ItemFactory(framework=adopted, full_statement="Unit rates at the zoo", human_coding_scheme="Z.1")
        assert codes(search_items("unit rate", organisations=organisation_ids(teacher)))[0] == "6.RP.A.3"
        Adoption.objects.create(organisation=district, framework=adopted)
        assert codes(search_items("unit rate", organisations=organisation_ids(teacher)))[0] == "Z.1"

    def test_two_frameworks_that_a_district_works_with_share_the_places(self, maths):
        district = DistrictFactory()
        both = maths, FrameworkFactory(title="Texas")
        for framework in (*both, FrameworkFactory(title="Adopted by nobody here")):
            for number in range(9):
                ItemFactory(
                    framework=framework, full_statement="Unit rates", human_coding_scheme=f"U.{number}"
                )
        for framework in both:
            Adoption.objects.create(organisation=district, framework=framework)
        found = search_items("unit rate", organisations=[district.pk], limit=6)
        assert [(item.framework.title, item.human_coding_scheme) for item in found] == [
            (framework.title, f"U.{number}") for framework in both for number in range(3)
        ]

    def test_the_beginning_of_a_code_is_found_in_any_spelling_and_adopted_ones_first(self):
        district = DistrictFactory()
        for title, code in [
            ("Common", "CCSS.Math.Content.6.RP.A.1"),
            ("Texas", "M.6.RP.2"),
            ("Own", "6.RP.A.3"),
        ]:
            framework = FrameworkFactory(title=title)
            ItemFactory(framework=framework, human_coding_scheme=code, full_statement="Reason")
            if title != "Own":
                Adoption.objects.create(organisation=district, framework=framework)
        found = search_items("6.rp", organisations=[district.pk])
        assert codes(found) == ["CCSS.Math.Content.6.RP.A.1", "M.6.RP.2", "6.RP.A.3"]

    def test_the_number_of_queries_does_not_grow(self, maths):
        def queries():
            with CaptureQueriesContext(
                connection,
            ) as captured:
                with_paths(search_items("counting sheep", limit=100))
            return len(captured)

        for _ in range(3):
            ItemFactory(framework=maths, full_statement="Counting sheep")
        few = queries()
        for _ in range(57):
            ItemFactory(framework=maths, full_statement="Counting sheep")
        assert queries() <= few

    def test_the_index_of_words_answers(self, ratios):
        """Were the index's expression another than the query's, each search would read every statement."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        query = SearchQuery("'unit'", search_type="raw", config="english")
        plan = Item.objects.order_by().alias(words=ITEM_WORDS).filter(words=query).explain()
        assert "item_words" in plan


class TestPaths:
    def test_the_path_runs_from_the_root_to_the_parent(self, ratios):
        [found] = with_paths([ratios[2]])
        assert codes(found.path) == ["6.RP", "6.RP.A"]

    def test_a_path_follows_the_own_framework_where_there_are_several_parents(self, ratios):
        foreign = ItemFactory(framework=FrameworkFactory(), human_coding_scheme="FOREIGN")
        AssociationFactory(
            framework=foreign.framework, origin=ratios[2], destination=foreign, sequence_number=0
        )
        foreign.descendant_links.create(descendant=ratios[2], depth=1)
        [found] = with_paths([ratios[2]])
        assert codes(found.path) == ["6.RP", "6.RP.A"]
        assert codes(other_parents(ratios[2], found.path)) == ["FOREIGN"]


def test_a_visitor_works_in_the_state():
    state = StateFactory()
    assert organisation_ids(AnonymousUser()) == [state.pk]


def test_a_teacher_works_in_school_district_and_state_nearest_first():
    school = SchoolFactory()
    teacher = member(Role.TEACHER, school)
    SchoolFactory(parent=school.parent)
    DistrictFactory()
    assert organisation_ids(teacher) == [school.pk, school.parent.pk, school.parent.parent.pk]
