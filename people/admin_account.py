"""One's own account in Wagtail's admin: the name that is shown beside what one publishes, and how the admin looks.

Wagtail's own panel asks for a first and a last name, which no account here has: both were empty and demanded, so that
nothing on the page could be saved. Nor is there a picture of anybody: it would be kept at an address that nothing is served
from, and shown as a broken one.
"""

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel

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
            if not isinstance(panel, AvatarSettingsPanel)
        ]


own_account = require_admin_access(OwnAccountView.as_view())
