"""What is taken for a slip of the typing hand, and what is not."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from repository.models import Synonym
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, resource, topic
from tests.search.asking import search, titles

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def reasons(query: str) -> list[str]:
    return [reason for hit in search(query).hits for reason in hit.why]


def test_a_word_that_says_nothing_finds_none_spelled_nearly_so(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("The Iroquois and the longhouse", district=district)
    resource("Their maps, and then them", district=district, summary="The rivers thaw")
    follow()
    assert titles("q=the+iroquois") == ["The Iroquois and the longhouse"]


def test_where_something_has_all_of_the_words_they_are_spelled_as_meant(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("A frog and a toad", district=district)
    resource("The tree frog", district=district)
    resource("A road for today", district=district)
    follow()
    assert titles("q=frog+and+toad") == ["A frog and a toad", "The tree frog"]
    assert titles("q=frog+and+todd") == ["A frog and a toad", "The tree frog"]


def test_no_word_is_taken_for_one_that_says_little(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Reading that students have at home", district=district)
    resource("Teach with maps", district=district)
    follow()
    assert search("q=kids+who+hate+reading").did_you_mean == ""
    assert titles("q=kids+who+hate+reading") == ["Reading that students have at home"]
    assert search("q=taech+maps").did_you_mean == "teach maps"


def test_an_acronym_is_not_another_one(follow: Callable[[], None]) -> None:
    resource("Time to move", summary="A film of PBS")
    follow()
    assert titles("q=PBL") == []


def test_a_word_that_was_left_off_is_written_out(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Trigonometry with shadows", district=district)
    resource("A trip to the harbor", district=district)
    follow()
    results = search("q=trig")
    assert (results.did_you_mean, results.corrected) == ("trigonometry", True)
    assert [hit.title for hit in results.hits] == ["Trigonometry with shadows"]
    assert search("q=trig+with+shadows").did_you_mean == "trigonometry with shadows"


@pytest.mark.parametrize(
    ("query", "meant", "found"),
    [
        ("foodweb", "food web", ["A food web of the pond"]),
        ("pond foodweb", "pond food web", ["A food web of the pond"]),
        ("water sheds", "watersheds", ["Where our watershed begins"]),
        ("our water sheds", "our watersheds", ["Where our watershed begins"]),
        ("water -rain sheds", "", []),  # or what is left out would be gone
        ("forgiven", "", []),  # nobody means "for given"
        ("secretgarden", "", []),  # which is for its district alone
    ],
)
def test_words_run_together_are_put_apart_and_words_apart_together(
    follow: Callable[[], None], query: str, meant: str, found: list[str]
) -> None:
    district = DistrictFactory()
    resource("A food web of the pond", district=district)
    resource("Where our watershed begins", district=district)
    resource("Rain", district=district, summary="Water, and what to do for given amounts of it")
    resource("A secret garden", district=district, audience="district")
    follow()
    results = search(urlencode({"q": query}))
    assert results.did_you_mean == meant
    assert [hit.title for hit in results.hits] == found


def test_another_form_of_a_word_that_is_there_is_no_correction(follow: Callable[[], None]) -> None:
    item = ItemFactory(
        framework=FrameworkFactory(), human_coding_scheme="4.NF.B.3", full_statement="A fraction"
    )
    district = DistrictFactory()
    resource("A fraction of a whole", district=district, alignments=[{"item": item}])
    resource("Adding a fraction to another", district=district, summary="4.NF.B.3")
    follow()
    results = search("q=4.NF.B.3+adding+fractions")
    assert (results.did_you_mean, results.corrected) == ("", False)
    assert [hit.title for hit in results.hits] == ["A fraction of a whole"]


def test_two_slips_in_a_word_that_is_not_long_are_another_word(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Numbers based on tens", district=district)
    resource("Underwater welding", district=district)
    follow()
    results = search("q=basket+weaving")
    assert (results.did_you_mean, results.total) == ("", 0)


@pytest.mark.parametrize("known_as", ["topic", "synonym", "nothing"])
def test_a_word_that_has_a_name_here_is_no_slip_for_another(
    follow: Callable[[], None], known_as: str
) -> None:
    if known_as == "topic":
        topic("Tithe barns")
    elif known_as == "synonym":
        Synonym.objects.create(term="student voice", means="tithes, councils")
    resource("A title for a story", summary="Who spoke at the councils of the time")
    follow()
    results = search("q=tithe")
    found = {"topic": (0, ""), "synonym": (1, ""), "nothing": (1, "title")}
    assert (results.total, results.did_you_mean) == found[known_as]
    other = search("q=tithe+battle")
    assert other.did_you_mean == ("" if known_as != "nothing" else "title battle")


def test_what_is_english_is_no_slip_for_another_word(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Income tax", district=district)
    resource("Scale drawings", district=district, summary="Change scales")
    resource("Razones", district=district, summary="Una razón equivalente a otra")
    follow()
    results = search("q=sales+tax")
    assert (results.did_you_mean, results.corrected) == ("", False)
    assert "Income tax" in [hit.title for hit in results.hits]
    assert search("q=scalse+drawings").did_you_mean == "scale drawings"
    # The same word in another language.
    assert search("q=equivalent+amounts").did_you_mean == "equivalente amounts"


def test_a_word_that_says_nothing_is_no_slip_for_another(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    for title in ("Subtract across a ten, within 100", "Zeros at the end", "Borrowing books"):
        resource(title, district=district)
    follow()
    results = search("q=subtract+with+borrowing+across+zeros")
    assert (results.did_you_mean, results.corrected) == ("", False)


def test_a_slip_is_mended_though_nothing_has_all_of_the_words(follow: Callable[[], None]) -> None:
    resource("Rules of a good discussion")
    follow()
    assert search("q=class+discussioon+rules").did_you_mean == "class discussion rules"


def test_where_no_word_was_looked_for_no_reason_speaks_of_best_matches(follow: Callable[[], None]) -> None:
    district, item = DistrictFactory(), ItemFactory()
    for number in range(7):
        resource(f"Lesson {number}", district=district, duration_minutes=15, alignments=[{"item": item}])
    follow()
    for query in ("q=15+minutes", "q=the"):
        assert search(query).total == 7
        assert not any("best match" in reason for reason in reasons(query)), query


def test_signs_with_a_letter_and_a_digit_stand_together(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("The graph of x^2", district=district)
    resource("Two gyms", district=district, summary="Let x be the cost of 2 visits")
    follow()
    assert titles("q=x^2") == ["The graph of x^2"]


def test_a_synonym_that_says_no_other_word_makes_no_search_an_error_page(follow: Callable[[], None]) -> None:
    """Of “game” that means “games”, nothing is left to stand in its place; any slip beside it was an error page."""
    Synonym.objects.create(term="game", means="game, games")
    resource("Fraction game")
    follow()
    assert titles("q=frction+game") == ["Fraction game"]


def test_words_of_another_language_are_corrected_all_or_none(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("The sum of two fractions", district=district, summary="We restate what we add")
    resource("Area and perimeter of plants", district=district, summary="With medicine for the plants")
    resource("Agua y números", district=district, language="es")
    follow()
    assert search("q=fracciones").did_you_mean == "fractions"
    assert search("q=las+plantas").did_you_mean == "plants"
    assert search("q=área+y+perímetro").did_you_mean == "área perimeter"
    for q in ("suma y resta", "resta", "la suma de fracciones", "medición", "ciclo del agua"):
        results = search(urlencode({"q": q}))
        assert (results.did_you_mean, results.total) == ("", 0), q


def test_what_is_a_word_has_nothing_near_to_it(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Fractions of a building", district=district, summary="We engage with what is given")
    follow()
    for q in ("friction", "bullying", "The Giver"):
        results = search(urlencode({"q": q}))
        assert (results.did_you_mean, results.total) == ("", 0), q
    # Nobody adds to a word by a slip, but for its last letter twice.
    assert search("q=engageny").did_you_mean == ""
    assert search("q=fractionss").did_you_mean == "fractions"
    # Beside others, what has those may do.
    assert titles("q=friction+building") == ["Fractions of a building"]


def test_no_word_of_the_dictionary_is_taken_for_a_slip_of_another(follow: Callable[[], None]) -> None:
    """The title of a novel brought what weighs a kilo, and what drums say, as spelled nearly so."""
    for title in ("Weigh a kilo of flour", "Mockingbirds in spring", "Drums of the parade"):
        resource(title)
    follow()
    assert titles("q=To+Kill+a+Mockingbird") == ["Mockingbirds in spring"]
    assert titles("q=Kill+a+Mokingbird") == ["Mockingbirds in spring"]
    assert "Drums of the parade" not in titles("q=drugs+in+spring")


def test_a_correction_has_the_capitals_of_what_was_typed(follow: Callable[[], None]) -> None:
    resource("Harriet Tubman and the weather")
    follow()
    assert search("q=Harriet+Tubmen").did_you_mean == "Harriet Tubman"
    assert search("q=HARRIET+TUBMEN").did_you_mean == "HARRIET TUBMAN"
    assert search("q=Harriet+tubmen+4th+grade").did_you_mean == "Harriet tubman 4th grade"


def test_a_slip_is_no_word_that_says_little(follow: Callable[[], None]) -> None:
    district = DistrictFactory()
    resource("Whether it rains", district=district)
    resource("The weather", district=district)
    follow()
    assert search("q=wheather").did_you_mean == "weather"


def test_what_was_run_together_may_be_a_synonym_that_no_resource_has(follow: Callable[[], None]) -> None:
    Synonym.objects.create(term="times tables", means="multiplication facts")
    district = DistrictFactory()
    resource("Multiplication facts", district=district)
    resource("A timetable", district=district)
    follow()
    results = search("q=timestables")
    assert (results.did_you_mean, [hit.title for hit in results.hits]) == (
        "times tables",
        ["Multiplication facts"],
    )
