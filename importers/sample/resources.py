"""Sample resources, brought to their state as people do it: an author submits, a reviewer decides."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from importers.sample.files import ResourceRecord, SampleError
from people.models import Membership, Organisation, Role, User
from repository.mails import muted
from repository.models import (
    Alignment,
    CompetencyLevel,
    Modality,
    ResourceKind,
    ResourcePage,
    Subject,
    Topic,
)
from repository.services.alignments import alignment_key
from repository.services.drafts import create_draft
from repository.services.review import approve, return_to_author, submit
from standards.models import Item


def load_resources(records: list[ResourceRecord], say: Callable[[str], None] | None = None) -> int:
    """Create the resources that are not there yet, each in its own transaction; how many were created.

    Nobody is sent mail about it. `say` hears what takes long.
    """
    known = set(ResourcePage.objects.values_list("district__slug", "slug"))
    missing = [record for record in records if (record.district, record.slug) not in known]
    if missing:
        references = References()
        if say:
            say(
                f"Saving, submitting and reviewing {len(missing)} resources; this takes a while the first time."
            )
        for record in missing:
            with transaction.atomic(), muted():
                _load(record, references)
    return len(missing)


class References:
    """What resource files name, read once: each mapping is from the name in the file to the row."""

    def __init__(self) -> None:
        self.organisations = {row.slug: row for row in Organisation.objects.all()}
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


def _load(record: ResourceRecord, references: References) -> None:
    author = _find(record.slug, "person", references.people, record.author)
    page = create_draft(
        user=author,
        district=_find(record.slug, "district", references.organisations, record.district),
        kind=_find(record.slug, "kind", references.kinds, record.kind),
        title=record.title,
        fill=lambda page: _fill(page, record, references),
    )
    if record.state == "draft":
        return
    submit(identifier=page.identifier, user=author)
    reviewer = _find(record.slug, "reviewer of", references.reviewers, record.district)
    if record.state == "published":
        revision = page.latest_revision
        approve(
            identifier=page.identifier,
            user=reviewer,
            revision_id=revision.pk,
            comment=record.comment,
            judgements={
                alignment_key(alignment): Alignment.Status.CONFIRMED
                for alignment in revision.as_object().alignments.all()
            },
        )
    elif record.state == "returned":
        return_to_author(
            identifier=page.identifier,
            user=reviewer,
            revision_id=page.latest_revision_id,
            comment=record.comment,
        )


def _fill(page: ResourcePage, record: ResourceRecord, references: References) -> None:
    def find(what: str, known: dict[str, Any], name: str) -> Any:
        return _find(record.slug, what, known, name)

    page.slug = record.slug
    page.summary = record.summary
    page.grades = record.grades
    page.duration_minutes = record.duration_minutes
    page.language = record.language
    page.licence = record.licence
    page.attribution = record.attribution
    page.audience = record.audience
    page.school = find("school", references.organisations, record.school) if record.school else None
    page.link_url = record.link_url
    page.body = json.dumps([block.model_dump() for block in record.body])
    page.subjects = [find("subject", references.subjects, slug) for slug in record.subjects]
    page.topics = [find("topic", references.topics, slug) for slug in record.topics]
    page.modalities = [find("setting", references.modalities, slug) for slug in record.modality]
    page.tags.add(*record.tags)
    page.alignments = [
        Alignment(
            sort_order=order,
            item=find("standard", references.standards, alignment.standard),
            relation=alignment.relation,
            level=find("level", references.levels, alignment.level) if alignment.level else None,
            note=alignment.note,
        )
        for order, alignment in enumerate(record.alignments)
    ]
