"""Statements, codes and the tree of standards."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from repository.models import Alignment
from search.batches import batched
from search.outbox import enqueue_found
from standards.models import Framework, Item
from standards.signals import items_changed


def _enqueue_below(item_ids: Collection[int]) -> None:
    """Everything aligned to these items or below them: ancestors' words and codes are searched for as well."""
    aligned = Alignment.objects.filter(item__ancestor_links__ancestor__in=item_ids).order_by()
    enqueue_found(aligned.values_list("page_id", flat=True).distinct())


@receiver(post_save, sender=Item)
def item_changed(instance: Item, **kwargs: Any) -> None:
    _enqueue_below([instance.pk])


@receiver(items_changed)
def items_changed_in_bulk(sender: Any, item_ids: Iterable[int], **kwargs: Any) -> None:
    for some in batched(item_ids, 10_000):
        _enqueue_below(some)


@receiver(post_save, sender=Framework)
def framework_changed(instance: Framework, created: bool, **kwargs: Any) -> None:
    if not created:
        aligned = Alignment.objects.filter(item__ancestor_links__ancestor__framework=instance).order_by()
        enqueue_found(aligned.values_list("page_id", flat=True).distinct())
