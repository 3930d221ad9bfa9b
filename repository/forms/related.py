"""Standards and files of a resource, as rows of its page."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from people.models import User
from repository.forms.blocks import RowSet, rowset_of
from repository.forms.fields import LineField
from repository.models import Alignment, CompetencyLevel, ResourceAttachment, ResourceDocument, ResourcePage
from standards import selectors as standards
from standards.access import Reader
from standards.models import Item

ALIGNMENT = "alignment"
ATTACHMENT = "attachment"


class AlignmentRow(forms.Form):
    """One standard with what the resource does for it. `items` and `levels` are looked up once for all rows.

    disputed: what a reviewer disputed, each as the key of the item, relation, and level.
    """

    use_required_attribute = False
    item = forms.CharField(widget=forms.HiddenInput, max_length=255)
    relation = forms.ChoiceField(label=_("What it does for the standard"), choices=Alignment.Relation)
    level = forms.ChoiceField(label=_("Level"), required=False)
    note = LineField(label=_("Note"), max_length=300)

    def __init__(
        self,
        *args: Any,
        items: dict[str, Item],
        levels: Sequence[CompetencyLevel],
        disputed: Collection[tuple[int, str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self._disputed = disputed
        self.levels = {level.key: level for level in levels}
        by_scale: dict[str, list[tuple[str, str]]] = {}
        for level in levels:
            by_scale.setdefault(level.scale.name, []).append((level.key, level.name))
        choices = [("", _("No level in particular")), *by_scale.items()]
        self.fields["level"].choices = choices  # type: ignore[attr-defined]

    @property
    def standard(self) -> Item | None:
        return self.items.get(str(self["item"].value()))

    @property
    def disputed(self) -> bool:
        """Not any more where something else is said now than what the reviewer saw."""
        key = self.standard.pk if self.standard else 0
        return (key, self["relation"].value(), self["level"].value()) in self._disputed

    def clean_item(self) -> Item:
        item = self.items.get(self.cleaned_data["item"])
        if item is None:
            raise forms.ValidationError(
                _("This standard is no longer there. Please take it away and pick another.")
            )
        return item

    def clean_level(self) -> CompetencyLevel | None:
        key = self.cleaned_data["level"]
        return self.levels[key] if key else None

    @property
    def alignment(self) -> Alignment:
        cleaned = self.cleaned_data
        return Alignment(
            item=cleaned["item"], relation=cleaned["relation"], level=cleaned["level"], note=cleaned["note"]
        )


def alignment_rows(
    page: ResourcePage, levels: Sequence[CompetencyLevel], data: QueryDict | None, reader: Reader
) -> RowSet:
    """The alignments of the page, or those that were posted. One query for their items.

    A row may name a standard that the reader may see, or one that the page is aligned to already.
    """
    current = list(page.alignments.all())
    keys = {level.pk: level.key for level in levels}
    if data is not None and f"{ALIGNMENT}-TOTAL_FORMS" in data:
        named = {
            value for key, value in data.items() if key.startswith(f"{ALIGNMENT}-") and key.endswith("-item")
        }
        may_name = Q(pk__in=[alignment.item_id for alignment in current])
        may_name |= Q(pk__in=standards.items(reader).filter(identifier__in=named).values("pk"))
        items = Item.objects.filter(may_name, identifier__in=named)
        initial = None
    else:
        data = None
        items = Item.objects.filter(pk__in=[alignment.item_id for alignment in current])
        by_key = {item.pk: item.identifier for item in items.only("pk", "identifier")}
        initial = [
            {
                "item": by_key[alignment.item_id],
                "relation": alignment.relation,
                "level": keys.get(alignment.level_id, ""),
                "note": alignment.note,
            }
            for alignment in current
        ]
    disputed = {
        (one.item_id, one.relation, keys.get(one.level_id, ""))
        for one in current
        if one.status == Alignment.Status.DISPUTED
    }
    of_all = {
        "items": {item.identifier: item for item in items.select_related("framework")},
        "levels": levels,
        "disputed": disputed,
    }
    return rowset_of(AlignmentRow)(data=data, prefix=ALIGNMENT, initial=initial, form_kwargs=of_all)


def apply_alignments(page: ResourcePage, rows: RowSet) -> None:
    """Give the page the alignments of the rows. One that says the same as before keeps its key and its status."""
    before = {_fact(alignment): alignment for alignment in page.alignments.all()}
    alignments: dict[tuple[Any, ...], Alignment] = {}
    for row in rows:
        alignment = row.alignment
        known = before.get(_fact(alignment))
        if known is not None:
            alignment.pk, alignment.status = known.pk, known.status
        # The same standard, relation and level twice is one fact.
        alignments.setdefault(_fact(alignment), alignment)
    for number, alignment in enumerate(alignments.values()):
        alignment.sort_order = number
    page.alignments = list(alignments.values())


def _fact(alignment: Alignment) -> tuple[Any, ...]:
    return alignment.item_id, alignment.relation, alignment.level_id


class AttachmentRow(forms.Form):
    """A file of the resource. Files come in by upload only; a row can name one that is there, and no other."""

    use_required_attribute = False
    document = forms.IntegerField(widget=forms.HiddenInput)
    title = LineField(label=_("Title"), max_length=150)

    def __init__(self, *args: Any, documents: dict[int, ResourceDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = documents

    @property
    def file(self) -> ResourceDocument | None:
        try:
            return self.documents.get(int(self["document"].value()))
        except (TypeError, ValueError):
            return None

    def clean_document(self) -> ResourceDocument:
        document = self.documents.get(self.cleaned_data["document"])
        if document is None:
            raise forms.ValidationError(_("This file is no longer there. Please upload it again."))
        return document


def attachment_rows(page: ResourcePage, user: User, data: QueryDict | None) -> RowSet:
    """The files of the page, or the posted rows. A row may name a file of the page or one the user uploaded."""
    current = list(page.attachments.all())
    keys: list[int] = [attachment.document_id for attachment in current]
    documents = {document.pk: document for document in ResourceDocument.objects.filter(pk__in=keys)}
    initial = None
    if data is not None and f"{ATTACHMENT}-TOTAL_FORMS" in data:
        posted = _numbers(
            v for k, v in data.items() if k.startswith(f"{ATTACHMENT}-") and k.endswith("-document")
        )
        if unknown := posted - documents.keys():
            own = ResourceDocument.objects.filter(pk__in=unknown, uploaded_by_user=user)
            documents.update({document.pk: document for document in own})
    else:
        data = None
        initial = [{"document": one.document_id, "title": one.title} for one in current]
    return rowset_of(AttachmentRow)(
        data=data, prefix=ATTACHMENT, initial=initial, form_kwargs={"documents": documents}
    )


def apply_attachments(page: ResourcePage, rows: RowSet) -> None:
    keys = {attachment.document_id: attachment.pk for attachment in page.attachments.all()}
    attachments: dict[int, ResourceAttachment] = {}
    for row in rows:
        document = row.cleaned_data["document"]
        attachment = ResourceAttachment(document=document, title=row.cleaned_data["title"])
        attachment.pk = keys.get(document.pk)
        attachment.sort_order = len(attachments)
        attachments.setdefault(document.pk, attachment)
    page.attachments = list(attachments.values())


def _numbers(values: Iterable[Any]) -> set[int]:
    return {int(value) for value in values if str(value).isdecimal() and len(str(value)) < 12}
