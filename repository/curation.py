"""Merging free tags into the controlled tree of topics."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from taggit.models import Tag
from wagtail.models import Revision

from people.models import User
from repository.audience import kept_by, visible_to
from repository.models import ResourcePage, ResourceTag, Topic
from repository.services.bulk import lock_resources
from repository.signals import resources_changed


@dataclass(frozen=True)
class Merged:
    resources: int


def tags_in_use(reader: User | AnonymousUser) -> QuerySet[Tag]:
    """Free tags with `uses`, the number of resources that carry each, of those that a person may see or keeps; the most
    used first."""
    resource = "repository_resourcetag_items__content_object"
    own = Q(**{f"{resource}__in": visible_to(reader).values("pk")})
    own |= Q(**{f"{resource}__in": kept_by(reader).values("pk")})
    return (
        Tag.objects.annotate(uses=Count(resource, filter=own, distinct=True))
        .filter(uses__gt=0)
        .order_by("-uses", "name")
    )


@transaction.atomic
def merge_tag(*, tag: Tag, topic: Topic) -> Merged:
    """Give every resource that carries the tag the topic in its place, in what is live and in all of its versions.

    Nothing is published by it. Former versions have it too: they may be brought back, and the tag is gone. All
    revisions are read for that.
    """
    links = ResourceTag.objects.filter(tag=tag)
    named = Revision.page_revisions.filter(
        content_type=ContentType.objects.get_for_model(ResourcePage),
        content__tagged_items__contains=[{"tag": tag.pk}],
    )
    versions = set(named.values_list("object_id", flat=True))
    # Whoever saves one of them meanwhile waits, and is told (`repository.meanwhile`).
    lock_resources({*links.values_list("content_object", flat=True), *map(int, versions)})
    pages = list(links.values_list("content_object_id", flat=True))
    through = ResourcePage.topics.through
    through.objects.bulk_create(
        (through(resourcepage_id=pk, topic_id=topic.pk) for pk in set(pages)), ignore_conflicts=True
    )
    links.delete()
    for revision in named.filter(object_id__in=versions).iterator(chunk_size=200):
        revision.content = _merged(revision.content, tag, topic)
        revision.save(update_fields=["content"])
    tag.delete()
    resources_changed.send(sender=ResourcePage, page_ids=pages)
    return Merged(resources=len(set(pages)))


def _merged(content: dict[str, Any], tag: Tag, topic: Topic) -> dict[str, Any]:
    topics = content.get("topics") or []
    return {
        **content,
        "tagged_items": [item for item in content["tagged_items"] if item["tag"] != tag.pk],
        "topics": topics if topic.pk in topics else [*topics, topic.pk],
    }
