"""`manage.py publish_scheduled`: Wagtail's, with each page's turn taken before it is looked at."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from wagtail.management.commands import publish_scheduled
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


class Command(publish_scheduled.Command):
    """Wagtail's reads all pages that are due, and writes them later as they were: what was saved meanwhile was lost
    to its page, and of two runs both published. Only pages have times here. A page with which something is wrong keeps no
    other from its turn; it is told at the end, and is tried again by the next run.
    """

    help = "Publish pages, and end them, at the times that are set for them in the admin."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dryrun"]:
            super().handle(*args, **options)
            return
        due = Revision.page_revisions.filter(approved_go_live_at__lt=timezone.now())
        begins = due.order_by("approved_go_live_at").values_list("object_id", flat=True)
        ends = Page.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at")
        wrong = []
        for pk in dict.fromkeys([*ends.values_list("pk", flat=True), *map(int, begins)]):
            try:
                _see_to(pk)
            except Exception as error:
                logger.exception("Page %s could not be published, or ended", pk)
                title = Page.objects.filter(pk=pk).values_list("draft_title", flat=True).first()
                why = " ".join(error.messages) if isinstance(error, ValidationError) else repr(error)
                wrong.append(f"“{title}” (page {pk}): {why}")
        if wrong:
            raise CommandError("Not published or ended; all others are. " + " ".join(wrong))


@transaction.atomic
def _see_to(pk: int) -> None:
    """As `drafts.locked` and the admin lock it: then what is due is still so when it is done."""
    kind = Page.objects.filter(pk=pk).first()
    page = kind and kind.specific_class.objects.select_for_update().filter(pk=pk).first()
    if page is None:
        return
    now = timezone.now()
    if page.live and page.expire_at and page.expire_at < now:
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for revision in page.revisions.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        revision.publish(log_action="wagtail.publish.scheduled")
