"""What others did to a resource while its form was open in Wagtail's admin.

What coordinators change on many resources at once makes no new revision: moves of standards, merged tags. A form that
was open meanwhile would bring the old back, so it carries a stamp of what was there."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Revision

from repository.chosen import check_chosen

SEEN = "seen"  # the field that says what was there when the page was opened
_TOLD = "told "  # before a stamp: its author has been told, and may keep the form by hand
_REWRITTEN = ("alignments", "topics", "tagged_items")


def rows_stamp(revision: Revision | None) -> str:
    """Names what a revision has of what is changed in its place."""
    content = revision.content if revision else {}
    rows = [content.get(name) or [] for name in _REWRITTEN]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:16]


def note_who_saves(page: Any, request: HttpRequest) -> None:
    """For the form, which does not know the request: Wagtail's editor saves in the background what is typed."""
    page.saves_itself = not request.accepts("text/html")


class ResourcePageForm(WagtailAdminPageForm):
    """Wagtail's own notice of two people in one page is a script's, which looks now and then, and knows revisions only."""

    data: QueryDict

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEEN] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=rows_stamp(self._revision()), max_length=21
        )

    def _revision(self) -> Revision | None:
        found: Revision | None = Revision.objects.filter(pk=self.instance.latest_revision_id).first()
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        check_chosen(self)
        revision = self._revision()
        seen, now = cleaned.get(SEEN) or "", rows_stamp(revision)
        itself: bool | None = getattr(
            self.instance, "saves_itself", None
        )  # None: a preview, which saves nothing
        if revision is None or itself is None:
            return cleaned
        # What saves itself Wagtail refuses where it is older.
        if not itself and self._is_older_than(revision):
            words = _(
                "%(who)s has changed this resource since you opened it. Nothing of yours has been saved. "
                "Save again to have it as in your form; the other version stays in the history."
            ) % {"who": revision.user}
        elif itself and seen.startswith(_TOLD):
            words = _(
                "This resource was changed after you opened it. Save by hand to have it as in your form."
            )
        elif seen and seen not in (now, _TOLD + now) and (there := self._undone(cleaned, revision)):
            words = _(
                "This resource was changed after you opened it: a coordinator moved it off a retired standard, or made a "
                "tag a topic. Nothing of yours has been saved. Now it has – %(now)s. Save again to have it as in your form."
            ) % {"now": "; ".join(there)}
        else:
            return cleaned
        # What was typed stays; saved again by hand, it is kept knowingly.
        self.data = self.data.copy()
        self.data[SEEN] = _TOLD + now
        self.add_error(None, words)
        return cleaned

    def _is_older_than(self, latest: Revision) -> bool:
        """Whether the form was made before somebody else's version."""
        if latest.user in (None, self.for_user):
            return False
        if goes_on := self.data.get("overwrite_revision_id"):
            return bool(goes_on != str(latest.pk))
        made_of = self.data.get("loaded_revision_id"), self.data.get("loaded_revision_created_at")
        return bool(made_of[0]) and made_of != (str(latest.pk), latest.created_at.isoformat())

    def _undone(self, cleaned: dict[str, Any], revision: Revision) -> list[str]:
        """What is there now and would be replaced by what the form has, in words."""
        rows = self.formsets["alignments"]
        if not rows.is_valid():
            return []
        now = revision.as_object()
        items = {one.item_id: one.item for one in now.alignments.all()}
        typed = {row["item"].pk for row in rows.cleaned_data if row.get("item") and not row.get("DELETE")}
        topics = {one.pk: one.name for one in now.topics.all()}
        tags = {one["tag"] for one in revision.content.get("tagged_items") or ()}
        names = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))
        said = []
        if typed != items.keys():
            said.append(
                _told(_("Standards"), [one.human_coding_scheme or str(one) for one in items.values()])
            )
        if {one.pk for one in cleaned.get("topics", ())} != topics.keys():
            said.append(_told(_("Topics"), topics.values()))
        if {one.casefold() for one in cleaned.get("tags", ())} != {one.casefold() for one in names.values()}:
            said.append(_told(_("Tags"), names.values()))
        return said

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """After a save in the background, the form in the browser has seen what it saved."""
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()
        return [*updates, (SEEN, rows_stamp(self._revision()))]


def _told(label: str, names: Collection[str]) -> str:
    return f"{label}: {', '.join(names) or _('none')}"
