"""Pages of frameworks, as a visitor sees them: the list, the tree, its levels."""

import re
from html import unescape

import pytest
from django.urls import reverse

from people.models import Role
from standards.models import Adoption, Item
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    StateFactory,
    member,
)
from tests.standards.pages import queries_for, text_of

pytestmark = pytest.mark.django_db
# No engine runs for these tests: tests/search/test_standards_pages.py has one.
RESTING = " – Search is resting, so there is no count"


@pytest.fixture(autouse=True)
def state():
    return StateFactory()


@pytest.mark.parametrize(
    ("said", "shown"),
    [("2024-07-01", "July 1, 2024"), ("2024-02-31", "2024-02-31"), ("fall 2024", "fall 2024")],
)
def test_the_day_since_which_a_framework_holds_is_told_as_people_read_it(client, said, shown):
    FrameworkFactory(short_name="MATH", status_start_date=said)
    for address in ("/standards/MATH/", "/standards/MATH/print/"):
        text = text_of(client.get(address))
        assert f"since {shown}" in text.replace("Since", "since"), text


class TestFrameworks:
    url = "/standards/"

    def test_adopted_ones_come_first_and_the_rest_by_jurisdiction(self, client, state):
        FrameworkFactory(title="Ohio Mathematics", jurisdiction="Ohio")
        adopted = FrameworkFactory(title="Zebra Mathematics", jurisdiction="Meridian")
        Adoption.objects.create(organisation=state, framework=adopted)
        text = text_of(client.get(self.url))
        assert (
            text.index("Adopted by the state")
            < text.index("Zebra Mathematics")
            < text.index("Ohio Mathematics")
        )

    def test_a_teacher_sees_first_what_the_own_district_uses(self, client):
        district = DistrictFactory(name="Juniper Valley")
        framework = FrameworkFactory(title="Juniper Science")
        Adoption.objects.create(organisation=district, framework=framework)
        FrameworkFactory(title="Another Science", jurisdiction="Ohio")
        client.force_login(member(Role.TEACHER, district))
        text = text_of(client.get(self.url))
        assert (
            text.index("Used where you work") < text.index("Juniper Science") < text.index("Another Science")
        )
        assert "Adopted by Juniper Valley" in text

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("jurisdiction=Ohio", {"Ohio Math"}),
            ("subject=Mathematics", {"Ohio Math", "Utah Math"}),
            ("grade=03", {"Utah Math", "Utah Art"}),
            ("grade=3&subject=Mathematics", {"Utah Math"}),
            ("grade=nonsense", {"Ohio Math", "Utah Math", "Utah Art"}),
            ("jurisdiction=Texas", set()),
        ],
    )
    def test_filters_are_in_the_address(self, client, query, shown):
        FrameworkFactory(title="Ohio Math", jurisdiction="Ohio", subject=["Mathematics"], grades=["06"])
        FrameworkFactory(title="Utah Math", jurisdiction="Utah", subject=["Mathematics"], grades=["03"])
        FrameworkFactory(title="Utah Art", jurisdiction="Utah", subject="Arts", grades=["03"])
        text = text_of(client.get(f"{self.url}?{query}"))
        assert {title for title in ("Ohio Math", "Utah Math", "Utah Art") if title in text} == shown
        assert ("No framework fits" in text) == (not shown)

    def test_the_number_of_statements_leaves_out_retired_ones(self, client):
        framework = FrameworkFactory()
        ItemFactory.create_batch(2, framework=framework)
        ItemFactory(framework=framework, retired_at="2024-01-01T00:00Z")
        assert "2 statements" in text_of(client.get(self.url))

    def test_nothing_loaded_yet_is_said(self, client):
        assert "No standards yet" in text_of(client.get(self.url))

    def test_the_number_of_queries_does_not_grow(self, client, state):
        def add(number):
            for _ in range(number):
                framework = FrameworkFactory(subject=["Science"], grades=["05"])
                Adoption.objects.create(organisation=state, framework=framework)
                Adoption.objects.create(organisation=DistrictFactory(), framework=framework)
                ItemFactory(framework=framework)

        add(3)
        few = queries_for(client, self.url)
        add(9)
        assert queries_for(client, self.url) == few


class TestFramework:
    url = "/standards/MER-MATH/"

    def test_the_head_says_who_adopted_it_from_where_and_under_which_licence(self, client, maths, tree):
        Adoption.objects.create(
            organisation=DistrictFactory(name="Juniper"), framework=maths, adopted_on="2024-07-01"
        )
        response = client.get(self.url)
        text = text_of(response)
        assert "Juniper (July 2024)" in text
        assert "CC BY 4.0" in text
        assert 'href="https://standards.example/math"' in response.content.decode()

    def test_an_address_that_is_no_web_page_is_not_linked(self, client, maths):
        maths.official_source_url = "javascript:alert(1)"
        maths.save()
        assert "javascript:" not in client.get(self.url).content.decode()

    def test_only_the_top_is_open_at_first(self, client, tree):
        text = text_of(client.get(self.url))
        assert "Ratios" in text
        assert "Shapes" in text
        assert "Rates" not in text

    def test_an_address_opens_a_branch_without_javascript(self, client, tree):
        text = text_of(client.get(f"{self.url}?open={tree[2].identifier}"))
        assert (
            text.index("Ratios")
            < text.index("Rates")
            < text.index("Six")
            < text.index("Seven")
            < text.index("Shapes")
        )

    def test_a_closed_branch_has_a_link_that_opens_it_and_keeps_the_others_open(self, client, tree):
        page = client.get(f"{self.url}?grade=06&open={tree[0].identifier}").content.decode()
        [link] = re.findall(r'href="([^"]*open=[^"]*)"', page)
        text = text_of(client.get(unescape(link).split("#")[0]))
        assert "Six" in text
        assert "Seven" not in text

    def test_a_grade_shows_only_branches_that_lead_to_it(self, client, tree, maths):
        text = text_of(client.get(f"{self.url}?grade=7&open={tree[2].identifier}"))
        assert "Standards for Grade 7" in text
        assert "Seven" in text
        assert "Six" not in text
        assert "Shapes" not in text

    def test_a_grade_without_standards_says_so(self, client, tree):
        assert "Nothing for this grade" in text_of(client.get(f"{self.url}?grade=12"))

    def test_retired_statements_are_not_in_the_tree(self, client, tree):
        Item.objects.filter(pk=tree[1].pk).update(retired_at="2024-01-01T00:00Z")
        assert "Shapes" not in text_of(client.get(self.url))

    def test_a_lone_root_is_open(self, client, maths):
        root = ItemFactory(framework=maths, full_statement="Mathematics")
        ItemFactory(framework=maths, full_statement="Algebra", under=root)
        assert "Algebra" in text_of(client.get(self.url))

    def test_a_statement_with_two_parents_stands_under_both(self, client, tree, maths):
        shared = ItemFactory(framework=maths, full_statement="Scale drawings", under=tree[0])
        AssociationFactory(framework=maths, origin=shared, destination=tree[1])
        tree[1].descendant_links.create(descendant=shared, depth=1)
        text = text_of(client.get(f"{self.url}?open={tree[0].identifier}&open={tree[1].identifier}"))
        assert text.count("Scale drawings") == 2

    def test_the_short_name_in_another_case_leads_here(self, client, maths):
        assert client.get("/standards/mer-math/").url == self.url

    def test_an_unknown_framework_is_a_404(self, client):
        assert client.get("/standards/NOPE/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_what_is_open(self, client, maths):
        def add(number):
            roots = [ItemFactory(framework=maths) for _ in range(number)]
            for root in roots:
                cluster = ItemFactory(framework=maths, under=root)
                ItemFactory(framework=maths, under=cluster)
            return "&".join(f"open={root.identifier}" for root in roots)

        few = queries_for(client, f"{self.url}?{add(3)}")
        assert queries_for(client, f"{self.url}?{add(9)}") == few


class TestLevel:
    def test_htmx_gets_the_statements_below_alone(self, client, tree):
        response = client.get(
            reverse("standards:level", args=[tree[2].identifier]), headers={"HX-Request": "true"}
        )
        assert "<html" not in response.content.decode()
        assert text_of(response).replace(RESTING, "") == "6.RP.1 Six 7.RP.1 Seven"

    def test_a_grade_stays_chosen(self, client, tree):
        url = reverse("standards:level", args=[tree[2].identifier]) + "?grade=07"
        text = text_of(client.get(url, headers={"HX-Request": "true"}))
        assert text.replace(RESTING, "") == "7.RP.1 Seven"

    def test_opened_as_a_page_it_leads_to_the_open_branch(self, client, tree):
        response = client.get(reverse("standards:level", args=[tree[2].identifier]), follow=True)
        assert "Six" in text_of(response)

    def test_the_number_of_queries_does_not_grow(self, client, tree, maths):
        url = reverse("standards:level", args=[tree[1].identifier])
        ItemFactory.create_batch(3, framework=maths, under=tree[1])
        few = queries_for(client, url, **{"HX-Request": "true"})
        ItemFactory.create_batch(57, framework=maths, under=tree[1])
        assert queries_for(client, url, **{"HX-Request": "true"}) == few
