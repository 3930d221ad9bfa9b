"""Words of which a stemmer knows not all forms as one word.

It cuts endings by rule: to it matrices have nothing to do with a matrix, and poetry not with a poem. A verb and the noun of
what it does are one word here, too ("divide", "division"): lessons and standards say it in both ways.
"""

# Each line is one word in all its forms, the one that stands for it first.
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

_FORMS = {form: tuple(line.split()) for line in ONE.strip().splitlines() for form in line.split()}


def as_tsquery(word: str, *, unfinished: bool = False) -> str:
    """The database's raw query for a word in any of its forms; unfinished: and for what begins with it."""
    quoted = word.replace("'", "''")
    forms = [form for form in _FORMS.get(word.lower(), ()) if form != word]
    ways = [f"'{quoted}':*" if unfinished else f"'{quoted}'", *(f"'{form}'" for form in forms)]
    return f"({' | '.join(ways)})"
