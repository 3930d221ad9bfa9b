"""Puts standards, and the imports of standards and resources, into Wagtail's admin."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import PageLogEntry

from importers.moves import LOG_ACTION
from importers.resources.viewsets import ResourceImportsViewSet
from importers.viewsets import StandardsViewSet


@hooks.register("register_admin_viewset")
def standards() -> StandardsViewSet:
    return StandardsViewSet("standards_admin")


@hooks.register("register_admin_viewset")
def resource_imports() -> ResourceImportsViewSet:
    return ResourceImportsViewSet("resource_imports")


@hooks.register("register_log_actions")
def log_moves(actions: LogActionRegistry) -> None:
    actions.register_action(LOG_ACTION)(MoveFormatter)


class MoveFormatter(LogFormatter):
    label = _("Move to another standard")

    def format_message(self, log_entry: PageLogEntry) -> str:
        words = (
            gettext("Tied to %(old)s again, no longer to %(new)s: the move was undone")
            if log_entry.data["back"]
            else gettext("Tied to %(new)s, no longer to %(old)s, which was retired")
        )
        return "; ".join(words % {"old": old, "new": new} for old, new in log_entry.data["moves"])
