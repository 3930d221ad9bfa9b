"""Puts standards and their imports into Wagtail's admin."""

from wagtail import hooks

from importers.viewsets import StandardsViewSet


@hooks.register("register_admin_viewset")
def standards() -> StandardsViewSet:
    return StandardsViewSet("standards_admin")
