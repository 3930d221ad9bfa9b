"""Search in Wagtail's admin: coordinators pick results for a query, the state's administrators weigh what orders them."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permission_policies import BasePermissionPolicy

from people.meanwhile import KeptIndexView, MeanwhileViewSet
from people.models import Role, User
from people.selectors import is_state_admin
from repository.choosers import resource_chooser
from search.admin.picks_form import PickedPanel
from search.admin.weights import RankingView
from search.kept import Promotion


class CuratorsPolicy(BasePermissionPolicy):
    """Coordinators and administrators pick results for everybody's search, so each may change all of them.

    A pick opens nothing: the audience rule holds for it, too.
    """

    ROLES = (Role.COORDINATOR, Role.DISTRICT_ADMIN, Role.STATE_ADMIN)
    ACTIONS = frozenset({"add", "change", "delete", "view"})

    def user_has_permission(self, user: User, action: str) -> bool:
        return action in self.ACTIONS and self.users_with_any_permission([action]).filter(pk=user.pk).exists()

    def users_with_any_permission(self, actions: list[str]) -> QuerySet[User]:
        if not self.ACTIONS & set(actions):
            return User.objects.none()
        curators = User.objects.filter(memberships__role__in=self.ROLES)
        return (curators | User.objects.filter(is_superuser=True)).filter(is_active=True).distinct()


def _shown_first(promotion: Any) -> str:
    """How many are picked: a list whose resources are gone is otherwise like any other."""
    if not promotion.picked:
        return gettext("Nothing: what was picked is gone")
    said = ngettext("%(n)d resource", "%(n)d resources", promotion.picked) % {"n": promotion.picked}
    if not promotion.unpublished:
        return said
    return gettext("%(resources)s, of which not published: %(n)d") % {
        "resources": said,
        "n": promotion.unpublished,
    }


class PromotionIndexView(KeptIndexView):
    def get_base_queryset(self) -> QuerySet[Promotion]:
        found: QuerySet[Promotion] = super().get_base_queryset()
        away = Q(resources__resource__live=False)
        return found.annotate(picked=Count("resources"), unpublished=Count("resources", filter=away))


class PromotionViewSet(MeanwhileViewSet):
    model = Promotion
    index_view_class = PromotionIndexView
    icon = "pick"
    menu_label = _("Picked results")
    inspect_view_enabled = False
    list_display = [
        "__str__",
        Column("picked", label=_("Shown first"), accessor=_shown_first),
        "starts_on",
        "ends_on",
    ]
    search_fields = ["phrases"]
    panels = [
        FieldPanel("phrases"),
        PickedPanel(
            "resources",
            panels=[FieldPanel("resource", widget=resource_chooser.widget_class)],
            heading=_("Shown first, in this order"),
            label=_("resource"),
            help_text=_(
                "In the searches of every district, to whoever may see the resource. "
                "All coordinators keep these lists together."
            ),
            min_num=1,
            max_num=10,
        ),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")], heading=_("While")),
    ]


class RankingMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return is_state_admin(request.user)


class RankingViewSet(ViewSet):
    icon = "order-down"
    menu_label = _("Order of results")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", RankingView.as_view(), name="index")]

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return RankingMenuItem(self.menu_label, self.menu_url, icon_name=self.menu_icon, order=order or 999)


class SearchGroup(ModelViewSetGroup):
    menu_label = _("Search")
    menu_icon = "search"
    menu_order = 310
    items = (PromotionViewSet("picked_results"), RankingViewSet("order_of_results"))
