"""What `/api/v1/resources` takes and answers, as its documentation has it."""

from typing import Any

from ninja import Field, Schema

from search.facets import FACETS
from search.request import AS_TYPED, FACET_LIMIT, LIMIT, MAX_FACET_LIMIT, MAX_LIMIT, MAX_QUERY, Sort


class BucketOut(Schema):
    value: str
    label: str
    count: int = Field(
        description="Resources there were if this were the only value chosen in its facet, all other filters kept."
    )
    selected: bool
    code: str = Field("", description="In the standards facet: the standard's code.")
    group: str = Field("", description="What the value belongs to: a level's scale.")
    has_children: bool = Field(False, description="In a tree: `open=facet:value` unfolds it.")
    children: list["BucketOut"] = []


class FacetOut(Schema):
    label: str
    buckets: list[BucketOut]
    other_count: int = Field(description="Values not shown: ask for more with `facet_limit`.")


class AlignmentOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str = Field(description="The framework's short name.")
    framework_title: str
    relation: str
    level: str = Field(description="`scale:level`, or empty.")
    matched: bool = Field(description="The search asked for it.")
    disputed: bool = Field(description="A reviewer doubts it: it is shown, and weighs less.")


class VersionOut(Schema):
    id: str
    url: str
    title: str


class ResourceFacts(Schema):
    id: str
    url: str
    title: str
    summary: str
    source_url: str = Field(
        description="Where a resource that is kept elsewhere is; empty for one that is here."
    )
    kind: str
    grades: list[str] = Field(description="CEDS codes.")
    subjects: list[str]
    minutes: int | None = Field(description="How long it takes; null where it does not say.")
    language: str = Field(description="A code of ISO 639: `en`.")
    standards: list[AlignmentOut]
    levels: list[str] = Field(description="`scale:level` of each alignment.")
    licence: str
    author: str
    district: str = Field(description="Its name; `filters` has the value of the filter.")
    filters: dict[str, list[str]] = Field(
        description="By filter, the values that find it, in a tree those above, too: topics, settings, school and so on."
        " Those of alignments are in `standards`."
    )
    published_at: str | None = Field(description="ISO 8601.")
    changed_at: str | None = Field(description="ISO 8601. When what is published changed last.")


class ResourceOut(ResourceFacts):
    why: list[str] = Field(description="Why it is in the list, in words.")
    picked: bool = Field(description="Picked by coordinators for this query.")
    versions: list[VersionOut] = Field(
        description="Other resources that are nearly the same; this one stands for them."
    )


class StandardOut(Schema):
    identifier: str
    code: str
    statement: str
    framework: str = Field(description="The framework's short name.")


class UnderstoodOut(Schema):
    facet: str
    values: list[str]
    label: str
    words: str = Field(description="The words of the query that say it.")
    applied: bool = Field(
        description="True: it filters, unless `as_typed` names its facet. False: it could; the words are looked for as text."
    )


class RelatedOut(Schema):
    total: int = Field(description="Counts none of the search's own `results`.")
    total_is_exact: bool = Field(
        description="False where a time limit cut it short, or only the closest of very many equivalents were followed."
    )
    results: list[ResourceOut] = Field(
        description="The first reason in `why` is the association that leads here."
    )


class UnknownCodeOut(Schema):
    code: str = Field(description="As it was typed.")
    near: list[StandardOut] = Field(description="Standards that may have been meant, the nearest first.")


class Resources(Schema):
    total: int = Field(description="Resources, near-duplicates each counted.")
    rows: int = Field(description="Results to page through: near-duplicates are one, under the best of them.")
    total_is_exact: bool = Field(description="False only when a time limit cut the search short.")
    results: list[ResourceOut]
    facets: dict[str, FacetOut]
    did_you_mean: str | None = Field(
        description="Set where nothing matches as spelled: `results` are those of this query, or come near."
    )
    understood: list[UnderstoodOut] = Field(description="What the query says beside its words.")
    put_aside: list[UnderstoodOut] = Field(
        description="Grades and times in the query that left nothing. Words of times are looked for where anything has them."
    )
    related: RelatedOut | None = Field(
        description="With `related=1`: resources for equivalents of the standards asked for, over crosswalks."
    )
    next_cursor: str | None = Field(
        description="Give it as `cursor` for the results that follow, beyond the 10,000th too; null at the end."
    )
    standards: list[StandardOut] = Field(
        description="Standards whose code the query names; with no result, those near it."
    )
    unknown_codes: list[UnknownCodeOut] = Field(
        description="Codes in the query that no standard has. They are looked for in texts, as they are written."
    )


def parameters() -> list[dict[str, Any]]:
    """The parameters as OpenAPI has them."""

    def one(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
        return {"in": "query", "name": name, "schema": schema, "description": description, "required": False}

    number = {"type": "integer", "minimum": 1}
    facets = [
        one(
            spec.name,
            {"type": "array", "items": {"type": "string"}},
            f"{spec.label}. Repeat it for several values, which are joined by OR. See `facets.{spec.name}` for values.",
        )
        for spec in FACETS
    ]
    trees = ", ".join(spec.name for spec in FACETS if spec.tree)
    return [
        one("q", {"type": "string", "maxLength": MAX_QUERY}, "Words, or a standard's code in any spelling."),
        *facets,
        one(
            "as_typed",
            {"type": "array", "items": {"type": "string", "enum": list(AS_TYPED)}},
            "Look for the words of these facets as words, though they could be filters; `spelling`: correct nothing.",
        ),
        one(
            "related",
            {"type": "integer", "minimum": 0, "default": 0},
            "The page of `related`: resources for equivalents of the standards asked for. 0: none (strict).",
        ),
        one(
            "sort",
            {"type": "string", "enum": [sort.value for sort in Sort], "default": "relevance"},
            "The order.",
        ),
        one("page", {**number, "default": 1}, "From 1, as far as the 10,000th result. Beyond it, `cursor`."),
        one(
            "cursor",
            {"type": "string"},
            "The `next_cursor` of the last answer, or `start` to read a whole list in one state. Good for five minutes,"
            " and for half an hour since `start`; bound to the search and to the reader.",
        ),
        one("limit", {**number, "maximum": MAX_LIMIT, "default": LIMIT}, "Results a page."),
        one("facet_limit", {**number, "maximum": MAX_FACET_LIMIT, "default": FACET_LIMIT}, "Values a facet."),
        one(
            "open",
            {"type": "array", "items": {"type": "string"}},
            f"Nodes of trees ({trees}) to unfold, as in `standard:MER-MATH`.",
        ),
    ]
