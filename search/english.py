"""The words of English, from a dictionary: what stands in it is spelled as meant, though no resource has it."""

from functools import cache

from spellchecker import SpellChecker


def is_english(word: str) -> bool:
    return word.lower() in _words()


# Seen so often in the texts that the dictionary was made of: "trig" and "pant" are in it, too.
COMMON = 2_000


@cache
def _words() -> frozenset[str]:
    """13,000, which takes a fifth of a second: when the first word is in doubt."""
    counted = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, times in counted.items() if times >= COMMON)
