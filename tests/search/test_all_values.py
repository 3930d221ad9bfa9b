"""The page of all values of a facet, with its box to look among them."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import SubjectFactory, resource, topic
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_the_page_of_all_values_names_its_search_and_says_what_was_found(
    client: Client, follow: Callable[[], None]
) -> None:
    maths, science = SubjectFactory(label="Mathematics"), SubjectFactory(label="Science")
    resource("Ratios at the market", subjects=[maths], grades=["06"])
    resource("Ratios in the lab", subjects=[science], grades=["06"])
    follow()
    page = Page.open(client, "/search/facet/subject/?q=ratios&grade=06")
    assert "Subject: the whole list, “ratios”, Grade 6" in page.html.findtext(".//title")
    assert "For “ratios”, Grade 6." in page.text
    assert not page.html.xpath("//input[@autofocus]")
    # A sheet of paper says where it is found, and leads nowhere.
    (printed,) = page.html.xpath("//main//*[contains(@class, 'print-only')]")
    assert "/search/facet/subject/?q=ratios&grade=06" in printed.text_content()
    assert page.html.xpath("//a[.='Back to the results']/@class") == ["no-print"]
    asked = Page.open(client, "/search/facet/subject/?q=ratios&grade=06&find=Math")
    # Said when the focus comes to the box, which it does: nothing else would be read aloud of a page that was asked anew.
    (box,) = asked.html.xpath("//input[@autofocus]")
    assert box.value == "Math"
    assert (
        "1 in the list for “Math”."
        in asked.html.get_element_by_id(box.get("aria-describedby")).text_content()
    )
    none = Page.open(client, "/search/facet/subject/?q=ratios&grade=06&find=Latin")
    assert "Nothing in the list for “Latin”." in none.text
    (everything,) = none.html.xpath("//main//a[.='Show all']/@href")
    assert everything == "/search/facet/subject/?q=ratios&grade=06"
    assert "Nothing that was found has one." in Page.open(client, "/search/facet/topic/?q=ratios").text


def test_a_branch_unfolds_on_the_page_of_all_values_itself(
    client: Client, follow: Callable[[], None]
) -> None:
    maths = topic("Mathematics")
    resource("Ratios at the market", topics=[topic("Unit rates", under=maths)])
    follow()
    page = Page.open(client, "/search/facet/topic/?q=ratios")
    assert "Unit rates" not in page.text
    (unfold,) = page.html.xpath("//main//a[@aria-expanded]/@href")
    page = Page.open(client, unfold)
    assert page.url == "/search/facet/topic/"
    assert "Unit rates" in page.text
    # Whoever pressed it goes on from there.
    (sign,) = page.html.xpath("//main//a[@aria-expanded]")
    assert unfold.endswith(f"#{sign.get('id')}")
    assert "Unit rates" not in Page.open(client, sign.get("href")).text
