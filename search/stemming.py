"""Words that the engine's English stemmer takes for kin and are not, and forms of one word that it does not know as one.

It cuts endings by rule: to it an experiment is an experience, and "adding" is not to "add". What is one word in several
forms is told by `standards.word_forms`; what has the very word is lifted by `text.AS_TYPED_BOOST`.
"""

from standards.word_forms import ONE

# Each line is a word of its own in all forms that stand in it, the first of them the one that is kept.
# What the stemmer takes for another word, in parentheses.
APART = """
activity activities (active)
additional (addition)
animation animations animated animate animates animator animators (animal)
associative (association)
authority authorities (author)
civilization civilizations (civil)
community communities (communication)
complexity complexities (complex)
composite composites (composition)
comprehensive comprehensively (comprehension)
conditional conditionals conditionally (condition)
constitution constitutions constitutional (constitute)
conversion conversions convert converts converted converting (conversation)
currently (current)
denominator denominators (denomination)
digital digitally (digit)
direction directions directional (direct)
distributive (distribution)
edition editions (edit)
effective effectively effectiveness (effect)
engineer engineers engineered engineering (engine)
equator equators equatorial (equation)
evening evenings (even)
experiment experiments experimenting experimental experimentally experimentation (experience)
formation formations (format)
general generally generalize generalizes generalized generalizing generalization generalizations (generate)
humanities (human)
important importance importantly (import)
informal informally (information)
interesting interestingly interested (interest)
internal internally (intern)
international internationally (intern)
likely likelihood (like)
literal literally (liter)
literate (liter)
meaning meanings meaningful meaningfully (mean)
mineral minerals (miner)
news (new)
numeral numerals (numerical)
numerator numerators (numerical)
objective objectives (object)
organic organics organically (organ)
organism organisms (organ)
organize organizes organized organizing organizer organizers organization organizations organizational (organ)
original originally originality originals (origin)
periodic periodically (period)
personal personally (person)
physics physicist physicists (physical)
polite politely politeness (political)
position positions positioned positioning positional (positive)
probability probabilities (probably)
production productions productive productively productivity (product)
responsible responsibly responsibility responsibilities (response)
setting settings (set)
severe severely severity (several)
united unite unites uniting (unit)
universe universes (universal)
university universities (universal)
variability (variable)
"""


def overrides() -> list[str]:
    """The rules of the engine's `stemmer_override`, which comes before its stemmer."""
    lines = [line.partition(" (")[0].split() for table in (APART, ONE) for line in table.strip().splitlines()]
    return [f"{', '.join(forms)} => {forms[0]}" for forms in lines]
