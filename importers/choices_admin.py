"""Two pages on which a person decides before a plan: what a table's columns hold, which documents to import."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from importers import jobs
from importers.admin_base import LookMixin, crumbs_to
from importers.models import FrameworkImport
from importers.payload import Payload
from importers.table_columns import CHOICES, TableColumn, columns_of, faults
from people.selectors import signed_in
from standards.models import Framework
from standards.names import canonical


class _OfRecord(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of one import, for those who may apply it."""

    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not jobs.may_act(signed_in(request), self.record):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> FrameworkImport:
        found = FrameworkImport.objects.select_related("owner", "framework__owner").defer("journal", "plan")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs_to(self.record, self.page_title)


class CorrectColumns(_OfRecord):
    """What the columns of a table hold, as it was understood; saving reads and plans the table once more."""

    template_name = "importers/columns.html"
    page_title = _("Columns")

    @cached_property
    def columns(self) -> list[TableColumn]:
        if not self.record.payload:
            return []
        payload = Payload(self.record.read_payload(), self.record.source)
        payload.mapping = self.record.columns
        return columns_of(payload)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = {name for name, _label in CHOICES}
        said = [request.POST.get(f"column-{number}", "") for number in range(len(self.columns))]
        mapping = {
            column.name: field if field in known else ""
            for column, field in zip(self.columns, said, strict=True)
        }
        if found := faults(mapping):
            return self.render_to_response(self.get_context_data(mapping=mapping, faults=found), status=422)
        jobs.correct_columns(self.record, mapping)
        return redirect("standards_admin:record", self.record.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mapping = kwargs.pop("mapping", None) or {column.name: column.field for column in self.columns}
        rows = [
            {"column": column, "chosen": mapping[column.name], "number": number}
            for number, column in enumerate(self.columns)
        ]
        return super().get_context_data(record=self.record, rows=rows, choices=CHOICES, **kwargs)


class ChooseDocuments(_OfRecord):
    """The documents of a CASE server; each one that is chosen becomes an import of its own."""

    template_name = "importers/documents.html"
    page_title = _("Documents")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.getlist("document")
        started = jobs.start_chosen(self.record, chosen, user=signed_in(request))
        if not started:
            messages.error(request, gettext("Tick at least one."))
            return redirect("standards_admin:documents", self.record.pk)
        if len(started) == 1:
            return redirect("standards_admin:record", started[0].pk)
        said = ngettext("%(n)d framework is being read.", "%(n)d frameworks are being read.", len(started))
        messages.success(request, said % {"n": len(started)})
        return redirect("standards_admin:history")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = {one["identifier"]: canonical(one["identifier"]) for one in self.record.documents}
        wanted = [*names, *names.values()]
        here = {
            canonical(framework.identifier): framework
            for framework in Framework.objects.filter(identifier__in=wanted).only("identifier", "title")
        }
        rows = [{**one, "framework": here.get(names[one["identifier"]])} for one in self.record.documents]
        return super().get_context_data(record=self.record, rows=rows, **kwargs)
