"""The words of English, Spanish and French, from dictionaries: what stands in one is spelled as meant, though no resource
has it. Each dictionary is read when the first word is in doubt.
"""

import re
from functools import cache

from spellchecker import SpellChecker

from search.lexicon import plain
from search.padding import SPANISH
from search.words import SAY_NOTHING

# Seen so often in the texts that the dictionary was made of: "trig" and "pant" are in the English one, too. So few of a
# hundred typing errors of English words are words of the others.
COMMON = {"en": 2_000, "es": 300, "fr": 1_000}
_OTHERS = ("es", "fr")
_WORD = re.compile(r"[^\W\d_]+")


def is_english(word: str) -> bool:
    return plain(word) in _words("en")


def foreign_words(text: str) -> dict[str, str]:
    """The words of another language in a text that is not in English, each with its language, with or without its accents,
    and plurals of such. A text is in another where it has accents or words such as "de", or none of its words is English:
    in "moon fases" there is a slip."""
    said = _WORD.findall(text)
    telling = [word for word in said if plain(word) not in SAY_NOTHING | SPANISH]
    if (
        not any(map(is_english, telling))
        or any(plain(word) in SPANISH for word in said)
        or not text.isascii()
    ):
        return {word: language for word in telling if (language := _language(word))}
    return {}


def _language(word: str) -> str:
    """Of a word that is none of English."""
    if is_english(word):
        return ""
    forms = {folded := plain(word), folded.removesuffix("s"), folded.removesuffix("es")}
    return next((language for language in _OTHERS if not forms.isdisjoint(_words(language))), "")


@cache
def _words(language: str) -> frozenset[str]:
    """7,000 to 15,000, which takes up to half a second."""
    counted = SpellChecker(language=language).word_frequency.dictionary
    return frozenset(plain(word) for word, times in counted.items() if times >= COMMON[language])
