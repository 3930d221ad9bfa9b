"""Long text of standards and resources: Markdown, with the HTML and LaTeX that sources put into it.

`to_html` is for pages, `to_plain` for the index, titles and messages. What comes out of `to_html` is
sanitised, whatever went in.
"""

import re
from html import escape, unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

INLINE_TAGS = frozenset(
    "a abbr b bdi br cite code del dfn em i ins kbd mark q s small span strong sub sup u var".split()
)
BLOCK_TAGS = frozenset(
    "blockquote caption dd div dl dt h3 h4 h5 h6 hr li ol p pre table tbody td tfoot th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
URL_SCHEMES = frozenset(("http", "https", "mailto"))
# Tags that sources do use but we drop: as tags, not as text that looks like one.
DROPPED_TAGS = frozenset(
    "article audio body button center details embed figcaption figure font footer form h1 h2 head header "
    "html iframe img input link main math meta nav object script section source style summary svg title "
    "video".split()
)
# Headings of a text stand below the page's title and the section's heading.
HEADING_SHIFT = 2

_TAG = re.compile(
    r"""</?([A-Za-z][A-Za-z0-9]*)(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))*\s*/?>"""
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_BLOCK_END = re.compile(
    r"</(?:p|div|li|tr|td|th|h[1-6]|dt|dd|blockquote|pre|caption)>|<(?:br|hr)\s*/?>", re.I
)
_TABLE_RULE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{3,}:?[ \t]*\|[ \t|:-]*\r?$", re.M)
# As in Pandoc: no space inside the dollars and no digit after them, so that "$5 or $10" stays money.
_DOLLARS = re.compile(r"(?<!\\)\$(?![\s$])((?:\\.|[^$\\\n])*?)(?<!\s)\$(?!\d)")
_DOUBLE_DOLLARS = re.compile(r"\$\$(.+?)\$\$", re.S)
_BRACKETS = {"\\(": "\\)", "\\[": "\\]"}
_FORMULA_BEGINS = re.compile(r"\$|\\[(\[]")
# A bare address, which pages show as a link. Trimmed of what belongs to the sentence around it: see `_address_in`. Not by
# linkify-it-py: it takes `”` and `&amp;` into the address, leaves the HTML of sources out, and minutes for a text of colons.
_ADDRESS = re.compile(r"https?://[\w\[][^\s<>\"`“”„«»‘’。，、）]{0,2000}", re.I)
_SCHEME = re.compile(r"(?<![\w.+-])https?\Z", re.I)
_AFTER_AN_ADDRESS = ".,:;!?*_~'…"
_BRACKETS_AROUND = {")": "(", "]": "["}
_NO_LINKS_IN = frozenset(("a", "code", "kbd", "pre"))
MAX_FORMULA = 10_000
"""Characters between brackets. Without a limit, a text of opening ones alone would be read to its end for each of them."""


def _math(state: StateInline, silent: bool) -> bool:
    """Take LaTeX as one piece, so that Markdown does not read its underscores and stars as emphasis."""
    if state.src[state.pos] not in "$\\" or not (end := _end_of_formula(state.src, state.pos)):
        return False
    if not silent:
        state.push("math", "", 0).content = state.src[state.pos : end]
    state.pos = end
    return True


def _end_of_formula(text: str, start: int) -> int:
    """Where the formula ends that begins at `start`; 0 where none does."""
    for pattern in (_DOUBLE_DOLLARS, _DOLLARS):
        if match := pattern.match(text, start):
            return match.end()
    closing = _BRACKETS.get(text[start : start + 2])
    end = text.find(closing, start + 3, start + MAX_FORMULA) if closing else -1
    return end + 2 if end > 0 else 0


def _render_math(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f'<span class="math">{escape(tokens[index].content, quote=False)}</span>'


def _address_in(found: str) -> str:
    """The address without the full stop, the bracket or the stars that follow it."""
    while found:
        last = found[-1]
        opening = _BRACKETS_AROUND.get(last)
        is_around = opening is not None and found.count(last) > found.count(opening)
        if not is_around and last not in _AFTER_AN_ADDRESS:
            break
        found = found[:-1]
    return found if _ADDRESS.match(found) else ""


def _bare_address(state: StateInline, silent: bool) -> bool:
    """Take an address as one piece, and as a link where they are asked for (`links` in the environment of a rendering).

    What stands before the colon is known here only while text is read, not while the end of `[words](address)` is looked
    for: so an address in such words does not run over that end.
    """
    if silent or state.linkLevel or not state.src.startswith("://", state.pos) or not state.env.get("links"):
        return False
    scheme = _SCHEME.search(state.pending[-6:])  # all of it would be read again from each colon
    found = scheme and _ADDRESS.match(state.src, state.pos - len(scheme.group()))
    address = _address_in(found.group()) if found else ""
    if not scheme or not address:
        return False
    words = unescapeAll(address)  # as everywhere in Markdown: `&amp;`, and `\_` of programs that write it
    href = state.md.normalizeLink(words)
    if not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme.group())]
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.info, opening.markup = {"href": href}, "auto", "bare"
    state.push("text", "", 0).content = words
    state.push("link_close", "a", -1).markup = "bare"
    state.pos += len(address) - len(scheme.group())
    return True


def _with_links(plain: str) -> str:
    """The HTML of a piece of text."""
    pieces, done = [], 0
    for match in _ADDRESS.finditer(plain):
        if address := _address_in(match.group()):
            words = escape(address, quote=False)
            pieces.append(escape(plain[done : match.start()], quote=False))
            pieces.append(f'<a href="{escape(address)}" class="bare">{words}</a>')
            done = match.start() + len(address)
    return "".join([*pieces, escape(plain[done:], quote=False)])


def _render_html(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Let real HTML through to the sanitiser, and keep `0 <y and y> 1` as the text that it is."""
    known = INLINE_TAGS | BLOCK_TAGS | DROPPED_TAGS
    content = _COMMENT.sub("", tokens[index].content)
    pieces, end = [], 0

    def text(piece: str) -> str:
        has_links = env.get("links") and not env.get("inside") and tokens[index].type == "html_block"
        return _with_links(unescape(piece)) if has_links else escape(unescape(piece), quote=False)

    for match in _TAG.finditer(content):
        pieces.append(text(content[end : match.start()]))
        tag, name = match.group(0), match.group(1).lower()
        pieces.append(tag if name in known else escape(tag, quote=False))
        if name in _NO_LINKS_IN:
            env["inside"] = max(0, env.get("inside", 0) + (-1 if tag.startswith("</") else 1))
        end = match.end()
    pieces.append(text(content[end:]))
    return "".join(pieces)


def _render_image(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Link to a picture from elsewhere: shown in place, it would tell that server who reads this page."""
    token = tokens[index]
    href = escape(str(token.attrGet("src") or ""))
    return f'<a href="{href}">{escape(token.content) or href}</a>'


def _lower_headings(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    token.tag = f"h{min(6, int(token.tag[1]) + HEADING_SHIFT)}"
    return renderer.renderToken(tokens, index, options, env)


def _render_link(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Tell a link whose words are its address (`<https://example.org>`): paper need not say where it leads."""
    if tokens[index].markup == "bare" and env.get("inside"):
        return ""
    if tokens[index].info == "auto" and tokens[index].nesting == 1:
        tokens[index].attrSet("class", "bare")
    return renderer.renderToken(tokens, index, options, env)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    # Statements indented in a spreadsheet are not program code.
    parser.disable("code")
    parser.inline.ruler.before("escape", "math", _math)
    # Without this the text rule would run past a dollar sign.
    parser.inline.add_terminator_char("$")
    parser.add_render_rule("math", _render_math)
    parser.add_render_rule("html_inline", _render_html)
    parser.add_render_rule("html_block", _render_html)
    parser.add_render_rule("image", _render_image)
    parser.inline.ruler.before("newline", "bare_address", _bare_address)
    parser.add_render_rule("link_open", _render_link)
    parser.add_render_rule("link_close", _render_link)
    parser.add_render_rule("heading_open", _lower_headings)
    parser.add_render_rule("heading_close", _lower_headings)
    return parser


_MARKDOWN = _parser()


def to_html(text: str, *, inline: bool = False, links: bool = False) -> SafeString:
    """Sanitised HTML of a Markdown text. LaTeX stays as it is, inside `<span class="math">`.

    inline: without paragraphs, for a heading, a link or a table's cell. links: a bare address is one, too; not for what may
    stand in a link.
    """
    env = {"links": links}
    if inline:
        # The cells of a table become words in a row: its pipes would only be noise.
        has_table = _TABLE_RULE.search(text)
        html = (
            _MARKDOWN.render(text, env) if has_table else _MARKDOWN.renderInline(" ".join(text.split()), env)
        )
        html = _BLOCK_END.sub(r"\g<0> ", html)
    else:
        html = _MARKDOWN.render(text, env)
    clean = nh3.clean(
        html,
        tags=INLINE_TAGS if inline else INLINE_TAGS | BLOCK_TAGS,
        attributes=ATTRIBUTES,
        allowed_classes={"span": {"math"}, "a": {"bare"}},
        url_schemes=URL_SCHEMES,
        link_rel="noopener nofollow",
    )
    return mark_safe(clean.strip())  # noqa: S308  nh3 has just sanitised it


def mark_formulas(plain: str) -> SafeString:
    """What `to_plain` gives as HTML: its LaTeX inside `<span class="math">`, as `to_html` has it."""
    pieces, done = [], 0
    for match in _FORMULA_BEGINS.finditer(plain):
        start = match.start()
        if start >= done and (end := _end_of_formula(plain, start)):
            formula = f'<span class="math">{escape(plain[start:end], quote=False)}</span>'
            pieces += [escape(plain[done:start]), formula]
            done = end
    return mark_safe("".join([*pieces, escape(plain[done:])]))  # noqa: S308  every part is escaped


# Whatever could be markup, in a line or at its beginning, or what a sanitiser takes out. Rather too much than too little.
# Three looks: as one pattern they take six times as long. None goes past the end of a line, or thousands of empty ones
# would be read again from each.
_MARKUP = re.compile(r"[<>&*_`\[\]\\$~|\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LEADING = re.compile(r"\s*(?:[-+#=:]|\d+[.)])")
_LEADING_BELOW = re.compile(r"\n[^\S\n]*(?:[-+#=:]|\d+[.)])")


def to_plain(text: str) -> str:
    """The words of a Markdown text on one line, without markup; LaTeX stays as it is."""
    # Most texts have no markup. It is a hundredth of the work, which counts where everything is indexed.
    if _MARKUP.search(text) or _LEADING.match(text) or _LEADING_BELOW.search(text):
        return _without_markup(text)
    return " ".join(text.split())


def _without_markup(text: str) -> str:
    spaced = _BLOCK_END.sub(r"\g<0> ", to_html(text))
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())
