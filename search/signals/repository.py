"""What hangs on resources, and the vocabularies that they name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from taggit.models import Tag

from repository.models import (
    Alignment,
    CompetencyLevel,
    CompetencyScale,
    Modality,
    ResourceKind,
    ResourcePage,
    ResourceTag,
    Subject,
    Topic,
)
from repository.signals import resources_changed
from search.outbox import enqueue, enqueue_found


def _enqueue_where(condition: Q) -> None:
    enqueue_found(ResourcePage.objects.filter(condition).order_by().values_list("pk", flat=True).distinct())


@receiver(resources_changed)
def changed_in_bulk(sender: Any, page_ids: Iterable[int], **kwargs: Any) -> None:
    enqueue(page_ids)


@receiver([post_save, post_delete], sender=Alignment)
def alignment_changed(instance: Alignment, **kwargs: Any) -> None:
    enqueue([instance.page_id])


@receiver([post_save, post_delete], sender=ResourceTag)
def tagged(instance: ResourceTag, **kwargs: Any) -> None:
    enqueue([instance.content_object_id])


def choices_changed(
    instance: Model, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Subjects, topics or modalities given or taken, from either side."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if not reverse:
        enqueue([instance.pk])
    elif action == "pre_clear":
        enqueue_found(instance.resources.values_list("pk", flat=True))  # type: ignore[attr-defined]
    else:
        enqueue(pk_set or ())


for choices in (ResourcePage.subjects, ResourcePage.topics, ResourcePage.modalities):
    m2m_changed.connect(choices_changed, sender=choices.through)


# A deletion is heard of before it happens: afterwards nothing would tell whom it concerned.
@receiver([post_save, pre_delete], sender=ResourceKind)
def kind_changed(instance: ResourceKind, **kwargs: Any) -> None:
    _enqueue_where(Q(kind=instance))


@receiver([post_save, pre_delete], sender=Subject)
def subject_changed(instance: Subject, **kwargs: Any) -> None:
    _enqueue_where(Q(subjects=instance))


@receiver([post_save, pre_delete], sender=Modality)
def modality_changed(instance: Modality, **kwargs: Any) -> None:
    _enqueue_where(Q(modalities=instance))


@receiver([post_save, pre_delete], sender=Topic)
def topic_changed(instance: Topic, **kwargs: Any) -> None:
    """A topic's name is searched for and filtered by below it, too."""
    _enqueue_where(Q(topics__path__startswith=instance.path))


@receiver([post_save, pre_delete], sender=Tag)
def tag_changed(instance: Tag, **kwargs: Any) -> None:
    _enqueue_where(Q(tagged_items__tag=instance))


@receiver([post_save, pre_delete], sender=CompetencyLevel)
def level_changed(instance: CompetencyLevel, **kwargs: Any) -> None:
    """A level of the state is found by in districts whose levels name it as their equivalent."""
    _enqueue_where(Q(alignments__level=instance) | Q(alignments__level__state_equivalent=instance))


@receiver(post_save, sender=CompetencyScale)
def scale_changed(instance: CompetencyScale, **kwargs: Any) -> None:
    _enqueue_where(
        Q(alignments__level__scale=instance) | Q(alignments__level__state_equivalent__scale=instance)
    )
