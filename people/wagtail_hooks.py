"""What people adds to Wagtail's admin."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from people.models import District
from people.viewsets import DistrictViewSet, StateOnlyPolicy

register_permission_policy(District, StateOnlyPolicy(District))


@hooks.register("register_admin_viewset")
def districts() -> DistrictViewSet:
    return DistrictViewSet("districts")
