"""The admin's page of one framework, and what is said on it: its title, and how often its source is looked at."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from importers import jobs
from importers.admin_base import LookMixin, crumbs
from importers.adoptions_admin import AdoptionForm
from importers.forms import RefreshForm
from importers.labels import source_label
from importers.leading import source_of
from importers.models import HEAVY, RefreshSchedule
from importers.moves import still_tied
from importers.new_version import takes_tables
from importers.permissions import may_import, owners_for
from importers.turns import take_turn
from people.meanwhile import MeanwhileForm
from people.selectors import signed_in
from standards.access import visible_frameworks
from standards.browsing import adoptions_of
from standards.models import Framework

LAST = 10
"""How many of its imports the page lists."""


class TitleForm(MeanwhileForm):
    """What a framework that came as a table is called: the table has the name of its file, so a person says it."""

    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("As people know it. Later versions of the table keep it, whatever their file is called."),
    )

    class Meta:
        model = Framework
        fields = ("title",)


class FrameworkDetail(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "importers/framework.html"
    header_icon = "list-ul"
    typed: Mapping[str, Any] = {}
    """Forms with what was typed in them, by their names in the template: sent, and not taken."""

    @cached_property
    def framework(self) -> Framework:
        return get_object_or_404(
            visible_frameworks(self.request.user).select_related("owner"), pk=self.kwargs["pk"]
        )

    def get_page_title(self) -> str:
        return self.framework.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*crumbs(), {"url": "", "label": self.framework.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = self.framework.items.aggregate(
            current=Count("pk", filter=Q(retired_at__isnull=True)),
            retired=Count("pk", filter=Q(retired_at__isnull=False)),
        )
        schedule = RefreshSchedule.objects.filter(framework=self.framework).first()
        records = self.framework.imports.select_related("user").defer(*HEAVY, "plan", "warnings")
        context = super().get_context_data(
            framework=self.framework,
            items=items,
            associations=self.framework.associations.filter(withdrawn=False).count(),
            records=records[:LAST],
            more_records=len(records[: LAST + 1]) > LAST,
            schedule=schedule,
            schedule_form=RefreshForm(instance=schedule),
            may_import=may_import(self.request.user, self.framework),
            takes_tables=takes_tables(self.framework),
            follows=source_label(source_of(self.framework).format),
            title_form=TitleForm(instance=self.framework),
            tied=still_tied(self.framework, self.request.user) if items["retired"] else None,
            adoptions=adoptions_of(self.framework),
            adoption_form=AdoptionForm(user=signed_in(self.request), framework=self.framework),
            mine={owner.pk for owner in owners_for(self.request.user)},
            **kwargs,
        )
        return {**context, **self.typed}


def shown_again(request: HttpRequest, pk: int, name: str, form: forms.BaseForm) -> HttpResponse:
    """The page of the framework with what was typed in one of its forms."""
    view = FrameworkDetail(typed={name: form, "form": form})  # the title of the page goes by `form`
    view.setup(request, pk=pk)
    return view.get(request, pk=pk)


class Rename(LookMixin, View):
    """Gives a framework that takes tables another title. For whoever may import it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who comes back to the address of the form."""
        return redirect("standards_admin:framework", pk)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        has_turn = take_turn()
        framework = get_object_or_404(visible_frameworks(request.user), pk=pk)
        if not may_import(request.user, framework) or not takes_tables(framework):
            raise PermissionDenied
        form = TitleForm(request.POST, instance=framework)
        if not form.is_valid():
            for error in [*map(str, form.non_field_errors())] or [
                gettext("Give it a title of at most 300 characters.")
            ]:
                messages.error(request, error)
        elif not has_turn:  # it writes the title that it has read before
            messages.error(
                request,
                gettext(
                    "The title was not changed, because an import is just running. Try again when it has ended."
                ),
            )
        else:
            framework.save(update_fields=["title"])
            messages.success(request, gettext("It is called “%(title)s” now.") % {"title": framework.title})
            return redirect("standards_admin:framework", pk)
        return shown_again(request, pk, "title_form", form)


class Schedule(LookMixin, View):
    """How often a framework is looked for at its source."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who comes back to the address of the form."""
        return redirect("standards_admin:framework", pk)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        framework = get_object_or_404(Framework, pk=pk)
        if not may_import(request.user, framework):
            raise PermissionDenied
        schedule, _new = RefreshSchedule.objects.select_for_update().get_or_create(framework=framework)
        form = RefreshForm(request.POST, instance=schedule)
        if form.is_valid():
            # What a look at the source notes meanwhile stays.
            schedule.save(update_fields=RefreshForm.Meta.fields)
            messages.success(request, gettext("Saved."))
            return redirect("standards_admin:framework", pk)
        for error in [*map(str, form.non_field_errors())] or [gettext("Choose how often.")]:
            messages.error(request, error)
        return shown_again(request, pk, "schedule_form", form)


class Refresh(LookMixin, View):
    """Fetches a framework again from where it came; the plan waits for a person as ever."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        framework = get_object_or_404(visible_frameworks(request.user), pk=pk)
        if not may_import(request.user, framework):
            raise PermissionDenied
        if not framework.source_url:
            messages.error(request, gettext("This framework was not imported from an address."))
            return redirect("standards_admin:framework", pk)
        record = jobs.start(
            user=signed_in(request), url=framework.source_url, owner=framework.owner, title=framework.title
        )
        return redirect("standards_admin:record", record.pk)
