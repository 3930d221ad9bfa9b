"""Sample resources, brought to their state as people do it: an author submits, a reviewer decides."""

import json
from typing import Any

from django.db import transaction

from importers.sample.files import ResourceRecord, SampleError
from people.models import Membership, Organisation, Role, User
from repository.models import (
    Alignment,
    CompetencyLevel,
    DistrictPage,
    Modality,
    ResourceKind,
    ResourcePage,
    Subject,
    Topic,
)
from standards.models import Item


def load_resources(records: list[ResourceRecord]) -> int:
    """Create the resources that are not there yet, each in its own transaction; how many were created."""
    known = set(ResourcePage.objects.values_list("district__slug", "slug"))
    missing = [record for record in records if (record.district, record.slug) not in known]
    if missing:
        references = References()
        for record in missing:
            with transaction.atomic():
                _load(record, references)
    return len(missing)


class References:
    """What resource files name, read once: each mapping is from the name in the file to the row."""

    def __init__(self) -> None:
        self.organisations = {row.slug: row for row in Organisation.objects.all()}
        self.districts = {row.district.slug: row for row in DistrictPage.objects.select_related("district")}
        self.people = {row.email: row for row in User.objects.all()}
        self.kinds = {row.slug: row for row in ResourceKind.objects.all()}
        self.subjects = {row.slug: row for row in Subject.objects.all()}
        self.modalities = {row.slug: row for row in Modality.objects.all()}
        self.topics = {row.slug: row for row in Topic.objects.all()}
        self.levels = {row.key: row for row in CompetencyLevel.objects.select_related("scale")}
        self.standards = {
            f"{row.framework.short_name}:{row.human_coding_scheme}": row
            for row in Item.objects.filter(framework__short_name__startswith="MER-").select_related(
                "framework"
            )
        }
        self.reviewers = {
            row.organisation.slug: row.user
            for row in Membership.objects.filter(role=Role.REVIEWER).select_related("organisation", "user")
        }


def _find(slug: str, what: str, known: dict[str, Any], name: str) -> Any:
    try:
        return known[name]
    except KeyError:
        raise SampleError(f"resources/{slug}.json: no {what} is called {name!r}.") from None


def _load(record: ResourceRecord, references: References) -> ResourcePage:
    author = _find(record.slug, "person", references.people, record.author)
    page = _page(record, references, author)
    district_page = _find(record.slug, "district", references.districts, record.district)
    # Read again: treebeard keeps the number of children in the object in hand.
    DistrictPage.objects.get(pk=district_page.pk).add_child(instance=page)
    page.save_revision(user=author)
    return page


def _page(record: ResourceRecord, references: References, author: User) -> ResourcePage:
    def find_all(what: str, known: dict[str, Any], names: list[str]) -> list[Any]:
        return [_find(record.slug, what, known, name) for name in names]

    page = ResourcePage(
        title=record.title,
        slug=record.slug,
        owner=author,
        live=False,
        has_unpublished_changes=True,
        kind=_find(record.slug, "kind", references.kinds, record.kind),
        summary=record.summary,
        grades=record.grades,
        duration_minutes=record.duration_minutes,
        language=record.language,
        licence=record.licence,
        attribution=record.attribution,
        audience=record.audience,
        school=_find(record.slug, "school", references.organisations, record.school)
        if record.school
        else None,
        link_url=record.link_url,
        body=json.dumps([block.model_dump() for block in record.body]),
    )
    page.subjects = find_all("subject", references.subjects, record.subjects)
    page.topics = find_all("topic", references.topics, record.topics)
    page.modalities = find_all("setting", references.modalities, record.modality)
    page.tags.add(*record.tags)
    page.alignments = [
        Alignment(
            sort_order=order,
            item=_find(record.slug, "standard", references.standards, alignment.standard),
            relation=alignment.relation,
            level=_find(record.slug, "level", references.levels, alignment.level)
            if alignment.level
            else None,
            note=alignment.note,
        )
        for order, alignment in enumerate(record.alignments)
    ]
    return page
