"""Random collections of resources, and a plain count of what a search in them must answer.

The oracle knows nothing of search documents, queries or facets: it walks lists and parents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from people.models import Organisation
from repository.models import CompetencyLevel, Topic
from search.sources import AlignmentSource, Named, ResourceSource, Shared
from standards.models import Item
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    KindFactory,
    LevelFactory,
    ModalityFactory,
    ScaleFactory,
    SchoolFactory,
    StateFactory,
    SubjectFactory,
    topic,
)

SUBJECTS = [f"subject-{n}" for n in range(14)]  # more than the engine's usual ten
GRADES = ["KG", "01", "05", "06", "12"]
KINDS = ["lesson", "unit", "task"]
MODALITIES = ["online", "internship"]
LANGUAGES = ["en", "es"]
LICENCES = ["CC-BY-4.0", "all-rights-reserved"]
RELATIONS = ["teaches", "assesses", "requires"]
MINUTES = [None, 10, 15, 16, 45, 90, 91, 300]
DURATIONS = {
    None: None,
    10: "1-15",
    15: "1-15",
    16: "16-30",
    45: "31-60",
    90: "61-90",
    91: "91-240",
    300: "241-",
}
AUDIENCES = ["public", "state", "district", "school"]
WORDS = ["ratio", "river", "poem"]
MOST = 14  # lessons in a collection


@dataclass
class World:
    """The vocabularies in the database, and the trees as plain tables for the oracle."""

    parents: Mapping[str, set[str]] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    topic_parents: Mapping[str, str] = field(default_factory=dict)
    equivalents: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    districts: Sequence[Organisation] = ()
    schools: Sequence[Organisation] = ()

    def above(self, item: str) -> set[str]:
        """The item, everything above it, and the frameworks of all of those."""
        found = {item}
        for parent in self.parents[item]:
            found |= self.above(parent)
        return found | {self.frameworks[one] for one in found if one in self.frameworks}

    def topics_above(self, slug: str) -> set[str]:
        parent = self.topic_parents[slug]
        return {slug} | (self.topics_above(parent) if parent else set())


def make_world() -> World:
    """Two frameworks, one statement with two parents, one below a statement of the other framework; two scales."""
    for slug in SUBJECTS:
        SubjectFactory(slug=slug)
    for slug in KINDS:
        KindFactory(slug=slug)
    for slug in MODALITIES:
        ModalityFactory(slug=slug)
    math, science = FrameworkFactory(short_name="MATH"), FrameworkFactory(short_name="SCI")
    items: dict[str, Item] = {}

    def item(name: str, framework: object, *under: str) -> None:
        depth = min((items[parent].depth + 1 for parent in under), default=0)
        made = ItemFactory(
            framework=framework,
            identifier=name,
            human_coding_scheme=name,
            depth=depth,
            under=items[under[0]] if under else None,
        )
        for parent in under[1:]:
            _also_under(made, items[parent])
        items[name] = made

    item("M.3", math)
    item("M.3.1", math, "M.3")
    item("M.3.10", math, "M.3")
    item("M.3.1.a", math, "M.3.1")
    item("M.4", math)
    item("M.4.1", math, "M.4", "M.3.1")
    item("S.1", science)
    item("S.1.1", science, "S.1", "M.4")
    parents = {
        "M.3": set(),
        "M.3.1": {"M.3"},
        "M.3.10": {"M.3"},
        "M.3.1.a": {"M.3.1"},
        "M.4": set(),
        "M.4.1": {"M.4", "M.3.1"},
        "S.1": set(),
        "S.1.1": {"S.1", "M.4"},
    }
    fractions = topic("fractions")
    unlike = topic("unlike", under=fractions)
    topic("pizzas", under=Topic.objects.get(pk=unlike.pk))
    topic("rivers")
    state = StateFactory()
    state_scale = ScaleFactory(slug="state", owner=state)
    low, high = LevelFactory(scale=state_scale, name="low"), LevelFactory(scale=state_scale, name="high")
    district = DistrictFactory(slug="juniper")
    scale = ScaleFactory(slug="juniper", owner=district)
    LevelFactory(scale=scale, name="yet", state_equivalent=low)
    LevelFactory(scale=scale, name="there", state_equivalent=high)
    LevelFactory(scale=scale, name="own")
    return World(
        parents=parents,
        frameworks={name: "SCI" if name.startswith("S") else "MATH" for name in parents},
        topic_parents={"fractions": "", "unlike": "fractions", "pizzas": "unlike", "rivers": ""},
        equivalents={"juniper:yet": "state:low", "juniper:there": "state:high"},
        items=items,
        districts=[district, DistrictFactory(slug="harbor")],
        schools=[SchoolFactory(slug="juniper-high", parent=district)],
    )


def _also_under(item: Item, parent: Item) -> None:
    from standards.models import ItemAncestor

    for link in ItemAncestor.objects.filter(descendant=parent):
        made, created = ItemAncestor.objects.get_or_create(
            ancestor_id=link.ancestor_id, descendant=item, defaults={"depth": link.depth + 1}
        )
        if not created and made.depth > link.depth + 1:
            made.depth = link.depth + 1
            made.save()


LEVELS = ["", "state:low", "state:high", "juniper:yet", "juniper:there", "juniper:own"]
TOPICS = ["fractions", "unlike", "pizzas", "rivers"]
ITEMS = ["M.3", "M.3.1", "M.3.10", "M.3.1.a", "M.4", "M.4.1", "S.1", "S.1.1"]


@dataclass(frozen=True)
class Lesson:
    """A resource as the oracle sees it."""

    word: str
    subjects: frozenset[str]
    grades: frozenset[str]
    kind: str
    modalities: frozenset[str]
    topics: frozenset[str]
    minutes: int | None
    language: str
    licence: str
    district: int
    school: bool
    audience: str
    owner: int
    alignments: tuple[tuple[str, str, str], ...]  # item, relation, level


def lessons() -> st.SearchStrategy[list[Lesson]]:
    def some(values: Sequence[str], most: int = 3) -> st.SearchStrategy[frozenset[str]]:
        return st.frozensets(st.sampled_from(values), max_size=most)

    alignment = st.tuples(st.sampled_from(ITEMS), st.sampled_from(RELATIONS), st.sampled_from(LEVELS))
    lesson = st.builds(
        Lesson,
        word=st.sampled_from(WORDS),
        subjects=some(SUBJECTS),
        grades=some(GRADES),
        kind=st.sampled_from(KINDS),
        modalities=some(MODALITIES),
        topics=some(TOPICS, 2),
        minutes=st.sampled_from(MINUTES),
        language=st.sampled_from(LANGUAGES),
        licence=st.sampled_from(LICENCES),
        district=st.integers(0, 1),
        school=st.booleans(),
        audience=st.sampled_from(AUDIENCES),
        owner=st.integers(1, 2),
        alignments=st.lists(alignment, max_size=3).map(tuple),
    )
    return st.lists(lesson, max_size=MOST)


VALUES: dict[str, list[str]] = {
    "standard": [*ITEMS, "MATH", "SCI"],
    "relation": RELATIONS,
    "level": [level for level in LEVELS if level],
    "subject": SUBJECTS,
    "grade": GRADES,
    "kind": KINDS,
    "modality": MODALITIES,
    "topic": TOPICS,
    "duration": [name for name in dict.fromkeys(DURATIONS.values()) if name],
    "language": LANGUAGES,
    "licence": LICENCES,
    "district": ["juniper", "harbor"],
    "school": ["juniper-high"],
    "audience": AUDIENCES,
}
JOINT = ("standard", "relation", "level")


def selections() -> st.SearchStrategy[dict[str, list[str]]]:
    """Values chosen in up to four facets, often in the joint ones."""
    facet = st.sampled_from([*VALUES, *JOINT, *JOINT, *JOINT])
    return st.lists(facet, max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=2, unique=True)
                for name in names
            }
        )
    )


# -- the oracle


def values(world: World, lesson: Lesson, facet: str) -> set[str]:
    """What a lesson holds for a facet that is not joint."""
    if facet == "topic":
        return {above for one in lesson.topics for above in world.topics_above(one)}
    district = world.districts[lesson.district].slug
    held: dict[str, set[str]] = {
        "subject": set(lesson.subjects),
        "grade": set(lesson.grades),
        "kind": {lesson.kind},
        "modality": set(lesson.modalities),
        "duration": {found for found in [DURATIONS[lesson.minutes]] if found},
        "language": {lesson.language},
        "licence": {lesson.licence},
        "district": {district},
        "school": {"juniper-high"} if lesson.school and district == "juniper" else set(),
        "audience": {lesson.audience},
    }
    return held[facet]


def alignment_fits(
    world: World, alignment: tuple[str, str, str], chosen: Mapping[str, Sequence[str]]
) -> bool:
    item, relation, level = alignment
    held = {
        "standard": world.above(item),
        "relation": {relation},
        "level": {level, world.equivalents.get(level, "")} - {""},
    }
    return all(held[facet].intersection(chosen[facet]) for facet in JOINT if facet in chosen)


def fits(world: World, lesson: Lesson, chosen: Mapping[str, Sequence[str]]) -> bool:
    for facet in chosen:
        if facet not in JOINT and not values(world, lesson, facet).intersection(chosen[facet]):
            return False
    if any(facet in chosen for facet in JOINT):
        return any(alignment_fits(world, one, chosen) for one in lesson.alignments)
    return True


def tokens(world: World, lesson: Lesson) -> frozenset[str]:
    """Who may see it, written down once more, from the table in the audience rule's documentation."""
    district = world.districts[lesson.district]
    school = world.schools[0] if "juniper-high" in values(world, lesson, "school") else None
    found = {"state-admin", f"staff:{district.pk}", f"owner:{lesson.owner}"}
    if lesson.audience in ("public", "state"):
        found.add(lesson.audience)
    elif lesson.audience == "district":
        found.add(f"district:{district.pk}")
    elif school:
        found.add(f"school:{school.pk}")
    return frozenset(found)


# -- into the engine


def source(world: World, number: int, lesson: Lesson) -> ResourceSource:
    """The lesson as what documents are made of; trees come from the database, as they do for a real page."""
    items = Shared().items({item.pk for item in world.items.values()})
    by_name = {name: items[item.pk] for name, item in world.items.items()}
    keys = set(Topic.objects.filter(slug__in=lesson.topics).values_list("pk", flat=True))
    ways = Shared().topics(keys)
    district = world.districts[lesson.district]
    in_school = bool(values(world, lesson, "school"))
    return ResourceSource(
        pk=number,
        identifier=f"lesson-{number}",
        title=f"A lesson about a {lesson.word}",
        url=f"/lesson-{number}/",
        summary="",
        kind=Named(lesson.kind, lesson.kind),
        grades=tuple(sorted(lesson.grades)),
        subjects=tuple(Named(slug, slug) for slug in sorted(lesson.subjects)),
        modalities=tuple(Named(slug, slug) for slug in sorted(lesson.modalities)),
        topics=tuple({step.node for key in keys for step in ways[key]}),
        topic_names=(),
        tags=(),
        alignments=tuple(
            AlignmentSource(
                item=by_name[item],
                relation=relation,
                status="claimed",
                level=level,
                level_label=level,
                levels=tuple(one for one in (level, world.equivalents.get(level, "")) if one),
            )
            for item, relation, level in lesson.alignments
        ),
        body=[],
        minutes=lesson.minutes,
        language=lesson.language,
        licence=lesson.licence,
        attribution="",
        audience=lesson.audience,
        tokens=tokens(world, lesson),
        link_url="",
        district=Named(district.slug, district.name),
        school=Named("juniper-high", "Juniper High") if in_school else None,
        author="",
        reviewed_by="",
        reviewed_at=None,
        first_published_at=None,
        last_published_at=None,
    )


__all__ = [
    "CompetencyLevel",
    "Lesson",
    "World",
    "fits",
    "lessons",
    "make_world",
    "selections",
    "source",
    "tokens",
]
