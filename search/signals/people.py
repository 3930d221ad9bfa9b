"""Names of districts, schools, authors and reviewers, as cards show them."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import TaskState

from people.models import Organisation, User
from repository.models import ResourcePage
from search.outbox import enqueue_found


@receiver(post_save)
def organisation_changed(sender: type, instance: Any, created: bool, **kwargs: Any) -> None:
    """Without a sender: a proxy (District, School) sends in its own name."""
    if isinstance(instance, Organisation) and not created:
        theirs = ResourcePage.objects.filter(Q(district=instance.pk) | Q(school=instance.pk)).order_by()
        enqueue_found(theirs.values_list("pk", flat=True))


@receiver(post_save, sender=User)
def person_renamed(
    instance: User, created: bool, update_fields: Collection[str] | None = None, **kwargs: Any
) -> None:
    # Each sign-in saves `last_login`, and nothing else.
    if not created and (update_fields is None or "name" in update_fields):
        _enqueue_with(instance)


@receiver(pre_delete, sender=User)
def person_deleted(instance: User, **kwargs: Any) -> None:
    """Their resources stay, without them: the database changes those rows without a word."""
    _enqueue_with(instance)


def _enqueue_with(person: User) -> None:
    """The resources that they made, and those that they reviewed."""
    reviewed = TaskState.objects.filter(finished_by=person).values("revision")
    theirs = ResourcePage.objects.filter(Q(owner=person) | Q(live_revision__in=reviewed)).order_by()
    enqueue_found(theirs.values_list("pk", flat=True))
