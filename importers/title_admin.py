"""What a framework that came as a table is called: the table has the name of its file, so a person says it in the admin."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from importers.admin_base import LookMixin
from importers.new_version import takes_tables
from importers.permissions import may_import
from importers.turns import take_turn
from people.meanwhile import MeanwhileForm
from standards.access import visible_frameworks
from standards.models import Framework


class TitleForm(MeanwhileForm):
    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("As people know it. Later versions of the table keep it, whatever their file is called."),
    )

    class Meta:
        model = Framework
        fields = ("title",)


class Rename(LookMixin, View):
    """Gives a framework that takes tables another title. For whoever may import it."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, *args: Any) -> HttpResponse:
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
