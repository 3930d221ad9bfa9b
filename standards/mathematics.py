r"""LaTeX as MathML, which every browser draws and reads aloud without a script.

`standards.text.to_html` leaves formulas as they were written, inside `<span class="math">`; this draws them.
"""

import re
from html import unescape
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


def draw_formulas(html: SafeString) -> SafeString:
    """The same HTML with its formulas as MathML. One that cannot be read stays as it was written."""
    return mark_safe(_FORMULA.sub(_draw, html))  # noqa: S308  what replaces a formula is escaped by tostring


def _draw(match: re.Match[str]) -> str:
    source = unescape(match[1])
    for opening, closing in _DELIMITERS:
        if source.startswith(opening) and source.endswith(closing):
            formula = source[len(opening) : len(source) - len(closing)]
            try:
                tree = convert_to_element(formula, display="block" if opening in ("$$", r"\[") else "inline")
            except Exception:  # noqa: BLE001  it raises a dozen kinds for what is not LaTeX
                return match[0]
            return tostring(_clean(tree), encoding="unicode", short_empty_elements=False)
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
