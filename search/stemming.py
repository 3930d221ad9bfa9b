"""Words that the engine's English stemmer takes for kin and are not, and forms of one word that it does not know as one.

It cuts endings by rule: to it an experiment is an experience, and matrices have nothing to do with a matrix.
"""

# Each line is a word of its own in all forms that stand in it, the first of them the one that is kept.
# What the stemmer takes for another word, in parentheses.
APART = """
additional (addition)
animation animations animated animate animates animator animators (animal)
associative (association)
authority authorities (author)
civilization civilizations (civil)
community communities (communication)
complexity complexities (complex)
composite composites (composition)
comprehensive comprehensively (comprehension)
constitution constitutions constitutional (constitute)
conversion conversions (conversation)
denominator denominators (denomination)
digital digitally (digit)
distributive (distribution)
effective effectively effectiveness (effect)
equator equators equatorial (equation)
evening evenings (even)
experiment experiments experimenting experimental experimentally experimentation (experience)
formation formations (format)
general generally generalize generalizes generalized generalizing generalization generalizations (generate)
humanities (human)
important importance importantly (import)
informal informally (information)
internal internally (intern)
international internationally (intern)
literal literally (liter)
literate (liter)
meaning meanings meaningful meaningfully (mean)
mineral minerals (miner)
news (new)
numeral numerals (numerical)
numerator numerators (numerical)
objective objectives (object)
organism organisms (organ)
organize organizes organized organizing organizer organizers organization organizations organizational (organ)
original originally originality originals (origin)
periodic periodically (period)
physics physicist physicists (physical)
polite politely politeness (political)
position positions positioned positioning positional (positive)
production productions productive productively productivity (product)
severe severely severity (several)
united unite unites uniting (unit)
universe universes (universal)
university universities (universal)
"""
ONE = """
analysis analyses
axis axes
bacteria bacterium
bias biases
bus buses
cactus cacti cactuses
calf calves
campus campuses
census censuses
child children
chorus choruses
crisis crises
criterion criteria
curriculum curricula curriculums
dice die
focus foci focuses focused focusing
foot feet
fungus fungi funguses
gas gases
goose geese
gray grey
half halves
hypothesis hypotheses
index indices indexes
judgment judgments judgement judgements
knife knives
leaf leaves
lens lenses
locus loci
man men
matrix matrices
maximum maxima
minimum minima
mouse mice
nucleus nuclei
octopus octopuses octopi
parenthesis parentheses
phenomenon phenomena
quiz quizzes
radius radii
shelf shelves
spectrum spectra
status statuses
stimulus stimuli
synthesis syntheses
theater theaters theatre theatres
thesis theses
tooth teeth
vertex vertices
virus viruses
wolf wolves
woman women
"""


def overrides() -> list[str]:
    """The rules of the engine's `stemmer_override`, which comes before its stemmer."""
    lines = [line.partition(" (")[0].split() for table in (APART, ONE) for line in table.strip().splitlines()]
    return [f"{', '.join(forms)} => {forms[0]}" for forms in lines]
