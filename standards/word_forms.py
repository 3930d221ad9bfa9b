"""Words of which a stemmer knows not all forms as one word.

It cuts endings by rule: to it matrices have nothing to do with a matrix, and poetry not with a poem. A verb and the noun of
what it does are one word here, too ("divide", "division"), and a number and its sign: lessons and standards say it in both
ways.
"""

# Each line is one word in all its forms, the one that stands for it first.
ONE = """
absorb absorbs absorbed absorbing absorption
accurate accurately accuracy
add adds added adding addition additions additive
analysis analyses analyze analyzes analyzed analyzing
apply applies applied applying application applications
apprentice apprentices apprenticeship apprenticeships
argument arguments argumentative argue argues argued arguing
astronomy astronomical astronomer astronomers
axis axes
bacteria bacterium bacterial
behave behaves behaved behaving behavior behaviors behavioral
belief beliefs believe believes believed believing
bias biases
biography biographies biographical
biology biological biologically biologist biologists
bisect bisects bisected bisecting bisector bisectors
boycott boycotts boycotted boycotting
build builds building buildings built
bus buses
cactus cacti cactuses
calf calves
campus campuses
carpentry carpenter carpenters
category categories categorize categorizes categorized categorizing categorical
cell cells cellular
census censuses
chemistry chemical chemicals chemically chemist chemists
child children
chorus choruses
circle circles circled circling circular
circulate circulates circulated circulating circulation circulatory
cite cites cited citing citation citations
citizen citizens citizenship
classify classifies classified classifying classification classifications
collide collides collided colliding collision collisions
colony colonies colonial colonize colonizes colonized colonizing colonization colonialism colonist colonists
compare compares compared comparing comparison comparisons
compete competes competed competing competition competitions competitive competitor competitors
complement complements complementary
comprehend comprehends comprehended comprehending comprehension
conclude concludes concluded concluding conclusion conclusions
congruent congruence congruency
continent continents continental
crisis crises
criterion criteria
curious curiously curiosity
curriculum curricula curriculums
cylinder cylinders cylindrical
decide decides decided deciding decision decisions
decompose decomposes decomposed decomposing decomposition decompositions
define defines defined defining definition definitions
democracy democracies democratic
dense density densities
dentist dentists dental dentistry
describe describes described describing description descriptions descriptive
develop develops developed developing development developments developmental developmentally
dialogue dialogues dialog dialogs
dice die
dimension dimensions dimensional
discover discovers discovered discovering discovery discoveries
divide divides divided dividing division divisions
drama dramas dramatic dramatically dramatize dramatizes dramatized dramatizing
draw draws drew drawn drawing drawings
dry dries dried drying dryer
economy economies economic economics economical
egypt egyptian egyptians
eight eights 8 8s
elect elects elected electing election elections electoral
eleven 11
ellipse ellipses elliptical
employ employs employed employing employment employer employers employee employees
entrepreneur entrepreneurs entrepreneurial entrepreneurship
environment environments environmental environmentally environmentalist environmentalists
erode erodes eroded eroding erosion
evolve evolves evolved evolving evolution
expand expands expanded expanding expansion expansions
explain explains explained explaining explanation explanations explanatory
extend extends extended extending extension extensions
farm farms farmed farming farmer farmers
finance finances financed financing financial financially
five fives 5 5s
fluent fluently fluency
fly flies flying flew flown
focus foci focuses focused focusing
foot feet
forest forests forestry
four fours 4 4s
freeze freezes freezing froze frozen
friend friends friendship friendships
fungus fungi funguses
gas gases
gene genes genetic genetics genetically
geography geographic geographical
geology geologic geological geologist geologists
geometry geometric geometrical geometrically
glacier glaciers glacial glaciation
goose geese
govern governs governed governing government governments governmental
gravity gravitation gravitational
gray grey
grow grows grew grown growing growth
half halves
health healthy healthier healthiest
heredity hereditary
history histories historic historical historically
hundred hundreds 100 100s
hypothesis hypotheses hypothesize hypothesizes hypothesized hypothesizing
identify identifies identified identifying identification
improvise improvises improvised improvising improvisation improvisations improvisational improv
index indices indexes
infer infers inferred inferring inference inferences inferential inferencing
influence influences influenced influencing influential
intern interns internship internships
introduce introduces introduced introducing introduction introductions introductory
irony ironies ironic ironically
judgment judgments judgement judgements
justify justifies justified justifying justification justifications
knife knives
larva larvae larval
leader leaders leadership
leaf leaves
lens lenses
literature literatures literary
locus loci
man men
matrix matrices
maximum maxima maximums maximize maximizes maximized maximizing
medicine medicines medical medically medicinal
mentor mentors mentored mentoring mentorship
minimum minima minimums minimize minimizes minimized minimizing
mitochondria mitochondrion mitochondrial
molecule molecules molecular
mouse mice
multiply multiplies multiplied multiplying multiplication multiplicative
muscle muscles muscular
music musical musically musician musicians
myth myths mythology mythological
narrative narratives narrate narrates narrated narrating narration
nerve nerves nervous
nine nines 9 9s
nucleus nuclei
nutrition nutritional nutritious
octopus octopuses octopi
one ones 1 1s
parabola parabolas parabolic
parenthesis parentheses
percent percents percentage percentages
persuade persuades persuaded persuading persuasion persuasive
phenomenon phenomena
philosophy philosophies philosophical philosopher philosophers
photograph photographs photographed photographing photography photographer photographers photographic
planet planets planetary
plumb plumbing plumber plumbers
poem poems poetry poetic
polyhedron polyhedrons polyhedra
president presidents presidential presidency presidencies
private privately privacy
profession professions professional professionals professionally professionalism
program programs programmed programming programmer programmers
pronounce pronounces pronounced pronouncing pronunciation
proof proofs prove proves proved proving proven
proportion proportions proportional proportionally proportionality proportionate proportionately
quiz quizzes
quote quotes quoted quoting quotation quotations
radius radii
react reacts reacted reacting reaction reactions
recognize recognizes recognized recognizing recognition
rectangle rectangles rectangular
reduce reduces reduced reducing reduction reductions
religion religions religious
represent represents represented representing representation representations
reproduce reproduces reproduced reproducing reproduction
respiration respiratory
respond responds responded responding response responses
revolution revolutions revolutionary
rome roman romans
safe safely safer safest safety
sediment sediments sedimentary sedimentation
sequence sequences sequenced sequencing sequential sequentially
seven sevens 7 7s
shelf shelves
simplify simplifies simplified simplifying simplification
six sixes 6 6s
skeleton skeletons skeletal
sky skies
slave slaves slavery
solve solves solved solving solution solutions solver solvers
spectrum spectra
sphere spheres spherical
status statuses
stimulus stimuli
summary summaries summarize summarizes summarized summarizing
symmetry symmetries symmetric symmetrical
synthesis syntheses synthesize synthesizes synthesized synthesizing
tax taxes taxed taxation
teach teaches teaching teachings taught
ten tens 10 10s
theater theaters theatre theatres
theme themes thematic
theory theories theoretical theoretically
thesis theses
thousand thousands 1000 1000s
three threes 3 3s
tide tides tidal
tooth teeth
tourism tourist tourists
triangle triangles triangular
tribe tribes tribal
trigonometry trigonometric
twelve 12
twenty 20
two twos 2 2s
usa u.s u.s.a
vary varies varied varying variation variations
vertex vertices
veterinary veterinarian veterinarians
virus viruses viral
volcano volcanoes volcanos volcanic
vote votes voted voting voter voters
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
