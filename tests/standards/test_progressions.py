"""What comes before and next: two steps each way, in lists with lines between them."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from standards.progressions import MAX_COLUMN, Progression, progression_of
from tests.factories import AssociationFactory, FrameworkFactory, ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def maths():
    return FrameworkFactory(short_name="MATH", title="Mathematics")


def statement(maths, code, **fields):
    return ItemFactory(framework=maths, human_coding_scheme=code, full_statement=f"Words of {code}", **fields)


def leads(maths, *items):
    for one, next_one in pairwise(items):
        AssociationFactory(framework=maths, association_type="precedes", origin=one, destination=next_one)


@pytest.fixture
def chain(maths):
    """3.A leads to 4.A, and so on to 9.A."""
    items = [statement(maths, f"{grade}.A") for grade in range(3, 10)]
    leads(maths, *items)
    return items


def progression(item) -> Progression:
    found = progression_of(item)
    assert found is not None
    return found


def drawn(item):
    return {
        column.steps: [place.item.human_coding_scheme for place in column.places]
        for column in progression(item).columns
    }


def test_two_steps_each_way_and_no_further(chain):
    assert drawn(chain[3]) == {-2: ["4.A"], -1: ["5.A"], 0: ["6.A"], 1: ["7.A"], 2: ["8.A"]}
    assert drawn(chain[0]) == {0: ["3.A"], 1: ["4.A"], 2: ["5.A"]}


def test_nothing_before_or_after_is_no_drawing(maths):
    assert progression_of(statement(maths, "1.A")) is None


def test_a_statement_in_a_circle_is_drawn_once(maths):
    one, other = statement(maths, "1.A"), statement(maths, "2.A")
    leads(maths, one, other, one)
    assert sorted(code for codes in drawn(one).values() for code in codes) == ["1.A", "2.A"]


def test_what_is_retired_or_hidden_is_not_drawn(maths, chain):
    retired = statement(maths, "5.B", retired_at="2024-01-01T00:00Z")
    draft = FrameworkFactory(adoption_status="Private Draft")
    leads(maths, retired, chain[3])
    leads(draft, ItemFactory(framework=draft, human_coding_scheme="5.P"), chain[3])
    leads(draft, statement(maths, "5.C"), chain[3])  # says the draft alone
    assert drawn(chain[3])[-1] == ["5.A"]


def test_each_line_joins_two_neighbours(maths, chain):
    leads(maths, statement(maths, "5.B"), chain[3])
    found = progression(chain[3])
    assert found.rows == 2
    assert len(found.lines) == 5
    ends = [tuple(map(float, re.findall(r"[\d.]+", line)[:2])) for line in found.lines]
    assert (0.9, 1.0) in ends  # one place in two rows stands in the middle


def test_many_are_cut_and_counted(maths):
    middle = statement(maths, "6.A")
    for number in range(MAX_COLUMN + 3):
        leads(maths, middle, statement(maths, f"7.{number}"))
    last = progression(middle).columns[-1]
    assert (len(last.places), last.more) == (MAX_COLUMN, 3)


def test_the_page_says_it_in_words_and_each_statement_once(client, maths, chain):
    elsewhere = ItemFactory(framework=FrameworkFactory(short_name="CAREER"), human_coding_scheme="C.1")
    AssociationFactory(framework=maths, association_type="precedes", origin=chain[3], destination=elsewhere)
    page = client.get(chain[3].get_absolute_url()).content.decode()
    main = page.split("<main", 1)[1]
    for words in (
        "Two steps before",
        "Comes before this",
        "This standard",
        "Comes next",
        "Two steps on",
        "CAREER",
    ):
        assert words in main
    assert main.count("Words of 5.A") == 1
    assert re.search(r"leads to\s+6\.A", main)


def test_one_that_is_not_stored_stays_in_the_list_of_relations(client, maths, chain):
    AssociationFactory(
        framework=maths,
        association_type="precedes",
        origin=chain[3],
        destination=None,
        destination_identifier="x",
        destination_title="Rates elsewhere",
    )
    assert "Rates elsewhere" in client.get(chain[3].get_absolute_url()).content.decode()


def test_the_number_of_queries_does_not_grow(maths, chain):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            progression_of(chain[3])
        return len(captured)

    few = queries()
    for number in range(20):
        leads(maths, chain[3], statement(maths, f"7.{number}"), statement(maths, f"8.{number}"))
    assert queries() == few
