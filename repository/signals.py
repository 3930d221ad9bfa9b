"""What follows a change of people, organisations and the tree."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal, receiver
from treebeard.mp_tree import path_updated
from wagtail.models import Page

from people.models import District, Membership, Organisation, School, State, User
from repository import mails, permissions
from repository.models import DistrictPage, ResourcePage, Topic

# Sent by services that change resources in bulk, past `save()`: `page_ids` is an iterable of primary keys. Sent inside
# the transaction that makes the change, so that a listener's rows are committed with it.
resources_changed = Signal()


@receiver([post_save, post_delete], sender=Membership)
def follow_membership(instance: Membership, **kwargs: Any) -> None:
    if kwargs.get("raw"):
        return
    permissions.sync_user(user=instance.user)


def follow_organisation(instance: Organisation, **kwargs: Any) -> None:
    if kwargs.get("raw"):
        return
    if instance.kind == Organisation.Kind.STATE:
        permissions.sync_state()
    elif instance.kind == Organisation.Kind.DISTRICT:
        permissions.sync_district(district=instance)
    else:  # a school that changed districts takes its members along
        for user in User.objects.filter(memberships__organisation=instance).distinct():
            permissions.sync_user(user=user)


@receiver(path_updated, sender=Topic)
def follow_topic(old_path: str, new_path: str, **kwargs: Any) -> None:
    """Treebeard moves past `save()`, so nobody else would hear of it. Where siblings only make room, nothing has changed."""
    if old_path[: -Topic.steplen] != new_path[: -Topic.steplen]:
        below = ResourcePage.objects.filter(topics__path__startswith=new_path).distinct()
        resources_changed.send(sender=Topic, page_ids=below.values_list("pk", flat=True))


# A proxy's signals are sent with the proxy as their sender.
for model in (Organisation, State, District, School):
    post_save.connect(follow_organisation, sender=model)


@receiver(post_save, sender=Page)
def follow_move(instance: Page, **kwargs: Any) -> None:
    """A resource that was moved below another district belongs to that district.

    Wagtail saves a moved page as a plain Page, inside the transaction of the move; its move signals come after it.
    """
    parent = DistrictPage.objects.parent_of(instance).first()
    if parent is None:
        return
    elsewhere = ResourcePage.objects.filter(pk=instance.pk).exclude(district=parent.district_id)
    if not elsewhere.update(district=parent.district_id, school=None):
        return
    if waiting := permissions.hand_to_own_reviewers(instance):
        mails.on_submitted(waiting)
