"""The wanted list in Wagtail's admin: what people looked for in vain, most wanted first, and a button for
what is done, or is not after all."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from repository.models import WantedSearch
from repository.services.wanted import mark_done, put_back, wanted


def keeps_wanted_list(request: HttpRequest) -> bool:
    kept: bool = policy_registry.get_by_type(WantedSearch).user_has_permission(request.user, "change")
    return kept


class WantedView(WagtailAdminTemplateMixin, TemplateView):
    """Searches that found nothing, grouped by words and filters; `?done=1` shows those that are done."""

    template_name = "repository/admin/wanted.html"
    page_title = _("Wanted")
    header_icon = "help"
    per_page = 50

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not keeps_wanted_list(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        done = self.request.GET.get("done") == "1"
        rows = Paginator(wanted(done=done), self.per_page).get_page(self.request.GET.get("p"))
        return super().get_context_data(rows=rows, done=done, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        words, filters = request.POST.get("words", ""), request.POST.get("filters", "")
        if "put-back" in request.POST:
            if put_back(words=words, filters=filters):
                messages.success(request, _("It is on the list again."))
            else:
                messages.error(request, _("It is on the list already: somebody else has put it back."))
        elif mark_done(words=words, filters=filters):
            messages.success(
                request,
                _(
                    "It is off the list of all coordinators. If it is told again, it comes back; "
                    "you can put it back under “What is done”."
                ),
            )
        else:
            messages.error(request, _("That is not on the list any more."))
        return redirect(request.get_full_path())


class WantedMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return keeps_wanted_list(request)


class WantedViewSet(ViewSet):
    icon = "help"
    menu_label = _("Wanted")
    menu_order = 320
    menu_item_class = WantedMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", WantedView.as_view(), name="index")]
