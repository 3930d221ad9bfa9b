"""Puts picked results and the order of results into Wagtail's admin."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from search.admin.viewsets import CuratorsPolicy, SearchGroup
from search.kept import Promotion

register_permission_policy(Promotion, CuratorsPolicy(Promotion))


@hooks.register("register_admin_viewset")
def search() -> SearchGroup:
    return SearchGroup()
