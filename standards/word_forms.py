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
advice advise advises advised advising
allergy allergies allergic
america american americans
analysis analyses analyze analyzes analyzed analyzing
anger angry angrily angrier
anxious anxiously anxiety anxieties
apply applies applied applying application applications
apprentice apprentices apprenticeship apprenticeships
argument arguments argumentative argue argues argued arguing
asia asian asians
astronomy astronomical astronomer astronomers
axis axes
bacteria bacterium bacterial
behave behaves behaved behaving behavior behaviors behavioral
belief beliefs believe believes believed believing
bias biases
big bigger biggest
biography biographies biographical
biology biological biologically biologist biologists
bisect bisects bisected bisecting bisector bisectors
boycott boycotts boycotted boycotting
build builds building buildings built
bus buses
buy buys buying bought buyer buyers
cactus cacti cactuses
calf calves
campus campuses
carpentry carpenter carpenters
category categories categorize categorizes categorized categorizing categorical
cause causes caused causing causal causation causality
cell cells cellular
census censuses
centimeter centimeters centimetre centimetres cm
chemistry chemical chemicals chemically chemist chemists
child children
china chinese
choose chooses choosing chose chosen choice choices
chorus choruses
circle circles circled circling circular
circulate circulates circulated circulating circulation circulatory
cite cites cited citing citation citations
citizen citizens citizenship
classify classifies classified classifying classification classifications
collide collides collided colliding collision collisions
colony colonies colonial colonize colonizes colonized colonizing colonization colonialism colonist colonists
comedy comedies comic comedic
compare compares compared comparing comparison comparisons
compete competes competed competing competition competitions competitive competitor competitors
complement complements complementary
compose composes composed composing composition compositions
comprehend comprehends comprehended comprehending comprehension
conclude concludes concluded concluding conclusion conclusions
congruent congruence congruency
conquer conquers conquered conquering conquest conquests
consume consumes consumed consuming consumer consumers consumption
continent continents continental
crisis crises
criterion criteria
curious curiously curiosity
curriculum curricula curriculums
cylinder cylinders cylindrical
dance dances danced dancing dancer dancers
decide decides decided deciding decision decisions
decompose decomposes decomposed decomposing decomposition decompositions
define defines defined defining definition definitions
democracy democracies democratic
dense density densities
dentist dentists dental dentistry
describe describes described describing description descriptions descriptive
destroy destroys destroyed destroying destruction destructive
develop develops developed developing development developments developmental developmentally
dialogue dialogues dialog dialogs
dice die
dimension dimensions dimensional
discover discovers discovered discovering discovery discoveries
divide divides divided dividing division divisions
drama dramas dramatic dramatically dramatize dramatizes dramatized dramatizing
draw draws drew drawn drawing drawings
dream dreams dreamed dreaming dreamer dreamers
dry dries dried drying dryer
eat eats eating ate eaten
economy economies economic economics economical
egypt egyptian egyptians
eight eights 8 8s
elect elects elected electing election elections electoral
eleven 11
ellipse ellipses elliptical
empathy empathize empathizes empathizing empathetic empathic
emphasis emphasize emphasizes emphasized emphasizing
employ employs employed employing employment employer employers employee employees
energy energetic energies
entrepreneur entrepreneurs entrepreneurial entrepreneurship
environment environments environmental environmentally environmentalist environmentalists
erode erodes eroded eroding erosion
europe european europeans
evolve evolves evolved evolving evolution
expand expands expanded expanding expansion expansions
explain explains explained explaining explanation explanations explanatory
extend extends extended extending extension extensions
farm farms farmed farming farmer farmers
fast faster fastest
few fewer fewest
fight fights fighting fought
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
greece greek greeks
grow grows grew grown growing growth
half halves
health healthy healthier healthiest
heavy heavier heaviest
heredity hereditary
hero heroes heroic heroism heroine
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
invade invades invaded invading invasion invasions invader invaders
invest invests invested investing investment investments investor investors
irony ironies ironic ironically
japan japanese
judgment judgments judgement judgements
justify justifies justified justifying justification justifications
kilogram kilograms kg
kilometer kilometers kilometre kilometres km
knife knives
large larger largest
larva larvae larval
leader leaders leadership
leaf leaves
lens lenses
literature literatures literary
locus loci
long longer longest length lengths
lose loses losing lost loss losses
machine machines machined machining machinist machinists machinery
man men
matrix matrices
maximum maxima maximums maximize maximizes maximized maximizing
medicine medicines medical medically medicinal
mentor mentors mentored mentoring mentorship
mexico mexican mexicans
milliliter milliliters ml
millimeter millimeters mm
minimum minima minimums minimize minimizes minimized minimizing
mitochondria mitochondrion mitochondrial
molecule molecules molecular
moon moons lunar
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
ounce ounces oz
paint paints painted painting paintings painter painters
parabola parabolas parabolic
parenthesis parentheses
percent percents percentage percentages
persuade persuades persuaded persuading persuasion persuasive
phenomenon phenomena
philosophy philosophies philosophical philosopher philosophers
photograph photographs photographed photographing photography photographer photographers photographic
photosynthesis photosynthesize photosynthesizes photosynthetic
planet planets planetary
plumb plumbing plumber plumbers
poem poems poetry poetic poet poets
polyhedron polyhedrons polyhedra
pound pounds lb lbs
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
rebel rebels rebelled rebelling rebellion rebellions rebellious
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
sell sells selling sold sale sales seller sellers
sequence sequences sequenced sequencing sequential sequentially
settle settles settled settling settlement settlements settler settlers
seven sevens 7 7s
shelf shelves
short shorter shortest
simplify simplifies simplified simplifying simplification
sing sings singing sang sung singer singers
six sixes 6 6s
skeleton skeletons skeletal
sky skies
slave slaves slavery
slow slower slowest
small smaller smallest
solve solves solved solving solution solutions solver solvers
spectrum spectra
sphere spheres spherical
status statuses
stimulus stimuli
strategy strategies strategic strategically
succeed succeeds succeeded succeeding success successes successful successfully
summary summaries summarize summarizes summarized summarizing
sun suns solar
symmetry symmetries symmetric symmetrical
synthesis syntheses synthesize synthesizes synthesized synthesizing
tall taller tallest
tax taxes taxed taxation
teach teaches teaching teachings taught
ten tens 10 10s
theater theaters theatre theatres
theme themes thematic
theory theories theoretical theoretically
thesis theses
think thinks thinking thought thoughts thinker thinkers
thousand thousands 1000 1000s
three threes 3 3s
tide tides tidal
tooth teeth
tourism tourist tourists
tragedy tragedies tragic
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
wide wider widest width widths
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
