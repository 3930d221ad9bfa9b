"""`/api/v1/standards`: look-up of standards by code, words, identifier."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from people.selectors import organisation_ids
from standards.access import Reader, visible_frameworks
from standards.browsing import Relation, relations_of
from standards.models import Item
from standards.problems import Problem, refuse_other_parameters, refused
from standards.selectors import Ambiguous, FoundItem, find_items, items, resolve_standard, with_paths

router = Router()


class Asked(Schema):
    # The view tells of one that is missing, with what to ask instead. A factory, since a default is described as one.
    q: str = Field(default_factory=str, max_length=300, description="Words, or a code in any spelling.")
    framework: str = Field(
        "", max_length=60, description="Only this framework, by its short name; `/frameworks` lists them."
    )
    limit: int = Field(20, ge=1, le=100)

    model_config = {"json_schema_extra": {"required": ["q"]}}


class Step(Schema):
    identifier: str
    code: str
    statement: str


class Standard(Step):
    uri: str
    framework: str = Field(description="The framework's short name.")
    path: list[Step] = Field(description="From the root of the framework to the statement's parent.")


class Standards(Schema):
    results: list[Standard]
    is_near: bool = Field(
        description="Nothing matches as it was typed: these are what one slip in a code or a word may have meant."
    )
    retired: Step | None = Field(
        description="The retired standard that `q` names; `results` are then what takes its place, if anything does."
    )


class AssociationOut(Schema):
    type: str = Field(description="CASE's association type.")
    direction: str = Field(description="`out`: the statement is the origin; `in`: it is the destination.")
    label: str
    identifier: str
    uri: str
    code: str
    statement: str
    framework: str = Field(description="Empty when the other end is not stored here.")


class Counts(Schema):
    children: int
    descendants: int
    resources: int | None = Field(
        description="What you may see, for the statement and all below it; null while search is resting."
    )


class StandardDetail(Standard):
    type: str
    grades: list[str] = Field(description="CEDS codes.")
    retired: bool
    license: str
    attribution: str
    children: list[Step] = Field(description="Current statements, as in `counts`: none that is retired.")
    associations: list[AssociationOut]
    counts: Counts


def _step(item: Item) -> dict[str, Any]:
    return {
        "identifier": item.identifier,
        "code": item.human_coding_scheme,
        "statement": item.full_statement,
    }


def _standard(found: FoundItem) -> dict[str, Any]:
    return {
        **_step(found.item),
        "uri": found.item.uri,
        "framework": found.item.framework.short_name,
        "path": [_step(item) for item in found.path],
    }


def _association(relation: Relation) -> dict[str, Any]:
    return {
        "type": relation.type,
        "direction": relation.direction,
        "label": str(relation.label),
        "identifier": relation.identifier,
        "uri": relation.uri,
        "code": relation.item.human_coding_scheme if relation.item else "",
        "statement": relation.item.full_statement if relation.item else relation.title,
        "framework": relation.item.framework.short_name if relation.item else "",
    }


def _resources(request: HttpRequest, item: Item) -> int | None:
    counts = import_string(settings.RESOURCE_COUNTER)(request, [item])
    return None if counts is None else counts[item.pk]


def find_item(value: str, reader: Reader) -> Item:
    """The one item that `value` means for the reader, or Problem 404, or Problem 400 with those it may mean."""
    found = resolve_standard(value, reader=reader)
    if found is None:
        detail = _("No standard is known as “%(value)s”. Give an identifier or SHORTNAME:code.")
        raise Problem(404, _("Unknown standard"), detail % {"value": value})
    if isinstance(found, Ambiguous):
        detail = _("“%(value)s” names %(count)d standards. Choose one by its identifier.")
        raise Problem(
            400,
            _("Ambiguous standard"),
            detail % {"value": value, "count": len(found.items)},
            candidates=[_standard(one) for one in with_paths(found.items, reader=reader)],
        )
    return found


@router.get("", response=Standards, summary="Find standards by code or words")
def find_standards(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    refuse_other_parameters(request, Asked.model_fields)
    among = None
    if asked.framework:
        among = visible_frameworks(request.user).filter(short_name__iexact=asked.framework).first()
        if among is None:
            message = _("No framework has the short name “%(name)s”. /api/v1/frameworks lists them.")
            raise refused("framework", message % {"name": asked.framework})
    if "q" not in request.GET:
        hint = _("Say in “q” what to look for. A whole framework is among `downloads` of /api/v1/frameworks.")
        raise refused("q", hint)
    found = find_items(
        asked.q,
        framework=among,
        organisations=organisation_ids(request.user),
        limit=asked.limit,
        reader=request.user,
    )
    results = with_paths(found.items, reader=request.user)
    return {
        "results": [_standard(one) for one in results],
        "is_near": found.is_near,
        "retired": _step(found.retired) if found.retired else None,
    }


@router.get("/{path:identifier}", response=StandardDetail, summary="One standard, with what stands around it")
def show_standard(request: HttpRequest, identifier: str) -> dict[str, Any]:
    item = find_item(identifier, request.user)
    current = items(request.user).filter(retired_at__isnull=True)
    children = current.filter(ancestor_links__ancestor=item, ancestor_links__depth=1)
    steps = [_step(child) for child in children]
    license = item.license or item.framework.license
    return {
        **_standard(with_paths([item], reader=request.user)[0]),
        "type": item.cf_item_type,
        "grades": item.grades,
        "retired": item.retired_at is not None,
        "license": license.title or license.license_text if license else "",
        "attribution": item.framework.publisher or item.framework.creator,
        "children": steps,
        "associations": [
            _association(one) for group in relations_of(item, reader=request.user) for one in group.relations
        ],
        "counts": {
            "children": len(steps),
            "resources": _resources(request, item),
            "descendants": current.filter(ancestor_links__ancestor=item, ancestor_links__depth__gt=0).count(),
        },
    }
