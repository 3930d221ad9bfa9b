"""The upper part of the page tree: State > District > resources."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PagePermissionTester

from people.models import Organisation


class StaysThere(PagePermissionTester):
    """For nobody, not even a superuser, to take away: all resources stand below, and would go with it in one press."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False


class UpperPage(Page):
    """Of the state or a district, which have one each."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> StaysThere:
        return StaysThere(user, self)


class StatePage(UpperPage):
    """The home page of the site. There is one."""

    introduction = models.CharField(_("introduction"), max_length=300, blank=True)

    template = "repository/home.html"
    private_page_options: list[str] = []
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["repository.DistrictPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("state page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from repository.home import home_context  # needs the models that this module is a part of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **home_context(request.user)}


class DistrictPage(UpperPage):
    """What a district has made public about itself; the resources of the district are its children."""

    district = models.OneToOneField(
        Organisation,
        verbose_name=_("district"),
        on_delete=models.PROTECT,
        related_name="page",
        limit_choices_to={"kind": "district"},
    )
    introduction = models.TextField(_("introduction"), blank=True)

    template = "repository/district_page.html"
    private_page_options: list[str] = []
    is_creatable = False  # it comes with its district: repository.permissions
    parent_page_types = ["repository.StatePage"]
    subpage_types = ["repository.ResourcePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("district", read_only=True),
        FieldPanel("introduction"),
    ]

    class Meta:
        verbose_name = _("district page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from repository.home import district_context  # needs the models that this module is a part of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **district_context(self, request.user)}
