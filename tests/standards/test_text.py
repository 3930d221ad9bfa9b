"""Markdown, HTML and LaTeX of standards and resources, as they are shown and as they are indexed."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from standards.text import BLOCK_TAGS, INLINE_TAGS, _end_of_formula, _without_markup, to_html, to_plain


def test_markdown_becomes_paragraphs_and_lists():
    assert to_html("Read *closely*:\n\n- once\n- twice") == (
        "<p>Read <em>closely</em>:</p>\n<ul>\n<li>once</li>\n<li>twice</li>\n</ul>"
    )


def test_a_table_keeps_its_cells():
    html = to_html("| Level | Looks like |\n|---|---|\n| Proficient | Explains why |")
    assert "<th>Level</th>" in html
    assert "<td>Explains why</td>" in html


def test_headings_of_a_text_stand_below_those_of_the_page():
    assert to_html("# Part 1") == "<h3>Part 1</h3>"
    assert to_html("##### Fine print") == "<h6>Fine print</h6>"


@pytest.mark.parametrize(
    "formula",
    [
        r"$a_1 + a_2 * b_1 * c$",
        r"$x < y$",
        r"$$\frac{a}{b} * 2 * c_1$$",
        r"\(x_1 * y_1 * z\)",
        r"\[a_i^* = b_i^*\]",
        r"$\$5 \times 3$",
    ],
)
def test_latex_stays_as_it_is(formula):
    assert to_plain(f"Solve {formula} for me.") == f"Solve {formula} for me."
    assert '<span class="math">' in to_html(f"Solve {formula} for me.")
    assert "<em>" not in to_html(f"Solve {formula} for me.")


@given(st.text(alphabet="\\()[]a \n", max_size=20))
def test_a_formula_in_brackets_ends_at_the_first_that_closes(text):
    found = re.match(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", text, re.S)
    assert _end_of_formula(text, 0) == (found.end() if found else 0)


def test_texts_that_go_on_and_on_are_read_once():
    """Read again from each bracket, line or space, they take a minute, or hours."""
    assert to_plain("\\(\\[" * 40_000) == "([" * 40_000
    assert to_plain("\n" * 500_000 + "Mix paint") == "Mix paint"
    assert to_html(" " * 500_000 + "Mix paint", inline=True) == "Mix paint"


def test_prices_are_not_taken_for_formulas():
    assert to_html("From $5 to $10, or $3-$4.") == "<p>From $5 to $10, or $3-$4.</p>"


def test_less_than_signs_survive():
    assert to_html("If 0 < x and x<y and y>1") == "<p>If 0 &lt; x and x&lt;y and y&gt;1</p>"
    assert to_plain("a < b, c<d") == "a < b, c<d"


def test_the_html_of_a_source_is_kept_where_it_is_harmless():
    assert to_html("x<sup>2</sup> and <i>Hamlet</i>") == "<p>x<sup>2</sup> and <i>Hamlet</i></p>"
    assert to_plain("<p>First.</p><p>Second &amp; third.</p>") == "First. Second & third."


def test_dangerous_html_is_gone():
    html = to_html(
        '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">go</a>'
        '<p onclick="x()" style="color:red" class="big">Hi</p><!-- secret -->'
    )
    for trace in ("script", "alert", "onerror", "onclick", "style", "class", "secret"):
        assert trace not in html
    assert "Hi" in html


def test_a_picture_from_elsewhere_becomes_a_link_so_that_its_server_learns_nothing():
    assert to_html("![A graph](https://example.org/g.png)") == (
        '<p><a href="https://example.org/g.png" rel="noopener nofollow">A graph</a></p>'
    )


def test_indented_statements_are_not_program_code():
    assert to_html("    Count to 100.") == "<p>Count to 100.</p>"


def links(text: str) -> list[tuple[str, str]]:
    """Where the links of a text lead, and their words. No link is in another, or in code."""
    html = to_html(text, links=True)
    assert not re.search(r"<(a|code|pre)\b(?:(?!</\1>).)*<a ", html, re.S), html
    found = re.findall(r'<a href="([^"]*)"( class="bare")? rel="noopener nofollow">(.*?)</a>', html)
    return [(unescape(href), unescape(words)) for href, _bare, words in found]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://prices.example/list?a=1.", "https://prices.example/list?a=1"),
        ("(https://en.example/wiki/Rate_(mathematics))", "https://en.example/wiki/Rate_(mathematics)"),
        ("**https://prices.example/**", "https://prices.example/"),
        ("“http://prices.example/_a_/b*c*d”, they say", "http://prices.example/_a_/b*c*d"),
        ("- https://prices.example/?a=1&amp;b=2", "https://prices.example/?a=1&b=2"),
        ("| a |\n|---|\n| https://prices.example |", "https://prices.example"),
        ("<p>See https://prices.example/?a=1&amp;b=2.</p>", "https://prices.example/?a=1&b=2"),
        (r"https://prices.example/a\_b", "https://prices.example/a_b"),
    ],
)
def test_a_bare_address_is_a_link(text, address):
    assert links(text) == [(address, address)]
    assert 'class="bare"' in to_html(text, links=True)
    assert address in unescape(to_html(text, inline=True, links=True).split('href="')[1])
    assert "<a" not in to_html(text, inline=True)  # which may stand in a link


def test_an_address_in_a_link_or_in_code_is_no_other_link():
    assert links("[https://a.example](https://b.example)") == [("https://b.example", "https://a.example")]
    assert links("<https://a.example>") == [("https://a.example", "https://a.example")]
    html = '<a href="https://b.example">by https://a.example</a>'
    for text in (html, f"<p>{html}</p>"):
        assert links(text) == [("https://b.example", "by https://a.example")]
    code = "`https://a.example`\n\n```\nhttps://a.example\n```\n\n"
    raw = "<code>https://a.example</code> and\n\n<pre>https://a.example</pre>\n"
    assert links(code + raw) == []
    assert links("<code>x</code> https://a.example") == [("https://a.example", "https://a.example")]


@pytest.mark.parametrize(
    "text", ["https://...", "xhttps://a.example", "ftp://a.example", "a.example", "javascript:alert(1)"]
)
def test_what_is_no_address_of_the_web_is_no_link(text):
    assert links(text) == []


def test_an_address_that_goes_on_and_on_is_read_once():
    for text in ("://" * 100_000, "https://a.example " * 10_000, "<code>https://a " * 10_000):
        assert "a" in to_html("a" + text, links=True)


def test_inline_text_has_no_blocks():
    assert to_html("Count\n\nto **100**.", inline=True) == "Count to <strong>100</strong>."
    assert to_html("<p>Count</p><h2>up</h2>", inline=True) == "Count up"


def test_plain_text_is_one_line():
    assert to_plain("# Title\n\nA *word* &mdash; and\n- one\n- two") == "Title A word — and one two"
    assert to_plain("") == ""


def test_templates_have_the_same_as_filters():
    template = Template(
        "{% load text %}{{ t|markdown }}|{{ t|markdown_inline }}|{{ t|plain }}|{{ none|plain }}"
    )
    assert template.render(Context({"t": "*a* <b", "none": None})) == (
        "<p><em>a</em> &lt;b</p>|<em>a</em> &lt;b|a &lt;b|"
    )


class TagCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]


ALLOWED_ATTRIBUTES = {"href", "title", "rel", "class", "start", "colspan", "rowspan", "scope"}
PIECES = r"""
<script> </script> <p <b> <img onerror= javascript: ]( [ <a href= ' " > < &#60; &lt; $ \( \) * ` x <!-- --> |
""".split()
PIECES += [" ", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_input_makes_a_tag_or_an_attribute_that_is_not_allowed(text):
    for inline in (False, True):
        collector = TagCollector()
        collector.feed(to_html(text, inline=inline, links=True))
        assert collector.tags <= (INLINE_TAGS if inline else INLINE_TAGS | BLOCK_TAGS)
        assert collector.attributes <= ALLOWED_ATTRIBUTES
        assert not [
            link for link in collector.links if "script:" in link and not link.startswith(("x", "'", '"'))
        ]


@given(
    st.text(
        alphabet=st.sampled_from("ab1.) \n\t\r\x0c\xa0\u2028-+#=:!?'\"/,;()éß😀%@^{}<&*`$~|[]\\_\x00"),
        max_size=40,
    )
)
def test_texts_without_markup_take_a_short_way_to_the_same_words(text: str) -> None:
    assert to_plain(text) == _without_markup(text)


def test_a_table_in_a_line_is_its_words_without_pipes():
    text = "Read a *table*:\r\n\r\n| Hours | Pay |\r\n| --- | --- |\r\n| 2 | $31$ |\r\n\r\nand explain."
    line = " ".join(to_html(text, inline=True).split())
    assert line.startswith("Read a <em>table</em>: Hours Pay 2")
    assert line.endswith("and explain.")
    assert "|" not in line
    assert "<td" not in line
