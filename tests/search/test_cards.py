"""A resource at a glance."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from search.pages import cards

CARD = {"title": "Trail mix", "url": "/trail-mix/", "kind": "Task", "licence": "CC BY 4.0", "may_adapt": True}


def test_a_review_is_told_by_the_day_on_which_it_was_here() -> None:
    """At eight in the evening in Denver it is the next day already in the database."""
    evening = {**CARD, "reviewed_on": datetime(2026, 11, 26, 3, 0, tzinfo=UTC), "reviewed_by": "Priya Nair"}
    with timezone.override(ZoneInfo("America/Denver")):
        assert "Reviewed by Priya Nair, Nov 25, 2026" in cards.card(evening)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert "Reviewed by Priya Nair, Nov 26, 2026" in cards.card(evening)


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", ' lang="es" dir="auto"'), ("ar", ' lang="ar" dir="auto"'), ("en", ""), ("en-GB", ""), ("", "")],
)
def test_a_title_and_a_summary_in_another_language_say_which(language: str, said: str) -> None:
    html = cards.card({**CARD, "summary": "Mezclas", "language": language})
    assert f'<h3 class="card__title"{said}><a' in html
    assert f'<p class="card__summary"{said}>Mezclas</p>' in html


def test_nothing_of_a_card_is_markup_but_what_is_marked() -> None:
    odd = '<b onclick="x">&'
    fields = {
        "title": odd,
        "url": odd,
        "summary": odd,
        "kind": odd,
        "grades": odd,
        "author": odd,
        "why": [odd],
    }
    standard = {"code": odd, "statement": odd, "url": odd, "level": odd, "relation": odd, "matched": True}
    html = cards.card({**CARD, **fields, "standards": [standard], "levels": [odd], "modalities": [odd]})
    assert "<b" not in html
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;" in html


def test_the_words_of_a_standard_have_their_formulas_drawn_and_no_other_markup() -> None:
    html = cards.code(code="A.1", statement=r"Solve $x = \frac{1}{2}$ & <b>say</b> 2 * 3 * 4, for $5 or $10")
    assert html.count("<mfrac>") == 2  # of the hint and of the note
    assert r"\frac" not in html
    assert "&amp; &lt;b&gt;say&lt;/b&gt; 2 * 3 * 4, for $5 or $10" in html
