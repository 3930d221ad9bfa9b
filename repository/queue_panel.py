"""What waits for review, on the dashboard of Wagtail's admin."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from repository import selectors

SHOWN = 5


class QueuePanel(Component):  # type: ignore[misc]  # untyped in Wagtail
    """In the place of Wagtail's own, which lists all that waits, the newest first, and reads each by queries of its own."""

    name = "review_queue"
    template_name = "repository/admin/queue_panel.html"
    order = 220

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        queue = selectors.review_queue(user)
        return {"number": queue.count(), "queue": selectors.waiting(queue[:SHOWN], user)}
