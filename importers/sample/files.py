"""The sample's own files, read and checked: a mistake in one is named with its file and field.

| file | what |
|---|---|
| `state.json` | the state, its districts, schools and people, and the competency scales |
| `topics.json` | the tree of topics |
| `frameworks/*.json` | CASE 1.1 packages, loaded by the real importer |
| `resources/*.json` | one resource a file |
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

FOLDER = Path(__file__).parent


class SampleError(Exception):
    """A sample file does not hold what it should."""


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceRecord(Record):
    slug: str
    name: str


class DistrictRecord(PlaceRecord):
    introduction: str
    schools: list[PlaceRecord]


class PersonRecord(Record):
    email: str
    name: str
    memberships: list[tuple[str, str]] = Field(description="Pairs of an organisation's slug and a role.")


class LevelRecord(Record):
    slug: str
    name: str
    description: str
    equivalent: str | None = Field(default=None, description="Slug of a level on the state's scale.")


class ScaleRecord(Record):
    slug: str
    name: str
    owner: str
    description: str
    levels: list[LevelRecord]


class StateRecord(Record):
    state: PlaceRecord
    introduction: str
    districts: list[DistrictRecord]
    people: list[PersonRecord]
    scales: list[ScaleRecord]


class TopicRecord(Record):
    slug: str
    name: str
    children: list["TopicRecord"] = []


class AlignmentRecord(Record):
    standard: str = Field(pattern=r"^[^:]+:.+$", description="SHORTNAME:code")
    relation: Literal["teaches", "assesses", "requires", "educationalLevel"]
    level: str | None = Field(default=None, description="scale:level")
    note: str = ""


class BlockRecord(Record):
    type: str
    value: dict[str, Any]


class ResourceRecord(Record):
    slug: str
    title: str
    kind: str
    summary: str = Field(max_length=300)
    district: str
    school: str | None
    author: str
    grades: list[str]
    subjects: list[str]
    topics: list[str]
    tags: list[str]
    modality: list[str]
    duration_minutes: int | None
    language: str
    licence: str
    attribution: str
    audience: Literal["public", "state", "district", "school"]
    link_url: str
    alignments: list[AlignmentRecord]
    body: list[BlockRecord]
    state: Literal["published", "draft", "in-review", "returned"]
    comment: str = Field(default="", description="What the reviewer wrote.")


def _read(path: Path, shape: Any) -> Any:
    try:
        return TypeAdapter(shape).validate_json(path.read_bytes())
    except ValidationError as error:
        raise SampleError(f"{path}: {error}") from error


def read_state() -> StateRecord:
    record: StateRecord = _read(FOLDER / "state.json", StateRecord)
    return record


def read_topics() -> list[TopicRecord]:
    records: list[TopicRecord] = _read(FOLDER / "topics.json", list[TopicRecord])
    return records


def framework_files() -> list[Path]:
    """In the order of loading: a crosswalk's destination before its origin."""
    return [FOLDER / "frameworks" / f"mer-{name}.json" for name in ("math", "ela", "sci", "cte")]


def read_resources() -> list[ResourceRecord]:
    """All resources, by file name."""
    return [_read(path, ResourceRecord) for path in sorted((FOLDER / "resources").glob("*.json"))]
