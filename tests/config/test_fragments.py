"""Fragments of pages: kept by their values, and never mistaken for one another."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

SUBJECT = '{% load fragments %}{% fragment "components/subject.html" slug=slug label=label %}'


def shown(**values: Any) -> str:
    return Template(SUBJECT).render(Context({"slug": "science", **values}))


def test_a_fragment_shows_what_an_include_shows() -> None:
    include = '{% include "components/subject.html" with slug=slug label=label only %}'
    values = {"slug": "science", "label": "Ratios & rates"}
    for _twice in range(2):
        assert shown(**values) == Template(include).render(Context(values))


def test_other_values_are_another_fragment() -> None:
    assert "Ratios" in shown(label="Ratios")
    assert "Circles" in shown(label="Circles")


def test_safe_and_plain_text_are_not_taken_for_one_another() -> None:
    assert "<i>x</i>" in shown(label=mark_safe("<i>x</i>"))
    assert "&lt;i&gt;x&lt;/i&gt;" in shown(label="<i>x</i>")
    assert "<i>x</i>" in shown(label=mark_safe("<i>x</i>"))


def test_values_that_cannot_be_compared_are_shown_anew() -> None:
    assert "ratio" in shown(label=["ratio"])


@pytest.mark.parametrize("name", ["clock", "grade"])
def test_an_icon_is_a_fragment_of_its_name(name: str) -> None:
    text = f'{{% load fragments %}}{{% fragment "components/icon.html" name="{name}" %}}'
    assert f"#{name}" in Template(text).render(Context())


def test_a_code_escapes_what_it_is_given() -> None:
    code = '{% load search_tags %}{% code_html code=code statement=statement url="/x" %}'
    html = Template(code).render(Context({"code": "", "statement": "<i>Ratios</i> & rates"}))
    assert "&lt;i&gt;Ratios&lt;/i&gt; &amp; rates" in html
    assert "Open this standard" in html
