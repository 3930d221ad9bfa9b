"""The ways in which a coordinator moves resources off retired standards, and what is seen of it."""

from types import SimpleNamespace
from typing import Any

import lxml.html
from django.test import Client

from importers.models import AlignmentMove
from repository.models import ResourcePage
from standards.models import Framework, Item
from tests.factories import (
    AssociationFactory,
    resource,
)


def replaced(old: Item, new: Item) -> None:
    AssociationFactory(framework=old.framework, association_type="replacedBy", origin=old, destination=new)


def lesson(here: SimpleNamespace, code: str, title: str = "Paint by ratio", **fields: Any) -> ResourcePage:
    fields.setdefault("district", here.district)
    return resource(title, alignments=[{"item": here.items[code]}], **fields)


def codes(page: ResourcePage) -> list[str]:
    """What a page is tied to: live, and in its draft."""
    page = ResourcePage.objects.get(pk=page.pk)
    live = sorted(row.item.human_coding_scheme for row in page.alignments.all())
    draft = sorted(
        row.item.human_coding_scheme for row in page.get_latest_revision_as_object().alignments.all()
    )
    assert live == draft
    return live


def text(answer: Any) -> str:
    html: Any = lxml.html.fromstring(answer.content)
    return " ".join(html.text_content().split())


def address(item: Item) -> str:
    return f"/admin/standards/retired/{item.pk}/"


def move(client: Client, here: SimpleNamespace, old: str, *new: str) -> Any:
    return client.post(address(here.items[old]), {"to": [here.items[code].pk for code in new]}, follow=True)


def undo(client: Client) -> Any:
    return client.post(f"/admin/standards/moves/{AlignmentMove.objects.latest('pk').pk}/undo/", follow=True)


def seen_in(answer: Any) -> str:
    """The hidden field that says which list was seen."""
    html: Any = lxml.html.fromstring(answer.content)
    return str(html.xpath("//input[@name='seen']")[0].get("value"))


def list_of(framework: Framework) -> str:
    return f"/admin/standards/{framework.pk}/retired/"
