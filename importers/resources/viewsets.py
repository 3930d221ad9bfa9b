"""The "Import resources" part of the Wagtail admin, for administrators of districts and of the state."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from importers.admin_base import columns_of_runs
from importers.forms import ResourceImportForm
from importers.labels import resources_in_words
from importers.models import ResourceChange, ResourceImport, WaitingAlignment
from importers.permissions import districts_for
from importers.problems import ImportRefused
from importers.progress import note_broken
from importers.records import is_stalled
from importers.resources import jobs
from importers.resources.plan_words import in_site_words
from importers.resources.undo import undo_import
from people.selectors import signed_in
from repository.forms.details import language_choices
from repository.models import ResourceKind, Subject

ICON = "upload"
State = ResourceImport.State


class AdministratorMixin:
    """For those who may import into a district. Everybody else gets Wagtail's refusal."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not districts_for(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc] # a mixin of views

    def records(self) -> QuerySet[ResourceImport]:
        note_broken(ResourceImport)
        found = ResourceImport.objects.select_related("user", "district", "undone_by").defer("payload")
        return found.filter(district__in=districts_for(self.request.user))

    @cached_property
    def record(self) -> ResourceImport:
        return get_object_or_404(self.records(), pk=self.kwargs["pk"])


class ImportList(AdministratorMixin, BaseListingView):
    """Every import into the person's districts, the newest first. A constant number of queries."""

    model = ResourceImport
    page_title = _("Import resources")
    header_icon = ICON
    index_url_name = "resource_imports:index"
    index_results_url_name = "resource_imports:index_results"
    default_ordering = "-created_at"
    paginate_by = 50
    verbose_name_plural = _("imports")
    columns = [
        TitleColumn(
            "source",
            label=_("Source"),
            get_url=lambda record: reverse("resource_imports:record", args=[record.pk]),
        ),
        Column("district", label=_("District"), classname="wide-only"),
        *columns_of_runs(resources_in_words),
    ]

    def get_base_queryset(self) -> QuerySet[ResourceImport]:
        return self.records().defer("payload", "plan", "warnings")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("resource_imports:import")
        return [HeaderButton(_("Import a collection"), url=url, icon_name="plus")]


class StartImport(AdministratorMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    template_name = "importers/resources/start.html"
    form_class = ResourceImportForm
    page_title = _("Import a collection of resources")
    header_icon = ICON

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*_crumbs(), {"url": "", "label": self.page_title}]

    def form_valid(self, form: ResourceImportForm) -> HttpResponse:
        data = form.cleaned_data
        file = data["file"]
        record = jobs.start(
            user=signed_in(self.request),
            district=data["district"],
            data=file.read() if file else b"",
            name=file.name if file else "",
            url=data["url"],
            audience=data["audience"],
            defaults=form.defaults,
        )
        return redirect("resource_imports:record", record.pk)


class RecordDetail(AdministratorMixin, WagtailAdminTemplateMixin, TemplateView):
    """One import: its progress, its plan to read and apply, or what came of it."""

    template_name = "importers/resources/record.html"
    header_icon = "history"

    def get_page_title(self) -> str:
        return self.record.source

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*_crumbs(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.record
        return super().get_context_data(
            record=record,
            State=State,
            plan=in_site_words(record.plan),
            in_words=resources_in_words(record.counts),
            share=round(record.done * 100 / record.total) if record.total else None,
            is_stalled=is_stalled(record),
            defaults=_chosen(record.defaults),
            still_waiting=WaitingAlignment.objects.filter(resource__last_import=record).count(),
            **kwargs,
        )


class ImportedList(AdministratorMixin, BaseListingView):
    """The resources that an import added, and those that it changed. A constant number of queries."""

    model = ResourceChange
    page_title = _("Imported resources")
    header_icon = "history"
    default_ordering = "pk"
    paginate_by = 50
    verbose_name_plural = _("resources")
    columns = [
        TitleColumn(
            "title",
            label=_("Resource"),
            accessor="resource.page.draft_title",
            get_url=lambda change: reverse("wagtailadmin_pages:edit", args=[change.resource.page_id]),
        ),
        Column("kind", label=_("Kind"), accessor="resource.page.kind"),
        Column(
            "what",
            label=_("By this import"),
            accessor=lambda change: gettext("added") if change.before is None else gettext("changed"),
        ),
        Column(
            "live",
            label=_("On the site"),
            accessor=lambda change: gettext("yes") if change.resource.page.live else gettext("no"),
        ),
    ]

    def get_base_queryset(self) -> QuerySet[ResourceChange]:
        there = self.record.changes.filter(resource__page__isnull=False)
        return there.select_related("resource__page__kind").defer("resource__raw", "resource__page__body")

    def get_index_url(self) -> str:
        return reverse("resource_imports:resources", args=[self.record.pk])

    def get_index_results_url(self) -> str:
        return reverse("resource_imports:resources_results", args=[self.record.pk])

    def get_page_subtitle(self) -> str:
        return self.record.source

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*_crumbs(), _crumb_to(self.record), {"url": "", "label": self.page_title}]


class ConfirmUndo(AdministratorMixin, WagtailAdminTemplateMixin, TemplateView):
    """What an undo would do, to be read before it is asked for."""

    template_name = "importers/resources/undo.html"
    header_icon = "history"
    page_title = _("Undo this import?")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*_crumbs(), _crumb_to(self.record), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            undone = undo_import(self.record, user=signed_in(self.request), dry_run=True)
        except ImportRefused as refusal:
            return super().get_context_data(record=self.record, refusal=str(refusal), **kwargs)
        return super().get_context_data(record=self.record, undone=undone, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        jobs.request_undo(self.record, user=signed_in(request))
        return redirect("resource_imports:record", pk)


class Act(AdministratorMixin, View):
    """Applies, discards, plans or starts again: whatever the button says."""

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        if action == "apply":
            jobs.request_apply(self.record, user=signed_in(request))
        elif action == "discard":
            jobs.discard(self.record)
        elif action in ("replace-reviewed", "keep-reviewed"):
            jobs.plan_again(self.record, replace_reviewed=action == "replace-reviewed")
        elif action == "repeat":
            if self.record.state == State.UNDONE:
                pk = jobs.repeat(self.record, user=signed_in(request)).pk
        else:
            jobs.start_again(self.record)
        return redirect("resource_imports:record", pk)


class ImportsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(districts_for(request.user))


class ResourceImportsViewSet(ViewSet):
    name = "resource_imports"
    url_prefix = "resource-imports"
    url_namespace = "resource_imports"
    icon = ICON
    menu_label = _("Import resources")
    menu_order = 260
    menu_item_class = ImportsMenuItem
    add_to_admin_menu = True

    def get_menu_item(self, order: int | None = None) -> ImportsMenuItem:
        return ImportsMenuItem(
            self.menu_label,
            reverse("resource_imports:index"),
            name="resource-imports",
            icon_name=ICON,
            order=self.menu_order,
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ImportList.as_view(), name="index"),
            path("results/", ImportList.as_view(results_only=True), name="index_results"),
            path("import/", StartImport.as_view(), name="import"),
            path("<int:pk>/", RecordDetail.as_view(), name="record"),
            *(
                path(f"<int:pk>/{action}/", Act.as_view(), {"action": action}, name=action)
                for action in ("apply", "discard", "replace-reviewed", "keep-reviewed", "again", "repeat")
            ),
            path("<int:pk>/resources/", ImportedList.as_view(), name="resources"),
            path(
                "<int:pk>/resources/results/",
                ImportedList.as_view(results_only=True),
                name="resources_results",
            ),
            path("<int:pk>/undo/", ConfirmUndo.as_view(), name="undo"),
        ]


def _chosen(defaults: Mapping[str, str]) -> str:
    """The kind, subject and language that were chosen, in words."""
    code = defaults.get("language", "")
    labels = [
        *ResourceKind.objects.filter(slug=defaults.get("kind", "")).values_list("label", flat=True),
        *Subject.objects.filter(slug=defaults.get("subject", "")).values_list("label", flat=True),
        *([str(dict(language_choices(code))[code])] if code else []),
    ]
    return ", ".join(labels)


def _crumb_to(record: ResourceImport) -> dict[str, Any]:
    return {"url": reverse("resource_imports:record", args=[record.pk]), "label": record.source}


def _crumbs() -> list[dict[str, Any]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("resource_imports:index"), "label": _("Import resources")},
    ]
