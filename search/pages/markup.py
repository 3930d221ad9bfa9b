"""The facets beside the results as HTML. A page has hundreds of rows, and Django's templates take ten times as long.

Everything that goes in is escaped here.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from search.pages.cards import and_more
from search.pages.page import Facet, Value
from standards.mathematics import draw_formulas
from standards.text import mark_formulas

FACET = (
    '<details class="facet" id="facet-{name}"{open}>\n<summary>{label}{chosen}</summary>\n'
    "{table}{values}{look}</details>"
)
CHOSEN = ' <span class="facet__chosen">{chosen}</span>'
FLAT = '<fieldset class="facet__values">\n<legend class="visually-hidden">{label}</legend>\n{values}\n{more}</fieldset>\n'
MORE = '<details class="facet__more" id="more-{name}"><summary>{summary}</summary>{values}</details>\n'
LINK = '<p class="small facet__find"><a href="{url}" hx-boost="false">{text}</a></p>\n'
BOX = '<label class="facet__value"><input type="checkbox" id="v-{id}" name="{name}" value="{value}"'
LABEL = '><span class="facet__label">{label}</span>'
# A comma that is heard: "Grade 6 7 resources" says sixty-seven.
COUNT = (
    '<span class="visually-hidden">, </span>'
    '<span class="facet__count">{count}<span class="visually-hidden"> {resources}</span></span>'
)
# Two scales may have a level of one name: whoever goes from box to box hears of which it is.
GROUP = '<fieldset>\n<legend class="{shown}">{heading}</legend>\n{values}\n</fieldset>'
NODE = (
    '<li><span class="facet__node">{fold}<a class="facet__value" id="v-{id}" href="{url}"{title}{current}>'
    '<span class="facet__label">{code}{label}</span>{count}</a></span>{children}</li>'
)
FOLD = (
    '<a class="facet__fold" id="fold-{id}" href="{url}" aria-expanded="{expanded}">'
    '<span class="visually-hidden">{below}</span></a>'
)
LEAF = '<span class="facet__leaf"></span>'
CODE = '<span class="facet__code">{code}</span> '
RETIRED = ' <span class="badge badge--warn">{retired}</span>'


# "CCSS.Math.Content.3.OA.A" is broken, where it must be, behind what names the framework.
_NAMED = re.compile(r"(?<=[A-Za-z]{3}\.)")


def _label(value: Value) -> str:
    """A formula is drawn, and so the words around it are not cut."""
    whole = value.bucket.label
    return _drawn(whole) if "$" in whole or "\\" in whole else escape(value.label)


@lru_cache(maxsize=4096)
def _drawn(label: str) -> str:
    return draw_formulas(mark_formulas(label), in_a_name=True)


def _breakable(code: str) -> str:
    return _NAMED.sub("<wbr>", escape(code))


def facet(facet: Facet) -> SafeString:
    """A facet as it stands beside the results: its values, those that unfold, and the way to all of them."""
    said = _said(get_language())
    name, label = escape(facet.name), escape(facet.label)
    rows = tree if facet.is_tree else lambda values: boxes(values, facet.name)
    more = ""
    if facet.more:
        summary = and_more(len(facet.more), get_language())
        more = MORE.format(name=name, summary=summary, values=rows(facet.more))
    values = str(rows(facet.values))
    if facet.is_tree:
        values = f"{values}\n{more}"
    else:
        values = FLAT.format(label=label, values=values, more=more)
    look = ""
    if facet.other_count:
        look = _see_all(facet.other_count, facet.all_url)
    elif facet.searchable:
        hidden = f'<span class="visually-hidden"> {escape(said["of"] % {"name": facet.label})}</span>'
        look = LINK.format(url=escape(facet.all_url), text=escape(said["look"]) + hidden)
    table_url = facet.table_url
    html = FACET.format(
        name=name,
        open=" open" if facet.open or facet.chosen else "",
        label=label,
        chosen=CHOSEN.format(chosen=_chosen(facet.chosen)) if facet.chosen else "",
        table=LINK.format(url=escape(table_url), text=escape(said["table"])) if table_url else "",
        values=values,
        look=look,
    )
    return mark_safe(html)  # noqa: S308  every part is escaped above


# Looked up once: Django takes longer to find a word's translation than to put it into a page.


@lru_cache
def _said(language: str | None) -> dict[str, str]:
    return {
        "look": _("Look in the whole list"),
        "of": _("of %(name)s"),
        "table": _("By competency level: a table"),
        "below": _("Below %(name)s"),
        "retired": _("Retired"),
    }


def _see_all(number: int, address: str) -> str:
    shown = ngettext("%(n)s more: see them all", "%(n)s more: see them all", number)
    return LINK.format(url=escape(address), text=escape(shown % {"n": number}))


@lru_cache(maxsize=10_000)
def _count(shown: str, number: int, language: str | None) -> str:
    return COUNT.format(count=escape(shown), resources=escape(ngettext("resource", "resources", number)))


def _chosen(number: int) -> str:
    return escape(ngettext("%(n)s chosen", "%(n)s chosen", number) % {"n": number})


# What is the same in every search: the box up to whether it is checked, and its label.
@lru_cache(maxsize=10_000)
def _box(id: str, name: str, value: str, label: str) -> tuple[str, str]:
    box = BOX.format(id=escape(id), name=escape(name), value=escape(value))
    return box, LABEL.format(label=escape(label))


def boxes(values: Iterable[Value], name: str) -> SafeString:
    """Values of a flat facet: a box for each, with a heading where a group begins."""
    language = get_language()

    def row(value: Value) -> str:
        box, label = _box(value.id, name, value.bucket.value, value.bucket.label)
        checked = " checked" if value.bucket.selected else ""
        return f"{box}{checked}{label}{_count(value.count, value.bucket.count, language)}</label>"

    return _grouped(values, lambda group: "\n".join(map(row, group)))


def _grouped(values: Iterable[Value], rows: Callable[[list[Value]], str]) -> SafeString:
    """Rows of values, those of a group in one that has its name: shown where it begins, and only heard where it goes on."""
    parts = []
    for heading, group in groupby(values, key=lambda value: value.bucket.group):
        several = list(group)
        shown = "facet__heading" if several[0].heading else "visually-hidden"
        html = rows(several)
        parts.append(GROUP.format(shown=shown, heading=escape(heading), values=html) if heading else html)
    return mark_safe("\n".join(parts))  # noqa: S308  the heading is escaped here, the rows where they are made


def tree(values: Iterable[Value]) -> SafeString:
    """One level of a tree and what is unfolded below it: a link chooses a value, the sign before it unfolds.

    Values of a flat facet are one level too; those of a group stand under its heading.
    """
    language = get_language()
    below = _said(language)["below"]
    retired = RETIRED.format(retired=escape(_said(language)["retired"]))

    def level(values: Iterable[Value]) -> str:
        return '<ul class="facet__tree">\n' + "\n".join(node(value) for value in values) + "\n</ul>"

    def node(value: Value) -> str:
        bucket, id = value.bucket, escape(value.id)
        fold = LEAF
        if bucket.has_children:
            fold = FOLD.format(
                id=id,
                url=escape(value.fold_url),
                expanded="true" if bucket.opened else "false",
                below=escape(below % {"name": bucket.code or bucket.label}),
            )
        return NODE.format(
            fold=fold,
            id=id,
            url=escape(value.toggle_url),
            # Read aloud after the label, of which it says more only where that is cut.
            title=f' title="{escape(bucket.label)}"' if value.label != bucket.label else "",
            current=' aria-current="true"' if bucket.selected else "",
            code=CODE.format(code=_breakable(bucket.code)) if bucket.code else "",
            label=_label(value) + (retired if bucket.retired else ""),
            count=_count(value.count, bucket.count, language),
            children=(level(value.children) + others(value)) if value.children else "",
        )

    def others(value: Value) -> str:
        """Of a long level: what unfolds, and the way to what is not there."""
        folded = ""
        if value.more:
            summary = and_more(len(value.more), language)
            folded = MORE.format(name=escape(value.id), summary=summary, values=level(value.more))
        return folded + (_see_all(value.other_count, value.links.all_url) if value.other_count else "")

    return _grouped(values, level)
