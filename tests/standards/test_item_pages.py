"""The page of a statement, and the look-up, as a visitor sees them."""

import pytest

from tests.factories import (
    AssociationFactory,
    FrameworkFactory,
    ItemFactory,
    StateFactory,
)
from tests.standards.pages import queries_for, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def state():
    return StateFactory()


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
