"""Languages as sources write them: tags, names in English or their own, codes of three letters; one, or several."""

import re

from django.conf.locale import LANG_INFO
from django.utils.translation import override

from repository.languages import OTHERS

_MAX_TAG = 35
_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_DIVIDERS = re.compile(r"[;,/|&+()\[\]\n]|\b(?:and|y|et|or)\b", re.I)
# Other names, and the codes of ISO 639-2 for what is met.
_ALSO = {
    "farsi": "fa", "mandarin": "zh", "mandarin chinese": "zh", "castilian": "es", "haitian": "ht", "kreyòl": "ht",
    "asl": "ase", "kiswahili": "sw", "bangla": "bn", "gaelic": "gd", "pilipino": "fil", "ojibwa": "oj",
    "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "zho": "zh", "chi": "zh", "por": "pt",
    "ara": "ar", "rus": "ru", "jpn": "ja", "kor": "ko", "vie": "vi", "hat": "ht", "heb": "he", "hin": "hi", "ita": "it",
    "pol": "pl", "ukr": "uk", "som": "so", "tgl": "tl", "fas": "fa", "per": "fa", "swa": "sw", "urd": "ur", "lat": "la",
}  # fmt: skip
# What is said beside the names of several.
_IGNORED = frozenset({"", "bilingual", "dual language", "both", "languages", "language"})


def _by_name() -> dict[str, str]:
    with override("en"):
        found = {str(name).casefold(): tag for tag, name in OTHERS.items()}
    for tag, info in LANG_INFO.items():
        for name in ("name_local", "name"):
            if name in info:
                found[info[name].casefold()] = tag
    return found | _ALSO


_TAGS = _by_name()


def language(text: str) -> str:
    """A BCP 47 tag of a tag or a language's name; "" for what is neither."""
    text = text.strip()
    for said in (text, _REMARK.sub(" ", text).strip()):
        if named := _TAGS.get(said.casefold()):
            return _written(named)
    return _written(text) if _BCP47.match(text) and len(text) <= _MAX_TAG else ""


def languages(text: str) -> tuple[list[str], list[str]]:
    """The tags of all languages that a text names, and what else it names."""
    if whole := language(text):
        return [whole], []
    parts = [part.strip() for part in _DIVIDERS.split(text)]
    if len(parts) == 1 and all(word.casefold() in _TAGS for word in text.split()):
        parts = text.split()
    tags = {part: _one_of_several(part) for part in parts}
    others = [part for part, tag in tags.items() if not tag and part.casefold() not in _IGNORED]
    return list(dict.fromkeys(filter(None, tags.values()))), others or ([] if any(tags.values()) else [text])


def _one_of_several(part: str) -> str:
    """A tag only where it is one that is known: any word of two or three letters could be one."""
    tag = language(part)
    first = tag.partition("-")[0]
    return tag if first in LANG_INFO or first in OTHERS else ""


def _written(tag: str) -> str:
    """zh-Hant and en-US, as BCP 47 has it; Django writes them small."""
    first, *rest = re.split(r"[-_]", tag)
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])
