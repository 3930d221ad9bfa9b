"""What the pages of imports in the admin share: who may look, the way back, and the columns of their lists."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn

from importers.models import FrameworkImport
from importers.permissions import may_look, owners_for


class LookMixin:
    """For those who may look: coordinators and administrators. Everybody else gets Wagtail's refusal."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc] # a mixin of views

    @cached_property
    def may_start(self) -> bool:
        return bool(owners_for(self.request.user))


def crumbs() -> list[dict[str, Any]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("standards_admin:index"), "label": _("Standards")},
    ]


def crumbs_to(record: FrameworkImport, label: Any = "") -> list[dict[str, Any]]:
    """The way to an import, or with a `label` to a page of it."""
    name = record.title or record.source
    own = reverse("standards_admin:record", args=[record.pk]) if label else ""
    found = [
        *crumbs(),
        {"url": reverse("standards_admin:history"), "label": _("Imports")},
        {"url": own, "label": name},
    ]
    return [*found, {"url": "", "label": label}] if label else found


def columns_of_runs(in_words: Callable[[dict[str, int]], str]) -> list[Column]:
    """What lists of imports show of each beside its name. in_words: what its numbers of changes are called."""
    return [
        Column("state", label=_("State"), accessor="state_in_words"),
        Column(
            "user",
            label=_("By"),
            accessor=lambda record: record.user or gettext("Command line"),
            classname="wide-only",
        ),
        Column(
            "what",
            label=_("Changes"),
            accessor=lambda record: in_words(record.counts) if record.counts else "",
        ),
        DateColumn("created_at", label=_("Started")),
    ]
