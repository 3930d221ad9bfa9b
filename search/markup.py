"""The rows of a facet as HTML. A page has hundreds, and Django's templates take ten times as long for each.

Everything that goes in is escaped here. The frame around them is templates/search/_facet.html.
"""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from search.page import Value

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

BOX = (
    '<label class="facet__value"><input type="checkbox" id="v-{id}" name="{name}" value="{value}"{checked}>'
    '<span class="facet__label">{label}</span>{count}</label>'
)
COUNT = '<span class="facet__count">{count}<span class="visually-hidden"> {resources}</span></span>'
HEADING = '<p class="facet__heading">{heading}</p>'
NODE = (
    '<li><span class="facet__node">{fold}<a class="facet__value" id="v-{id}" href="{url}" title="{title}"{current}>'
    '<span class="facet__label">{code}{label}</span>{count}</a></span>{children}</li>'
)
FOLD = (
    '<a class="facet__fold" id="fold-{id}" href="{url}" aria-expanded="{expanded}">'
    '<span class="visually-hidden">{below}</span></a>'
)
LEAF = '<span class="facet__leaf"></span>'
CODE = '<span class="facet__code">{code}</span> '


def escape(text: str) -> str:
    """As html.escape, for the short texts that there are hundreds of."""
    return text.translate(_ESCAPED)


def boxes(values: Iterable[Value], name: str) -> SafeString:
    """Values of a flat facet: a box for each, with a heading where a group begins."""
    resources, name = escape(_("resources")), escape(name)
    rows = []
    for value in values:
        if value.heading:
            rows.append(HEADING.format(heading=escape(value.heading)))
        rows.append(
            BOX.format(
                id=escape(value.id),
                name=name,
                value=escape(value.bucket.value),
                checked=" checked" if value.bucket.selected else "",
                label=escape(value.bucket.label),
                count=COUNT.format(count=escape(value.count), resources=resources),
            )
        )
    return mark_safe("\n".join(rows))  # noqa: S308  every part is escaped above


def tree(values: Iterable[Value]) -> SafeString:
    """One level of a tree and what is unfolded below it: a link chooses a value, the sign before it unfolds."""
    resources, below = escape(_("resources")), _("Below %(name)s")

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
            title=escape(bucket.label),
            current=' aria-current="true"' if bucket.selected else "",
            code=CODE.format(code=escape(bucket.code)) if bucket.code else "",
            label=escape(value.label),
            count=COUNT.format(count=escape(value.count), resources=resources),
            children=level(value.children) if value.children else "",
        )

    return mark_safe(level(values))  # noqa: S308  every part is escaped above
