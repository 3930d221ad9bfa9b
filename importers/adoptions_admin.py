"""Adopting a framework, on its page in the admin: administrators for their district, the state's for anybody."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from importers.admin_base import LookMixin, crumbs
from importers.permissions import owners_for
from people.models import Organisation, User
from people.selectors import signed_in
from repository.models import ResourcePage
from standards.access import visible_frameworks
from standards.adopting import adopt, drop
from standards.models import Framework


class AdoptionForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=_("Who adopts it"), queryset=Organisation.objects.none(), empty_label=None
    )
    adopted_on = forms.DateField(label=_("On (may stay empty)"), required=False, widget=AdminDateInput)

    def __init__(self, *args: Any, user: User, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=[owner.pk for owner in owners_for(user)])
        free = mine.exclude(adoptions__framework=framework)
        self.fields["organisation"].queryset = free  # type: ignore[attr-defined]
        self.is_needed = free.exists()


class Adopt(LookMixin, View):
    """Adopts a framework for an organisation that the person is an administrator of."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        framework = get_object_or_404(visible_frameworks(request.user), pk=pk)
        user = signed_in(request)
        if not owners_for(user):
            raise PermissionDenied
        form = AdoptionForm(request.POST, user=user, framework=framework)
        if form.is_valid():
            organisation = form.cleaned_data["organisation"]
            adopt(framework=framework, organisation=organisation, adopted_on=form.cleaned_data["adopted_on"])
            said = gettext("%(organisation)s has adopted it.")
            messages.success(request, said % {"organisation": organisation.name})
        else:
            messages.error(request, gettext("Choose who adopts it, and a day such as 2026-07-01."))
        return redirect("standards_admin:framework", pk)


class Drop(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    """Takes an adoption back, after it has said what that means."""

    template_name = "importers/drop.html"
    header_icon = "list-ul"

    @cached_property
    def framework(self) -> Framework:
        return get_object_or_404(visible_frameworks(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def organisation(self) -> Organisation:
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        known = {str(owner.pk): owner for owner in owners_for(signed_in(self.request))}
        if (found := known.get(asked.get("organisation", ""))) is None:
            raise PermissionDenied
        return found

    def get_page_title(self) -> str:
        return gettext("No longer adopted?")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {
            "url": reverse("standards_admin:framework", args=[self.framework.pk]),
            "label": self.framework.title,
        }
        return [*crumbs(), here, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        aligned = ResourcePage.objects.live().filter(alignments__item__framework=self.framework)
        of_the_state = self.organisation.kind == Organisation.Kind.STATE
        if not of_the_state:
            aligned = aligned.filter(district=self.organisation)
        return super().get_context_data(
            framework=self.framework,
            organisation=self.organisation,
            of_the_state=of_the_state,
            aligned=aligned.distinct().count(),
            still=self.framework.adoptions.filter(organisation=self.organisation.parent_id)
            .values_list("organisation__name", flat=True)
            .first(),
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.framework.adoptions.filter(organisation=self.organisation).exists():
            return self._done()  # by somebody else
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        drop(framework=self.framework, organisation=self.organisation)
        return self._done()

    def _done(self) -> HttpResponse:
        said = gettext("%(organisation)s has no longer adopted it.")
        messages.success(self.request, said % {"organisation": self.organisation.name})
        return redirect("standards_admin:framework", self.framework.pk)
