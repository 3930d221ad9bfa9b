"""Adopting a framework, on its page in the admin: administrators for their district, the state's for anybody."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.widgets import AdminDateInput

from importers.admin_base import LookMixin, signed_in
from importers.permissions import owners_for
from people.models import Organisation, User
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
    """Adopts a framework, or takes that back (`drop`), for an organisation that the person is an administrator of."""

    def post(self, request: HttpRequest, pk: int, *, remove: bool = False) -> HttpResponse:
        framework = get_object_or_404(visible_frameworks(request.user), pk=pk)
        user = signed_in(request)
        if remove:
            known = {str(owner.pk): owner for owner in owners_for(user)}
            if (organisation := known.get(request.POST.get("organisation", ""))) is None:
                raise PermissionDenied
            drop(framework=framework, organisation=organisation)
            said = gettext("%(organisation)s has no longer adopted it.")
            messages.success(request, said % {"organisation": organisation.name})
            return redirect("standards_admin:framework", pk)
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
