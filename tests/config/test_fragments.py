"""Fragments of pages: kept by their values, and never mistaken for one another."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

CODE = '{% load fragments %}{% fragment "components/code.html" code=code statement=statement %}'


def shown(**values: Any) -> str:
    return Template(CODE).render(Context({"code": "6.RP.1", **values}))


def test_a_fragment_shows_what_an_include_shows() -> None:
    include = '{% include "components/code.html" with code=code statement=statement only %}'
    values = {"code": "6.RP.1", "statement": "Ratios & rates"}
    for _twice in range(2):
        assert shown(**values) == Template(include).render(Context(values))


def test_other_values_are_another_fragment() -> None:
    assert "Ratios" in shown(statement="Ratios")
    assert "Circles" in shown(statement="Circles")


def test_safe_and_plain_text_are_not_taken_for_one_another() -> None:
    assert "<i>x</i>" in shown(statement=mark_safe("<i>x</i>"))
    assert "&lt;i&gt;x&lt;/i&gt;" in shown(statement="<i>x</i>")
    assert "<i>x</i>" in shown(statement=mark_safe("<i>x</i>"))


def test_values_that_cannot_be_compared_are_shown_anew() -> None:
    assert "ratio" in shown(statement=["ratio"])


@pytest.mark.parametrize("name", ["clock", "grade"])
def test_an_icon_is_a_fragment_of_its_name(name: str) -> None:
    text = f'{{% load fragments %}}{{% fragment "components/icon.html" name="{name}" %}}'
    assert f"#{name}" in Template(text).render(Context())
