"""The "Standards" part of the Wagtail admin: frameworks, importing them, and what was imported when."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from importers import jobs
from importers.admin_base import LookMixin, columns_of_runs, crumbs, crumbs_to
from importers.adoptions_admin import Adopt, Drop
from importers.choices_admin import ChooseDocuments, CorrectColumns
from importers.forms import ImportForm
from importers.framework_admin import FrameworkDetail, Refresh, Rename, Schedule
from importers.labels import in_words
from importers.models import HEAVY, FrameworkImport
from importers.moves import still_tied
from importers.moves_admin import URLS as MOVES
from importers.permissions import may_look, owners_for, visible_imports
from importers.progress import note_broken
from importers.records import is_stalled
from importers.undo import is_undoable
from people.selectors import signed_in
from standards.access import visible_frameworks
from standards.models import Framework, Item

ICON = "list-ul"
AGAIN = (FrameworkImport.State.REFUSED, FrameworkImport.State.BROKEN)


class FrameworkList(LookMixin, BaseListingView):
    """All frameworks, with what is in them and when they were last imported. A constant number of queries."""

    model = Framework
    page_title = _("Standards")
    header_icon = ICON
    index_url_name = "standards_admin:index"
    index_results_url_name = "standards_admin:index_results"
    is_searchable = True
    search_fields = ["title", "short_name", "jurisdiction", "identifier"]
    default_ordering = "title"
    paginate_by = 50
    verbose_name_plural = _("frameworks")
    columns = [
        TitleColumn(
            "title",
            label=_("Framework"),
            sort_key="title",
            get_url=lambda framework: reverse("standards_admin:framework", args=[framework.pk]),
        ),
        Column("short_name", label=_("Short name"), sort_key="short_name"),
        Column("jurisdiction", label=_("Jurisdiction"), sort_key="jurisdiction", classname="wide-only"),
        Column(
            "owner",
            label=_("Kept by"),
            accessor=lambda framework: framework.owner or gettext("The state"),
            classname="wide-only",
        ),
        NumberColumn("current_items", label=_("Statements")),
        DateColumn("last_import", label=_("Last import"), classname="wide-only"),
    ]

    def get_base_queryset(self) -> QuerySet[Framework]:
        own = {"framework": OuterRef("pk")}
        statements = Item.objects.filter(retired_at__isnull=True, **own).order_by().values("framework")
        current = statements.annotate(number=Count("pk")).values("number")
        done = [FrameworkImport.State.APPLIED, FrameworkImport.State.UNDONE, FrameworkImport.State.UNCHANGED]
        runs = FrameworkImport.objects.filter(state__in=done, **own).order_by().values("framework")
        last = runs.annotate(last=Max("finished_at")).values("last")
        return (
            visible_frameworks(self.request.user)
            .select_related("owner")
            # Not by joins, which would pair each of its thousands of statements with each of its imports.
            .annotate(current_items=Coalesce(Subquery(current), 0), last_import=Subquery(last))
        )

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = [
            HeaderButton(
                _("History"), url=reverse("standards_admin:history"), icon_name="history", priority=20
            )
        ]
        if self.may_start:
            url = reverse("standards_admin:import")
            buttons.append(HeaderButton(_("Import a framework"), url=url, icon_name="plus", priority=10))
        return buttons


class ImportList(LookMixin, BaseListingView):
    """Every import, the newest first."""

    model = FrameworkImport
    page_title = _("Imports")
    header_icon = "history"
    index_url_name = "standards_admin:history"
    index_results_url_name = "standards_admin:history_results"
    is_searchable = True
    search_fields = ["title", "source"]
    default_ordering = "-created_at"
    paginate_by = 50
    verbose_name_plural = _("imports")
    columns = [
        TitleColumn(
            "name",
            label=_("Framework"),
            accessor=lambda record: record.title or record.source,
            get_url=lambda record: reverse("standards_admin:record", args=[record.pk]),
        ),
        *columns_of_runs(in_words),
    ]

    def get_base_queryset(self) -> QuerySet[FrameworkImport]:
        note_broken(FrameworkImport)
        found = visible_imports(self.request.user).select_related("user").defer(*HEAVY, "plan", "warnings")
        if name := self.request.GET.get("framework", ""):
            found = found.filter(framework__short_name=name)
        return found

    def get_page_subtitle(self) -> str:
        """Of one framework alone, where its page leads here."""
        asked = visible_frameworks(self.request.user).filter(short_name=self.request.GET.get("framework", ""))
        return str(asked.values_list("title", flat=True).first() or "")

    @cached_property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs()


class StartImport(LookMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    template_name = "importers/start.html"
    form_class = ImportForm
    page_title = _("Import a framework")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not owners_for(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"short_name": self.request.GET.get("short_name", "")}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*crumbs(), {"url": "", "label": self.page_title}]

    def form_valid(self, form: ImportForm) -> HttpResponse:
        data = form.cleaned_data
        file = data["file"]
        record = jobs.start(
            user=signed_in(self.request),
            data=file.read() if file else b"",
            name=file.name if file else "",
            url=data["url"],
            owner=data["owner"],
            short_name=data["short_name"],
        )
        return redirect("standards_admin:record", record.pk)


class RecordDetail(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    """One import: its progress, its plan to read and apply, or what came of it."""

    template_name = "importers/record.html"
    header_icon = "history"

    @cached_property
    def record(self) -> FrameworkImport:
        note_broken(FrameworkImport)
        return get_object_or_404(
            visible_imports(self.request.user)
            .select_related("user", "owner", "framework__owner", "undoes")
            .prefetch_related(Prefetch("undone_by", FrameworkImport.objects.only("state", "undoes")))
            .defer(*HEAVY, "undoes__payload", "undoes__journal", "undoes__plan"),
            pk=self.kwargs["pk"],
        )

    def get_page_title(self) -> str:
        return self.record.title or self.record.source

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs_to(self.record)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.record
        share = round(record.done * 100 / record.total) if record.total else None
        is_applied = record.state == FrameworkImport.State.APPLIED
        return super().get_context_data(
            record=record,
            tied=still_tied(record.framework, self.request.user) if is_applied and record.framework else None,
            State=FrameworkImport.State,
            plan=record.plan,
            in_words=in_words(record.counts),
            share=share,
            is_stalled=is_stalled(record),
            may_act=jobs.may_act(signed_in(self.request), record),
            is_undoable=is_undoable(record),
            may_repeat=record.size > 0 and self.may_start,
            **kwargs,
        )


class Act(LookMixin, View):
    """Applies, discards, starts again, undoes or repeats: whatever the button says."""

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        record = get_object_or_404(visible_imports(request.user).defer(*HEAVY), pk=pk)
        user = signed_in(request)
        # The file of an undone import may be read again by whoever may import; the plan says whether it is theirs.
        if not (bool(owners_for(user)) if action == "repeat" else jobs.may_act(user, record)):
            raise PermissionDenied
        if action == "apply":
            self._apply(request, record)
        elif action == "discard":
            jobs.discard(record)
        elif action == "undo":
            pk = jobs.start_undo(record, user=user).pk
        elif action == "repeat" and record.state == FrameworkImport.State.UNDONE:
            pk = jobs.repeat(record, user=user).pk
        elif action in ("lead", "follow") and record.state != FrameworkImport.State.APPLIED:
            jobs.let_lead(record, leads=action == "lead")
        elif action == "lead" and record.led_by:
            pk = jobs.repeat(record, user=user, leads=True).pk
        elif action == "again" and (is_stalled(record) or record.state in AGAIN):
            jobs.start_again(record)
        return redirect("standards_admin:record", pk)

    def _apply(self, request: HttpRequest, record: FrameworkImport) -> None:
        allow_retire = request.POST.get("allow_retire") == "on"
        if record.plan.get("retires_too_many") and not allow_retire:
            messages.error(request, gettext("Tick the box first: many statements would be retired."))
            return
        jobs.request_apply(record, user=signed_in(request), allow_retire=allow_retire)


class StandardsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_look(request.user)


class StandardsViewSet(ViewSet):
    name = "standards_admin"
    url_prefix = "standards"
    url_namespace = "standards_admin"
    icon = ICON
    menu_label = _("Standards")
    menu_order = 250
    menu_item_class = StandardsMenuItem
    add_to_admin_menu = True

    def get_menu_item(self, order: int | None = None) -> StandardsMenuItem:
        return StandardsMenuItem(
            self.menu_label,
            reverse("standards_admin:index"),
            name="standards",
            icon_name=ICON,
            order=self.menu_order,
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", FrameworkList.as_view(), name="index"),
            path("results/", FrameworkList.as_view(results_only=True), name="index_results"),
            path("import/", StartImport.as_view(), name="import"),
            path("imports/", ImportList.as_view(), name="history"),
            path("imports/results/", ImportList.as_view(results_only=True), name="history_results"),
            path("imports/<int:pk>/", RecordDetail.as_view(), name="record"),
            path("imports/<int:pk>/columns/", CorrectColumns.as_view(), name="columns"),
            path("imports/<int:pk>/documents/", ChooseDocuments.as_view(), name="documents"),
            path("imports/<int:pk>/apply/", Act.as_view(), {"action": "apply"}, name="apply"),
            path("imports/<int:pk>/discard/", Act.as_view(), {"action": "discard"}, name="discard"),
            path("imports/<int:pk>/again/", Act.as_view(), {"action": "again"}, name="again"),
            path("imports/<int:pk>/undo/", Act.as_view(), {"action": "undo"}, name="undo"),
            path("imports/<int:pk>/lead/", Act.as_view(), {"action": "lead"}, name="lead"),
            path("imports/<int:pk>/follow/", Act.as_view(), {"action": "follow"}, name="follow"),
            path("imports/<int:pk>/repeat/", Act.as_view(), {"action": "repeat"}, name="repeat"),
            path("<int:pk>/", FrameworkDetail.as_view(), name="framework"),
            path("<int:pk>/schedule/", Schedule.as_view(), name="schedule"),
            path("<int:pk>/refresh/", Refresh.as_view(), name="refresh"),
            path("<int:pk>/title/", Rename.as_view(), name="title"),
            path("<int:pk>/adopt/", Adopt.as_view(), name="adopt"),
            path("<int:pk>/drop/", Drop.as_view(), name="drop"),
            *MOVES,
        ]
