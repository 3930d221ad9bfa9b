"""What Wagtail's editor puts into a resource by number. Its choosers offer what one may have, but its forms take any: who
made one up had another district's files, and read its private drafts of standards."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import Page
from wagtail.permissions import policy_registry

from people.models import User
from standards.models import Item
from standards.selectors import items


def check_chosen(form: Any) -> None:
    """For the form of a resource, bound. Raises PermissionDenied where what it brings in is not the user's to choose.

    Not an error beside the field: that would show what was chosen, with its title.
    """
    for one in set(_chosen(form)) - set(_there(form.instance)) - {None}:
        if not _may_choose(form.for_user, one):
            raise PermissionDenied


def _may_choose(user: User, one: Any) -> bool:
    if isinstance(one, Item):
        return items(user).filter(pk=one.pk).exists()
    may: bool = policy_registry.get_by_type(type(one)).user_has_permission_for_instance(user, "choose", one)
    return may


def _there(page: Page) -> Iterator[Any]:
    yield from (row.document for row in page.attachments.all())
    yield from (row.item for row in page.alignments.all())
    yield from _images(page.body)


def _chosen(form: Any) -> Iterator[Any]:
    for rows, name in (("attachments", "document"), ("alignments", "item")):
        form.formsets[rows].is_valid()
        yield from (row.cleaned_data.get(name) for row in form.formsets[rows].forms)
    # As it was sent: with an error in another block there is no clean value, and the page shows it all again.
    yield from _images(form["body"].data)


def _images(body: Any) -> Iterator[Any]:
    yield from (block.value["image"] for block in body if block.block_type == "image")
