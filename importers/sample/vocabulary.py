"""Topics and competency scales. What is there already stays as its keepers made it."""

from django.db import transaction

from importers.sample.files import ScaleRecord, TopicRecord
from people.models import Organisation
from repository.models import CompetencyLevel, CompetencyScale, Topic


@transaction.atomic
def load_topics(records: list[TopicRecord], parent: Topic | None = None) -> int:
    """How many topics were created, at all depths."""
    created = 0
    for record in records:
        topic = Topic.objects.filter(slug=record.slug).first()
        if topic is None:
            fields = {"slug": record.slug, "name": record.name}
            # Treebeard keeps paths in the objects in hand, so the parent is read again before each child.
            topic = (
                Topic.objects.get(pk=parent.pk).add_child(**fields) if parent else Topic.add_root(**fields)
            )
            created += 1
        created += load_topics(record.children, topic)
    return created


@transaction.atomic
def load_scales(records: list[ScaleRecord]) -> int:
    """How many scales were created. The state's comes first: the others name their equivalents on it."""
    created = 0
    for record in records:
        if CompetencyScale.objects.filter(slug=record.slug).exists():
            continue
        scale = CompetencyScale.objects.create(
            owner=Organisation.objects.get(slug=record.owner),
            name=record.name,
            slug=record.slug,
            description=record.description,
        )
        state_levels = {
            level.slug: level
            for level in CompetencyLevel.objects.filter(scale__owner__kind=Organisation.Kind.STATE)
        }
        for order, level in enumerate(record.levels):
            CompetencyLevel.objects.create(
                scale=scale,
                sort_order=order,
                name=level.name,
                slug=level.slug,
                description=level.description,
                state_equivalent=state_levels[level.equivalent] if level.equivalent else None,
            )
        created += 1
    return created
