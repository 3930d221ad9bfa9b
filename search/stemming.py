"""Words that the engine's English stemmer takes for kin and are not, and forms of one word that it does not know as one.

It cuts endings by rule: to it an experiment is an experience, matrices have nothing to do with a matrix, and "adding" is not
to "add". A verb and the noun of what it does are one word here, too ("divide", "division"): lessons and standards say it in
both ways. What has the very word is lifted by `text.AS_TYPED_BOOST`.
"""

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
ONE = """
accurate accurately accuracy
add adds added adding addition additions additive
analysis analyses analyze analyzes analyzed analyzing
apply applies applied applying application applications
apprentice apprentices apprenticeship apprenticeships
argument arguments argumentative argue argues argued arguing
astronomy astronomical astronomer astronomers
axis axes
bacteria bacterium
behave behaves behaved behaving behavior behaviors behavioral
bias biases
biography biographies biographical
bisect bisects bisected bisecting bisector bisectors
boycott boycotts boycotted boycotting
build builds building buildings built
bus buses
cactus cacti cactuses
calf calves
campus campuses
carpentry carpenter carpenters
category categories categorize categorizes categorized categorizing
census censuses
child children
chorus choruses
cite cites cited citing citation citations
citizen citizens citizenship
classify classifies classified classifying classification classifications
collide collides collided colliding collision collisions
colony colonies colonial colonize colonizes colonized colonizing colonization colonist colonists
compare compares compared comparing comparison comparisons
comprehend comprehends comprehended comprehending comprehension
conclude concludes concluded concluding conclusion conclusions
congruent congruence congruency
crisis crises
criterion criteria
curriculum curricula curriculums
decide decides decided deciding decision decisions
decompose decomposes decomposed decomposing decomposition decompositions
define defines defined defining definition definitions
democracy democracies democratic
describe describes described describing description descriptions descriptive
dice die
dimension dimensions dimensional
discover discovers discovered discovering discovery discoveries
divide divides divided dividing division divisions
draw draws drew drawn drawing drawings
economy economies economic economics economical
entrepreneur entrepreneurs entrepreneurial entrepreneurship
erode erodes eroded eroding erosion
evolve evolves evolved evolving evolution
expand expands expanded expanding expansion expansions
explain explains explained explaining explanation explanations explanatory
extend extends extended extending extension extensions
fluent fluently fluency
focus foci focuses focused focusing
foot feet
friend friends friendship friendships
fungus fungi funguses
gas gases
geography geographic geographical
geometry geometric geometrical
goose geese
gravity gravitation gravitational
gray grey
grow grows grew grown growing growth
half halves
health healthy healthier healthiest
history histories historic historical historically
hypothesis hypotheses hypothesize hypothesizes hypothesized hypothesizing
identify identifies identified identifying identification
index indices indexes
intern interns internship internships
introduce introduces introduced introducing introduction introductions introductory
judgment judgments judgement judgements
justify justifies justified justifying justification justifications
knife knives
leader leaders leadership
leaf leaves
lens lenses
literature literatures literary
locus loci
man men
matrix matrices
maximum maxima maximums
mentor mentors mentored mentoring mentorship
minimum minima minimums
molecule molecules molecular
mouse mice
multiply multiplies multiplied multiplying multiplication multiplicative
myth myths mythology mythological
nucleus nuclei
nutrition nutritional nutritious
octopus octopuses octopi
parenthesis parentheses
percent percents percentage percentages
persuade persuades persuaded persuading persuasion persuasive
phenomenon phenomena
poem poems poetry poetic
private privately privacy
program programs programmed programming programmer programmers
proof proofs prove proves proved proving proven
proportion proportions proportional proportionally proportionality proportionate proportionately
quiz quizzes
radius radii
react reacts reacted reacting reaction reactions
recognize recognizes recognized recognizing recognition
rectangle rectangles rectangular
reduce reduces reduced reducing reduction reductions
religion religions religious
represent represents represented representing representation representations
reproduce reproduces reproduced reproducing reproduction
respond responds responded responding response responses
revolution revolutions revolutionary
safe safely safer safest safety
shelf shelves
simplify simplifies simplified simplifying simplification
slave slaves slavery
spectrum spectra
status statuses
stimulus stimuli
summary summaries summarize summarizes summarized summarizing
symmetry symmetries symmetric symmetrical
synthesis syntheses synthesize synthesizes synthesized synthesizing
teach teaches teaching teachings taught
theater theaters theatre theatres
thesis theses
tooth teeth
triangle triangles triangular
trigonometry trigonometric
vertex vertices
virus viruses
volcano volcanoes volcanos volcanic
weigh weighs weighed weighing weight weights
weld welds welded welding welder welders
wolf wolves
woman women
write writes writing writings wrote written
"""


def overrides() -> list[str]:
    """The rules of the engine's `stemmer_override`, which comes before its stemmer."""
    lines = [line.partition(" (")[0].split() for table in (APART, ONE) for line in table.strip().splitlines()]
    return [f"{', '.join(forms)} => {forms[0]}" for forms in lines]
