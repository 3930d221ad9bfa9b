"""One's own account in Wagtail's admin: the name that is shown beside what one publishes, and how the admin looks.

Wagtail's own panel asks for a first and a last name, which no account here has: both were empty and demanded, so that
nothing on the page could be saved.
"""

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel

from people.forms import AccountForm


class NamePanel(NameEmailSettingsPanel):
    form_class = AccountForm


class OwnAccountView(AccountView):
    def get_panels(self) -> list[Any]:
        return [
            NamePanel(panel.request, panel.user, panel.profile)
            if isinstance(panel, NameEmailSettingsPanel)
            else panel
            for panel in super().get_panels()
        ]


own_account = require_admin_access(OwnAccountView.as_view())
