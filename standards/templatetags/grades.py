"""`{% load grades %}`: CEDS codes as people call them."""

from collections.abc import Iterable

from django import template

from standards.grades import grade_label, grade_range_label

register = template.Library()


@register.filter
def grade(code: str) -> str:
    """`06`: "Grade 6"."""
    return grade_label(code)


@register.filter
def grade_range(codes: Iterable[str] | None) -> str:
    """`["KG", "01", "02"]`: "K–2"."""
    return grade_range_label(codes or [])
