import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes import MAX_FORM, MAX_FORMS, cites, code_forms, fold_code, looks_like_code

CODES = st.lists(st.from_regex(r"\A(?:[A-Za-z]{1,7}|[0-9]{1,3}|[0-9]{1,2}[a-z])\Z"), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "typed", ["CCSS.MATH.CONTENT.6.RP.A.3", "6.RP.A.3", "6.RP.3", "6rp3", "6 rp-3", "Math.Content.6.RP.3"]
)
def test_every_usual_spelling_finds_the_standard(typed: str) -> None:
    assert fold_code(typed) in code_forms("CCSS.MATH.CONTENT.6.RP.A.3")


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("CCSS.ELA-LITERACY.RL.6.1", "RL.6.1"),
        ("CCSS.MATH.CONTENT.HSN.RN.A.1", "N-RN.1"),
        ("CCSS.MATH.PRACTICE.MP1", "mp1"),
        ("M.6.RP.2", "6.RP.2"),
        ("MA.6.NSO.1.1", "6.nso.1.1"),
        ("06.RP.03", "6.RP.3"),
        ("NGSS.HS-PS1-10", "hs ps1 10"),
    ],
)
def test_prefixes_cluster_letters_and_zeros_may_be_left_out(code: str, typed: str) -> None:
    assert fold_code(typed) in code_forms(code)


@pytest.mark.parametrize(
    ("one", "other"), [("1.11", "11.1"), ("3.1", "3.10"), ("RL.6.1", "6.1"), ("RL.K.1", "RL.1")]
)
def test_different_codes_stay_different(one: str, other: str) -> None:
    assert fold_code(other) not in code_forms(one)
    assert fold_code(one) not in code_forms(other)


@given(st.text(max_size=300))
def test_any_text_has_few_folded_forms(text: str) -> None:
    forms = code_forms(text)
    assert len(forms) == len(set(forms)) <= MAX_FORMS
    assert all(form and len(form) <= MAX_FORM and fold_code(form) == form for form in forms)
    assert fold_code(fold_code(text)) == fold_code(text)


@given(CODES, st.sampled_from([".", "-", " ", " - ", "_", "/"]))
def test_separators_and_case_make_no_difference(segments: list[str], separator: str) -> None:
    assert code_forms(separator.join(segments).upper()) == code_forms(".".join(segments))


@given(CODES)
def test_the_whole_code_comes_first_and_shorter_forms_only_leave_out(segments: list[str]) -> None:
    code = ".".join(segments)
    forms = code_forms(code)
    assert forms[0] == fold_code(code)
    for form in forms:
        rest = iter(forms[0].replace(".", ""))
        assert all(character in rest for character in form.replace(".", ""))


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("6.RP.A.3", True),
        ("6 rp 3", True),
        ("MS-PS1-1", True),
        ("grade 6 fractions", False),
        ("ratios", False),
        ("", False),
    ],
)
def test_a_code_is_told_from_words(text: str, is_code: bool) -> None:
    assert looks_like_code(text) is is_code


@pytest.mark.parametrize(
    ("typed", "code", "is_cited"),
    [
        ("6.RP.3", "6.RP.A.3", True),
        ("ccss 6rpa3", "CCSS.Math.Content.6.RP.A.3", True),
        ("6.RP.A.3", "6.RP.3", True),
        ("MA.06.1", "MA.6.1", True),
        ("6.RP.B.3", "6.RP.A.3", False),
        ("6.RP.A.4", "6.RP.A.3", False),
    ],
)
def test_a_code_is_cited_with_its_cluster_or_without_but_not_with_another(typed, code, is_cited) -> None:
    assert cites(typed, code) is is_cited


def test_practices_are_named_before_their_code() -> None:
    assert looks_like_code("CCSS Math Practice MP2")
    assert "mp2" in code_forms("CCSS.Math.Practice.MP2")
