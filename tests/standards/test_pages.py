"""Pages of standards, as a visitor sees them."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Role
from standards.models import Adoption, Item, License
from tests.factories import (
    AssociationFactory,
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    StateFactory,
    member,
)

pytestmark = pytest.mark.django_db
# No engine runs for these tests: tests/standards/test_counts.py has one.
RESTING = " – Search is resting, so there is no count"


@pytest.fixture(autouse=True)
def state():
    return StateFactory()


def text_of(response):
    """What the page says, on one line, from its main part on."""
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def queries_for(client, url, **headers):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, headers=headers).status_code == 200
    return len(captured)


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
        add(57)
        assert queries_for(client, self.url) == few


@pytest.fixture
def maths():
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics", grades=["06", "07"])
    framework.license = License.objects.create(framework=framework, identifier="l", title="CC BY 4.0")
    framework.official_source_url = "https://standards.example/math"
    framework.save()
    return framework


@pytest.fixture
def tree(maths):
    """Two domains; the first has a cluster with two statements, of grades 6 and 7."""
    first = ItemFactory(framework=maths, human_coding_scheme="RP", full_statement="Ratios", position=0)
    second = ItemFactory(framework=maths, human_coding_scheme="GM", full_statement="Shapes", position=9)
    cluster = ItemFactory(
        framework=maths, human_coding_scheme="RP.A", full_statement="Rates", under=first, position=1
    )
    six = ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.1",
        full_statement="Six",
        grades=["06"],
        under=cluster,
        position=2,
    )
    seven = ItemFactory(
        framework=maths,
        human_coding_scheme="7.RP.1",
        full_statement="Seven",
        grades=["07"],
        under=cluster,
        position=3,
    )
    return first, second, cluster, six, seven


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
        assert queries_for(client, f"{self.url}?{add(57)}") == few

    def test_a_framework_of_5000_statements_reads_only_the_open_levels(self, client, maths):
        root = ItemFactory(framework=maths, full_statement="Everything")
        domains = ItemFactory.create_batch(5, framework=maths, under=root)
        rows = [
            Item(
                framework=maths, identifier=f"item-{n}", full_statement=f"Deep {n}", position=10 + n, depth=2
            )
            for n in range(5000)
        ]
        Item.objects.bulk_create(rows)
        links = root.descendant_links.model
        links.objects.bulk_create(
            link
            for n, row in enumerate(rows)
            for link in (
                links(ancestor=row, descendant=row, depth=0),
                links(ancestor=domains[n % 5], descendant=row, depth=1),
                links(ancestor=root, descendant=row, depth=2),
            )
        )
        response = client.get(self.url)
        assert "Deep" not in response.content.decode()
        assert len(response.content) < 30_000


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


class TestItem:
    def url(self, item):
        return item.get_absolute_url()

    def test_it_shows_code_words_path_grade_and_licence(self, client, tree):
        text = text_of(client.get(self.url(tree[3])))
        for words in [
            "6.RP.1",
            "Six",
            "RP Ratios",
            "RP.A Rates",
            "Grade 6",
            "CC BY 4.0",
            "Meridian Mathematics",
        ]:
            assert words in text

    def test_associations_are_told_in_words_from_both_sides(self, client, tree, maths):
        six, seven = tree[3], tree[4]
        AssociationFactory(framework=maths, association_type="precedes", origin=six, destination=seven)
        assert "Comes next 7.RP.1 Seven" in text_of(client.get(self.url(six)))
        assert "Comes before this 6.RP.1 Six" in text_of(client.get(self.url(seven)))

    def test_a_relation_that_both_sides_state_is_told_once(self, client, tree, maths):
        six, seven = tree[3], tree[4]
        AssociationFactory(framework=maths, association_type="exactMatchOf", origin=six, destination=seven)
        AssociationFactory(framework=maths, association_type="exactMatchOf", origin=seven, destination=six)
        text = text_of(client.get(self.url(six)))
        assert text.count("Same as") == 1
        assert text.count("7.RP.1") == 1

    def test_a_statement_that_is_not_stored_is_a_link_in_the_words_of_the_source(self, client, tree, maths):
        AssociationFactory(
            framework=maths,
            association_type="isRelatedTo",
            origin=tree[3],
            destination=None,
            destination_identifier="ext-1",
            destination_uri="https://elsewhere.example/ext-1",
            destination_title="Unit rates elsewhere",
        )
        page = client.get(self.url(tree[3]))
        assert 'href="https://elsewhere.example/ext-1"' in page.content.decode()
        assert "Related Unit rates elsewhere In a framework that is not loaded here" in text_of(page)

    def test_a_type_of_the_source_is_kept_under_its_own_name(self, client, tree, maths):
        AssociationFactory(
            framework=maths, association_type="ext:buildsOn", origin=tree[4], destination=tree[3]
        )
        assert "buildsOn 6.RP.1" in text_of(client.get(self.url(tree[4])))

    def test_a_retired_statement_says_so_and_names_its_replacement(self, client, tree, maths):
        old = ItemFactory(framework=maths, full_statement="Old words", retired_at="2024-03-05T12:00Z")
        AssociationFactory(framework=maths, association_type="replacedBy", origin=old, destination=tree[3])
        text = text_of(client.get(self.url(old)))
        assert "Retired on March 5, 2024" in text
        assert "Use this instead: 6.RP.1 Six" in text
        assert "Replaces" in text_of(client.get(self.url(tree[3])))

    def test_every_spelling_leads_to_the_one_address(self, client, tree):
        assert client.get("/standards/item/mer-math:6rp1/").url == self.url(tree[3])

    def test_an_ambiguous_code_leads_to_the_choice(self, client, tree, maths):
        ItemFactory(framework=maths, human_coding_scheme="6.RP.1", full_statement="Another six")
        text = text_of(client.get("/standards/item/MER-MATH:6.RP.1/", follow=True))
        assert "Six" in text
        assert "Another six" in text

    def test_an_unknown_one_is_a_404(self, client):
        assert client.get("/standards/item/nothing/").status_code == 404

    def test_markup_of_a_source_is_shown_sanitised(self, client, maths):
        item = ItemFactory(
            framework=maths, full_statement="Area is $x_1^2$ <script>alert(1)</script><b>always</b>"
        )
        page = client.get(self.url(item)).content.decode().split("<main")[1]
        assert "<script" not in page
        assert "<b>always</b>" in page
        assert "<msubsup>" in page

    def test_the_number_of_queries_does_not_grow(self, client, tree, maths):
        def add(number):
            for _ in range(number):
                ItemFactory(framework=maths, under=tree[3])
                other = ItemFactory(framework=FrameworkFactory())
                AssociationFactory(
                    framework=maths, association_type="isRelatedTo", origin=tree[3], destination=other
                )

        add(3)
        few = queries_for(client, self.url(tree[3]))
        add(57)
        assert queries_for(client, self.url(tree[3])) == few


class TestLookup:
    url = "/standards/lookup/"

    def test_it_finds_by_code_and_by_words_and_shows_where_a_statement_stands(self, client, tree):
        for query in ("6rp1", "six"):
            text = text_of(client.get(self.url, {"q": query}))
            assert "1 standard for" in text
            assert "6.RP.1 Six Meridian Mathematics RP RP.A" in text

    def test_inside_one_framework(self, client, tree):
        ItemFactory(framework=FrameworkFactory(), full_statement="Six elsewhere")
        text = text_of(client.get(self.url, {"q": "six", "framework": "MER-MATH"}))
        assert "elsewhere" not in text
        assert client.get(self.url, {"q": "six", "framework": "NOPE"}).status_code == 404

    def test_an_identifier_leads_to_its_statement(self, client, tree):
        assert client.get(self.url, {"q": tree[3].identifier}).url == tree[3].get_absolute_url()

    def test_nothing_found_says_what_to_try(self, client, tree):
        assert "Try fewer words" in text_of(client.get(self.url, {"q": "volcano"}))

    def test_htmx_gets_the_list_alone(self, client, tree):
        response = client.get(self.url, {"q": "six"}, headers={"HX-Request": "true"})
        assert "<html" not in response.content.decode()
        assert "Six" in text_of(response)

    def test_what_was_typed_comes_back_escaped(self, client):
        page = client.get(self.url, {"q": '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert" not in page

    def test_the_number_of_queries_does_not_grow(self, client, maths):
        ItemFactory.create_batch(3, framework=maths, full_statement="Counting sheep")
        few = queries_for(client, f"{self.url}?q=sheep")
        ItemFactory.create_batch(57, framework=maths, full_statement="Counting sheep")
        assert queries_for(client, f"{self.url}?q=sheep") <= few
