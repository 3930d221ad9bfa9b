"""A resource at a glance as HTML, and the code of a standard. A page shows twenty and more that were not shown before, and
Django's templates (Jinja hardly less) take ten times as long for each.

Everything that goes in is escaped here, unless it is safe already.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from repository.cards import other_language, spoken
from standards.mathematics import draw_formulas
from standards.text import mark_formulas

MAX_CODE = 40  # characters
HEARD = '<span class="visually-hidden">{words} </span>'

Get = Callable[[str], Any]
Said = Mapping[str, str]  # see `_said`


def card(card: Any, *, small: bool = False, heading: str = "h3") -> SafeString:
    """A card of a dict or dataclass that was made without a database query.

    title, url, summary        text; url is the resource's page
    title_html, highlights     optional safe HTML with <mark>: the title, and passages that match (in place of the summary)
    language                   that the title and the summary are in, as BCP 47 has it; named where the page is in another
    kind                       its word ("Lesson")
    grades                     its words ("Grades 5 to 6")
    subjects                   [{slug, label}]
    levels                     [words] of the competency levels
    duration                   words ("45 minutes")
    modalities                 [words]
    standards                  [{code, statement, url, matched, relation, level, disputed}], those that match first
    more_standards             how many more there are, or 0
    author, school, district   words
    reviewed_by, reviewed_on   name and date, or nothing
    licence, may_adapt         "CC BY 4.0", true or false
    audience, audience_label   slug and words; nothing is shown for "public"
    why                        [words]: why it is in this list
    picked                     true where coordinators picked it for the query
    versions                   [{title, url, author, school, district, reviewed}] nearly the same, which it stands for;
    more_versions              how many more there are, or 0
    number_of_versions         how many they are in all, with itself
    is_link                    true for a resource kept elsewhere; `site` is then its host name

    small: for a grid. heading: h2 to h4.
    """
    get = _getter(card)
    language = get_language()
    spoken_in, said = spoken(get("language"), language), _said(language)
    parts = [
        f'<article class="card{" card--small" if small else ""}">\n<p class="card__top">{_top(get, said, language)}</p>\n',
        f'<{heading} class="card__title"{spoken_in}><a href="{_text(get("url"))}">',
        f"{_text(get('title_html') or get('title'))}</a></{heading}>\n",
    ]
    if passages := get("highlights"):
        parts.append(f'<p class="card__summary"{spoken_in}>{" … ".join(map(_text, passages))}</p>\n')
    elif summary := get("summary"):
        parts.append(f'<p class="card__summary"{spoken_in}>{_text(summary)}</p>\n')
    parts += [
        f'<ul class="card__facts">{_facts(get, said)}</ul>\n',
        _standards(get, said, language),
        _versions(get, said, language),
        _why(get, said),
        f'<p class="card__foot">{_foot(get, said, language)}</p>\n</article>',
    ]
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped


def code(
    *,
    code: str = "",
    statement: str = "",
    url: str = "",
    matched: bool = False,
    relation: str = "",
    level: str = "",
    framework: str = "",
    disputed: bool = False,
    words_beside: bool = False,
) -> SafeString:
    """A standard's code, never without its words; one without a code shows the start of its words.

    statement: as `standards.text.to_plain` gives it; its formulas are drawn. matched: the search asked for it. relation,
    level, framework: words. disputed: by a reviewer. words_beside: the statement is beside it too, and heard there.
    """
    return _code(
        get_language(), code, statement, url, matched, relation, level, framework, disputed, words_beside
    )


# The resources of one search share their standards. Text that is safe already is another than the same that is not.
@lru_cache(maxsize=4096, typed=True)
def _code(
    language: str | None,
    code: str,
    statement: str,
    url: str,
    matched: bool,
    relation: str,
    level: str,
    framework: str = "",
    disputed: bool = False,
    words_beside: bool = False,
) -> SafeString:
    said = _said(language)
    name = code or statement
    short = _text(name if len(name) <= MAX_CODE else f"{name[: MAX_CODE - 1]}…")
    heard = ' aria-hidden="true"' if words_beside and code else ""
    if not code:
        short = f'<span aria-hidden="true">{short}</span>'
    check = f'{_icon("check")}<span class="visually-hidden">{said["matches"]}</span>' if matched else ""
    beside = " · ".join(_text(one) for one in (level, said["disputed"] if disputed else "") if one)
    at = f' <span class="code__relation">{beside}</span>' if beside else ""
    words = mark_formulas(statement)
    note = []
    if relation or level:
        note.append(f'<p class="soft">{" · ".join(_text(one) for one in (relation, level) if one)}</p>')
    note.append(f"<p>{draw_formulas(words)}</p>")
    if framework:
        note.append(f'<p class="soft">{_text(framework)}</p>')
    if url:
        opened = escape(said["open"] % {"name": code or said["this standard"]})
        note.append(f'<p><a href="{_text(url)}">{opened}</a></p>')
    html = (
        f'<details class="code{" code--matched" if matched else ""}">\n<summary class="code__code">{check}{short}{at}'
        f'<span class="code__words"{heard}>{draw_formulas(words, in_a_name=True)}</span></summary>\n'
        f'<div class="code__note">{"".join(note)}</div>\n</details>'
    )
    return mark_safe(html)  # noqa: S308  every part is escaped


def _getter(one: Any) -> Get:
    if isinstance(one, Mapping):
        return lambda name: one.get(name, "")
    return lambda name: getattr(one, name, "")


def _text(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


@lru_cache
def _icon(name: str) -> str:
    return render_to_string("components/icon.html", {"name": name}).strip()


@lru_cache(maxsize=1000)
def _subject(slug: str, label: str) -> str:
    return render_to_string("components/subject.html", {"slug": slug, "label": label})


@lru_cache
def _said(language: str | None) -> Said:
    """Looked up once a language."""
    return {
        "matches": escape(_("Matches:")),
        "open": _("Open %(name)s"),
        "this standard": _("this standard"),
        "on": _("On %(site)s"),
        "another site": _("another site"),
        "disputed": _("Disputed in review"),
        "picked": escape(_("Picked by coordinators")),
        "standards": escape(_("Standards")),
        "level": HEARD.format(words=escape(_("Level:"))),
        "setting": HEARD.format(words=escape(_("Setting:"))),
        "reviewed": escape(_("Reviewed")),
        "reviewed on": _("Reviewed %(when)s"),
        "reviewed by": _("Reviewed by %(who)s, %(when)s"),
        "why": escape(_("Why it is here")),
        "adapt": escape(_("you may adapt it")),
        "as it is": escape(_("use as it is")),
    }


@lru_cache
def and_more(number: int, language: str | None) -> str:
    return escape(ngettext("and %(n)s more", "and %(n)s more", number) % {"n": number})


@lru_cache(maxsize=1000)
def _day(day: date, language: str | None) -> str:
    return date_format(day, "M j, Y")


def _fact(icon: str, html: str, tag: str = "span") -> str:
    return f'<{tag} class="card__fact">{_icon(icon)}{html}</{tag}>'


def _top(get: Get, said: Said, language: str | None) -> str:
    parts = []
    for subject in get("subjects") or ():
        one = _getter(subject)
        parts.append(_subject(one("slug"), one("label")))
    if get("picked"):
        parts.append(f'<span class="badge badge--accent">{said["picked"]}</span>')
    parts.append(f"<span>{_text(get('kind'))}</span>")
    if other := other_language(get("language"), language):
        parts.append(f"<span>{_text(other)}</span>")
    if get("is_link"):
        parts.append(_fact("link", escape(said["on"] % {"site": get("site") or said["another site"]})))
    if get("audience") not in ("", "public"):
        parts.append(f'<span class="badge card__end">{_icon("lock")}{_text(get("audience_label"))}</span>')
    return "\n".join(parts)


def _facts(get: Get, said: Said) -> str:
    """What only the picture before them tells of some of these words is said to who does not see it."""
    facts = (
        ("grade", "", get("grades")),
        ("level", said["level"], ", ".join(get("levels") or ())),
        ("clock", "", get("duration")),
        ("people", said["setting"], ", ".join(get("modalities") or ())),
    )
    return "\n".join(_fact(icon, f"{heard}{_text(words)}", "li") for icon, heard, words in facts if words)


def _standards(get: Get, said: Said, language: str | None) -> str:
    standards = get("standards")
    if not standards:
        return ""
    rows = []
    for standard in standards:
        one = _getter(standard)
        shown = _code(
            language,
            one("code"),
            one("statement"),
            one("url"),
            bool(one("matched")),
            one("relation"),
            one("level"),
            disputed=bool(one("disputed")),
        )
        rows.append(f"<li>{shown}</li>")
    if more := get("more_standards"):
        rows.append(f'<li class="soft small">{and_more(more, language)}</li>')
    return f'<ul class="card__standards" aria-label="{said["standards"]}">{"".join(rows)}</ul>\n'


def _versions(get: Get, said: Said, language: str | None) -> str:
    versions = get("versions")
    if not versions:
        return ""
    number = get("number_of_versions")
    summary = escape(ngettext("%(n)s version", "%(n)s versions", number) % {"n": number})
    reviewed = f" · {said['reviewed']}"
    rows = []
    for version in versions:
        one = _getter(version)
        rows.append(
            f'<li><a href="{_text(one("url"))}">{_text(one("title"))}</a> '
            f'<span class="soft">{_who(one)}{reviewed if one("reviewed") else ""}</span></li>'
        )
    if more := get("more_versions"):
        rows.append(f'<li class="soft small">{and_more(more, language)}</li>')
    return f'<details class="card__versions"><summary>{summary}</summary><ul>{"".join(rows)}</ul></details>\n'


def _why(get: Get, said: Said) -> str:
    reasons: Iterable[str] = get("why") or ()
    # That it was picked stands on top.
    said_already = said["picked"] if get("picked") else None
    rows = "".join(f"<li>{text}</li>" for reason in reasons if (text := _text(reason)) != said_already)
    if not rows:
        return ""
    return f'<ul class="card__why" aria-label="{said["why"]}">{rows}</ul>\n'


def _foot(get: Get, said: Said, language: str | None) -> str:
    parts = []
    if who := _who(get):
        parts.append(f"<span>{who}</span>")
    if get("reviewed_on"):
        reviewed_on, by = get("reviewed_on"), get("reviewed_by")
        day = localdate(reviewed_on) if isinstance(reviewed_on, datetime) else reviewed_on
        when = _day(day, language)
        text = said["reviewed by"] % {"who": by, "when": when} if by else said["reviewed on"] % {"when": when}
        parts.append(_fact("review", escape(text)))
    if get("licence"):
        may = said["adapt"] if get("may_adapt") else said["as it is"]
        parts.append(_fact("licence", f"{_text(get('licence'))} · {may}"))
    return "\n".join(parts)


def _who(get: Get) -> str:
    return ", ".join(_text(one) for one in (get("author"), get("school"), get("district")) if one)
