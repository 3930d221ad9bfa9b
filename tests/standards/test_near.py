"""One slip is forgiven, in a code and in words, where nothing matches as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes import fold_code
from standards.near import could_be_code, near_codes, near_words
from standards.selectors import find_items, search_items
from tests.factories import FrameworkFactory, ItemFactory
from tests.standards.spellings import with_one_wrong_character

CODES = ["6.RP.A.1", "6.RP.A.3", "K.CC.A.1", "1.NBT.B.2", "N-RN.A.1", "RL.6.1", "M.6.RP.2", "MS-PS1-1"]
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12)


@given(st.sampled_from(CODES), st.randoms())
def test_a_wrong_character_is_one_slip_away(code, chance):
    wrong = with_one_wrong_character(code, chance)
    assert fold_code(code) in near_codes(wrong)


@given(LETTERS, st.data())
def test_every_word_one_edit_away_is_near_and_no_other(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    for slip in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
    ):
        if slip != word and len(slip) >= 4:
            assert word in near_words(slip)
    assert word not in near_words(word)
    assert all(abs(len(near) - len(word)) <= 1 for near in near_words(word))


@pytest.mark.parametrize("text", ["rate", "of", "", "  ", "photosynthesis in plants"])
def test_words_are_no_codes(text):
    assert not could_be_code(text)
    assert near_codes(text) == {}


def test_what_is_typed_is_bounded():
    assert near_codes("1." * 200) == {}
    assert near_words("a" * 300) == []


@pytest.mark.django_db
class TestFinding:
    @pytest.fixture
    def ratios(self):
        framework = FrameworkFactory(title="Mathematics")
        domain = ItemFactory(
            framework=framework, human_coding_scheme="6.RP", full_statement="Proportional relationships"
        )
        return {
            code: ItemFactory(
                framework=framework, human_coding_scheme=code, full_statement=words, under=domain
            )
            for code, words in {
                "6.RP.A.1": "Describe a ratio in words",
                "6.RP.A.3": "Solve problems about unit rates",
                "6.RP.B.3": "Compare speeds",
            }.items()
        } | {"7.SP.C.8": ItemFactory(human_coding_scheme="7.SP.C.8", full_statement="Find probabilities")}

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("6.RP.A.4", "6.RP.A.3"),  # the key beside it
            ("6.PR.A.1", "6.RP.A.1"),  # swapped
            ("7.S.C.8", "7.SP.C.8"),  # left out
            ("7.SPP.C.8", "7.SP.C.8"),  # twice
            ("7.5P.C.8", "7.SP.C.8"),  # looks alike
            ("CC5S.MATH.CONTENT.7.SP.C.8", "7.SP.C.8"),  # in the prefix
        ],
    )
    def test_a_code_with_one_slip_finds_what_was_meant_first(self, ratios, typed, meant):
        found = find_items(typed)
        assert found.items[0] == ratios[meant]
        assert found.is_near

    def test_what_matches_as_typed_is_not_mended(self, ratios):
        found = find_items("6.RP.A.1")
        assert (found.items, found.is_near) == ([ratios["6.RP.A.1"]], False)

    def test_a_wrong_cluster_is_near_and_no_match_and_other_slips_follow(self, ratios):
        ItemFactory(framework=ratios["6.RP.A.1"].framework, human_coding_scheme="6.RP.C.2")
        found = find_items("6.RP.C.1")
        assert found.is_near
        assert found.items[0] == ratios["6.RP.A.1"]
        assert "6.RP.C.2" in [item.human_coding_scheme for item in found.items]

    def test_a_framework_without_clusters_has_the_code_as_it_was_typed(self):
        short = ItemFactory(human_coding_scheme="5.NF.7")
        found = find_items("5.NF.B.7")
        assert (found.items, found.is_near) == ([short], False)

    def test_keys_are_swapped_sooner_than_what_stands_on_two_sides_of_a_dot(self, ratios):
        framework = ratios["6.RP.A.1"].framework
        for code in ("RL.7.3", "RL.3.6"):
            ItemFactory(framework=framework, human_coding_scheme=code)
        assert search_items("RL.3.7")[0].human_coding_scheme == "RL.3.6"
        assert search_items("LR.3.6")[0].human_coding_scheme == "RL.3.6"

    def test_each_code_comes_once_before_any_comes_from_a_second_framework(self, ratios):
        for _ in range(3):
            ItemFactory(human_coding_scheme="6.RP.A.3")
        codes = [item.human_coding_scheme for item in search_items("6.RP.A.2", limit=5)]
        assert sorted(codes[:2]) == ["6.RP.A.1", "6.RP.A.3"]
        assert codes[2:] == ["6.RP.A.3"] * 3

    @pytest.mark.parametrize(
        "typed", ["probabilties", "probabilitties", "probabilitise", "find probabilitiez"]
    )
    def test_a_word_with_one_slip_is_found(self, ratios, typed):
        found = find_items(typed)
        assert (found.items, found.is_near) == ([ratios["7.SP.C.8"]], True)

    def test_the_other_words_still_hold_and_those_above_count(self, ratios):
        assert search_items("proportinal ratio") == [ratios["6.RP.A.1"]]
        assert search_items("proportional raito") == [ratios["6.RP.A.1"]]

    def test_words_that_are_there_but_not_together_are_no_slip(self, ratios):
        assert search_items("speeds probabilities") == []

    def test_two_slips_are_too_many(self, ratios):
        assert search_items("prubobilties") == []
        assert search_items("9.XX.A.1") == []

    def test_a_slip_stays_within_the_framework_and_grade_that_were_asked_for(self, ratios):
        assert search_items("7.SP.C.9", framework=ratios["6.RP.A.1"].framework) == []
        assert search_items("grade 4 probabilties") == []

    def test_the_number_of_queries_does_not_grow(self, ratios, django_assert_max_num_queries):
        ItemFactory.create_batch(30, framework=ratios["6.RP.A.1"].framework)
        for typed in ("6.RP.A.7", "probabilties of somethink"):
            with django_assert_max_num_queries(12):
                search_items(typed)
