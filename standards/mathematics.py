r"""LaTeX as MathML, which every browser draws and reads aloud without a script.

`standards.text.to_html` leaves formulas as they were written, inside `<span class="math">`; this draws them.
"""

import re
from functools import partial
from html import unescape
from itertools import zip_longest
from xml.etree.ElementTree import Element, tostring

from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert_to_element

_FORMULA = re.compile(r'<span class="math">(.*?)</span>', re.S)
_DELIMITERS = (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$"))
# MathML Core without links, scripts and styles: the converter also knows \href and \style, which authors may not use.
_TAGS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts none mtable mtr mtd mpadded mphantom menclose mstyle".split()
)
_ATTRIBUTES = frozenset(
    "xmlns display displaystyle scriptlevel stretchy fence separator form lspace rspace width height depth linethickness "
    "accent accentunder mathvariant columnalign rowspacing columnspacing columnlines rowlines notation minsize maxsize "
    "movablelimits symmetric largeop columnspan rowspan".split()
)

# What stands between the parts of such an element in one line.
_BETWEEN = {"mfrac": "/", "msup": "^", "msub": "_", "munder": "_", "msubsup": "_^", "munderover": "_^"}
_POWERS = {"2": "²", "3": "³"}


def draw_formulas(html: SafeString, *, in_a_name: bool = False) -> SafeString:
    """The same HTML with its formulas as MathML. One that cannot be read stays as it was written.

    in_a_name: of a link, a button, an option. Browsers leave MathML out of what these are called, so it says what it is.
    """
    drawn = _FORMULA.sub(partial(_draw, in_a_name), html)
    return mark_safe(drawn)  # noqa: S308  what replaces a formula is escaped by tostring


def _draw(in_a_name: bool, match: re.Match[str]) -> str:
    source = unescape(match[1])
    for opening, closing in _DELIMITERS:
        if source.startswith(opening) and source.endswith(closing):
            formula = source[len(opening) : len(source) - len(closing)]
            try:
                tree = convert_to_element(formula, display="block" if opening in ("$$", r"\[") else "inline")
            except Exception:  # noqa: BLE001  it raises a dozen kinds for what is not LaTeX
                return match[0]
            drawn = _clean(tree)
            if in_a_name:
                drawn.set("aria-label", _in_words(drawn))
            return tostring(drawn, encoding="unicode", short_empty_elements=False)
    return match[0]


def _clean(element: Element) -> Element:
    """Known tags and attributes only. The converter writes entities into texts, which would be escaped twice."""
    clean = Element(element.tag if element.tag in _TAGS else "mrow")
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES:
            clean.set(name, unescape(value))
    clean.text = unescape(element.text or "")
    clean.tail = unescape(element.tail or "")
    clean.extend(_clean(child) for child in element)
    return clean


def _in_words(element: Element) -> str:
    """A formula in one line, as one would type it: 1/4, x², √2, (a + b)/2."""
    parts = [words for child in element if (words := _in_words(child))]
    if not parts:
        return (element.text or "").strip()
    if element.tag == "msup" and parts[-1] in _POWERS:
        return _bracketed(parts[0]) + _POWERS[parts[-1]]
    if signs := _BETWEEN.get(element.tag):
        return "".join(f"{_bracketed(part)}{sign}" for part, sign in zip_longest(parts, signs, fillvalue=""))
    if element.tag == "mroot":
        return f"{parts[-1]}√{_bracketed(parts[0])}"
    words = " ".join(parts)
    return f"√{_bracketed(words)}" if element.tag == "msqrt" else words


def _bracketed(words: str) -> str:
    return f"({words})" if " " in words else words
