"""Puts standards, and the imports of standards and resources, into Wagtail's admin."""

from wagtail import hooks

from importers.resources.viewsets import ResourceImportsViewSet
from importers.viewsets import StandardsViewSet


@hooks.register("register_admin_viewset")
def standards() -> StandardsViewSet:
    return StandardsViewSet("standards_admin")


@hooks.register("register_admin_viewset")
def resource_imports() -> ResourceImportsViewSet:
    return ResourceImportsViewSet("resource_imports")
