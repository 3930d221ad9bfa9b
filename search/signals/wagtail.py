"""Pages and their review, as Wagtail changes them."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from wagtail.models import Page, Site, TaskState

from repository.models import ResourcePage
from search.outbox import enqueue, enqueue_found

# Wagtail's own publish and move signals are sent after the transaction: a crash in between would lose the change.


@receiver(pre_save)
def remember_place(sender: type, instance: Any, **kwargs: Any) -> None:
    """Note whether a page above resources gets another address, which is then theirs too."""
    if not isinstance(instance, Page) or isinstance(instance, ResourcePage) or not instance.pk:
        return
    before = Page.objects.filter(pk=instance.pk).values_list("url_path", flat=True).first()
    # A moved page is saved as a plain Page, with its descendants in their new places already.
    instance._search_moved = type(instance) is Page or before != instance.url_path


@receiver([post_save, post_delete])
def page_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, ResourcePage):
        enqueue([instance.pk])
    elif isinstance(instance, Page) and getattr(instance, "_search_moved", False):
        below = ResourcePage.objects.filter(path__startswith=instance.path).order_by()
        enqueue_found(below.values_list("pk", flat=True))


@receiver([post_save, post_delete], sender=Site)
def site_changed(**kwargs: Any) -> None:
    """Addresses begin at the site's root page."""
    enqueue_found(ResourcePage.objects.filter(live=True).order_by().values_list("pk", flat=True))


# Before a deletion: where the revision goes too, as with `purge_revisions`, no page names it any more afterwards.
@receiver([post_save, pre_delete])
def review_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """A card says who reviewed the resource."""
    if isinstance(instance, TaskState):
        pages = ResourcePage.objects.filter(live_revision=instance.revision_id)
        enqueue_found(pages.values_list("pk", flat=True))
