"""The rows that a page is made of, table by table: what `repository.services.bulk` writes by COPY.

A page's revision is its content in modelcluster's form: column values under the field's name, arrays and the body as
JSON text, and what hangs on the page as lists of rows.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model
from taggit.models import Tag
from wagtail.fields import StreamField
from wagtail.models import Page, PageLogEntry, Revision

from people.models import User
from repository.models import Alignment, Audience, Licence, ResourcePage, ResourceTag
from standards import bulk

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlignmentData:
    """A tie to a standard, by keys: the columns of `Alignment`."""

    item_id: int
    relation: str = Alignment.Relation.TEACHES.value
    level_id: int | None = None
    note: str = ""
    status: str = Alignment.Status.CLAIMED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceData:
    """What a resource says: the columns of `ResourcePage`. Vocabularies and standards by key, tags by name.

    `body` is the raw value of the StreamField, complete: blocks with type, value and id.
    """

    RELATED: ClassVar[frozenset[str]] = frozenset({"subjects", "topics", "modalities", "tags", "alignments"})

    title: str
    kind_id: int
    summary: str = ""
    grades: tuple[str, ...] = ()
    duration_minutes: int | None = None
    language: str = "en"
    licence: str = Licence.ALL_RIGHTS.value
    attribution: str = ""
    audience: str = Audience.PUBLIC.value
    link_url: str = ""
    source_url: str = ""
    source_identifier: str = ""
    body: tuple[Mapping[str, Any], ...] = ()
    subjects: tuple[int, ...] = ()
    topics: tuple[int, ...] = ()
    modalities: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    alignments: tuple[AlignmentData, ...] = ()

    def own(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in OWN}

    def related(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.RELATED}


OWN = tuple(one.name for one in fields(ResourceData) if one.name not in ResourceData.RELATED)
MANY = {name: getattr(ResourcePage, name) for name in ("subjects", "topics", "modalities")}


@dataclass(slots=True)
class Rows:
    """What goes to each table for one batch of pages, in the name of `user`, at one time."""

    user: User | None
    now: datetime
    tags: Mapping[str, int]
    alignment_ids: Iterator[int]
    tag_row_ids: Iterator[int]
    pages: list[dict[str, Any]] = field(default_factory=list)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    alignments: list[dict[str, Any]] = field(default_factory=list)
    tagged: list[dict[str, Any]] = field(default_factory=list)
    many: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {name: [] for name in MANY})
    log: list[dict[str, Any]] = field(default_factory=list)

    def relate(self, page_id: int, related: Row) -> dict[str, Any]:
        """Notes the rows that hang on a page, and answers them as the revision's content has them."""
        content: dict[str, Any] = {}
        if "alignments" in related:
            content["alignments"] = [
                {
                    "pk": next(self.alignment_ids), "sort_order": order, "page": page_id, "item": one.item_id,
                    "relation": one.relation, "level": one.level_id, "note": one.note, "status": one.status,
                }
                for order, one in enumerate(related["alignments"])
            ]  # fmt: skip
            self.alignments += content["alignments"]
        if "tags" in related:
            keys = dict.fromkeys(self.tags[name.casefold()] for name in related["tags"])
            content["tagged_items"] = [
                {"pk": next(self.tag_row_ids), "tag": key, "content_object": page_id} for key in keys
            ]
            self.tagged += content["tagged_items"]
        for name in MANY.keys() & related.keys():
            content[name] = list(dict.fromkeys(related[name]))
            self.many[name] += [(page_id, key) for key in content[name]]
        return content

    def add_revision(self, revision_id: int, page_id: int, content: Row) -> None:
        self.revisions.append(
            {
                "id": revision_id,
                "content_type_id": ContentType.objects.get_for_model(ResourcePage).pk,
                "base_content_type_id": ContentType.objects.get_for_model(Page).pk,
                "object_id": str(page_id),
                "created_at": self.now,
                "user_id": self.user.pk if self.user else None,
                "object_str": content["title"],
                "content": content,
                "approved_go_live_at": None,
            }
        )

    def add_entry(self, page_id: int, title: str, action: str, **more: Any) -> None:
        """A line of the site history."""
        self.log.append(log_entry(page_id, title, action, self.user, self.now, **more))

    def insert_related(self) -> None:
        _insert_children(Alignment, self.alignments)
        _insert_children(ResourceTag, self.tagged)
        for name, relation in MANY.items():
            other = f"{relation.rel.model._meta.model_name}_id"
            bulk.insert(relation.through, ["resourcepage_id", other], self.many[name])
        insert(PageLogEntry, self.log)


def log_entry(
    page_id: int, title: str, action: str, user: User | None, now: datetime, **more: Any
) -> dict[str, Any]:
    return {
        "content_type_id": ContentType.objects.get_for_model(ResourcePage).pk,
        "label": title,
        "action": action,
        "data": {},
        "timestamp": now,
        "uuid": uuid.uuid4(),
        "user_id": user.pk if user else None,
        "revision_id": None,
        "content_changed": False,
        "deleted": False,
        "page_id": page_id,
        **more,
    }


# -- columns and content


@cache
def empty_relations() -> Mapping[str, list[Any]]:
    """A list for everything that can hang on a page, as the revision of a page without any has it."""
    blank = ResourcePage().serializable_data()
    return {name: [] for name, value in blank.items() if isinstance(value, list)}


def own_content(values: Row) -> dict[str, Any]:
    """Column values (by attname) as a revision has them. A new page gives all of them, a change some."""
    return {
        one.name: _serialised(one, values[one.attname])
        for one in ResourcePage._meta.fields
        if one.serialize and one.attname in values
    }


def _serialised(column: Any, value: Any) -> Any:
    if isinstance(column, StreamField | ArrayField):
        return json.dumps(list(value), cls=DjangoJSONEncoder)
    return str(value) if isinstance(value, uuid.UUID) else value


def insert(model: type[Model], rows: Sequence[Row]) -> None:
    """Rows by attname; a key that they lack is drawn by the database."""
    if rows:
        own: list[Any] = [one for one in model._meta.local_concrete_fields if one.attname in rows[0]]
        bulk.insert(model, [one.column for one in own], (as_columns(row, own) for row in rows))


def as_columns(row: Row, own: Iterable["Field[Any, Any]"]) -> list[Any]:
    return [_column(one, row[one.attname]) for one in own]


def _column(one: Any, value: Any) -> Any:
    # For COPY's helper a StreamField is no JSON field, so it gets the text.
    return json.dumps(list(value)) if isinstance(one, StreamField) else value


def _insert_children(model: type[Model], rows: Sequence[Row]) -> None:
    """Rows as a revision has them: by field name, the key as pk."""
    own: Sequence[Any] = model._meta.local_concrete_fields
    names = ["pk" if one.primary_key else one.name for one in own]
    bulk.insert(model, [one.column for one in own], ([row[name] for name in names] for row in rows))


# -- tags


def tag_ids(names: Collection[str]) -> dict[str, int]:
    """The key of each tag by its name in lower case. Tags that are new are made."""
    wanted = {name.casefold(): name for name in sorted(names)}
    if not wanted:
        return {}
    found = {tag.name.casefold(): tag.pk for tag in Tag.objects.order_by("-pk")}
    missing = [name for folded, name in wanted.items() if folded not in found]
    taken = set(Tag.objects.values_list("slug", flat=True)) if missing else set()
    new = [_tag(name, taken) for name in missing]
    Tag.objects.bulk_create(new, batch_size=2000)
    return {
        **{name: found[name] for name in wanted if name in found},
        **{t.name.casefold(): t.pk for t in new},
    }


def _tag(name: str, taken: set[str]) -> Tag:
    tag = Tag(name=name)
    number: int | None = None
    while (slug := tag.slugify(name, number) or f"tag_{number or 0}") in taken:
        number = (number or 0) + 1
    taken.add(slug)
    tag.slug = slug
    return tag


def revisions_of(page_ids: Iterable[int]) -> dict[int, Revision]:
    """The latest revision of each page."""
    latest = Page.objects.filter(pk__in=list(page_ids)).values_list("latest_revision", flat=True)
    return {int(revision.object_id): revision for revision in Revision.objects.filter(pk__in=latest)}
