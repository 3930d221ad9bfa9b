"""Background jobs for resources, for the worker that `manage.py db_worker` runs."""

from django.db import transaction
from django_tasks import task
from modelsearch.backends import get_search_backends
from wagtail.models import ReferenceIndex

from repository.models import ResourcePage

BEHIND = -50
"""Of work that nobody waits for: after a large import it takes a worker minutes, and plans and mails come first."""


@task(priority=BEHIND)
def follow_pages(page_ids: list[int]) -> None:
    """What Wagtail does after each save: the admin's own search, and the index of what refers to what.

    Pages that are gone by then are passed over.
    """
    pages = list(ResourcePage.get_indexed_objects().filter(pk__in=page_ids))
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(ResourcePage, pages)
    for page in pages:
        with transaction.atomic():
            ReferenceIndex.create_or_update_for_object(page)
