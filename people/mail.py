"""How letters leave, and those to people about their account."""

import logging
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership, User

logger = logging.getLogger(__name__)

SECONDS_A_DAY = 86400


def deliver(letter: EmailMessage, user: User, *, by: Any = None) -> bool:
    """Send somebody a letter. False, with a line in the log, when it could not leave.

    by: a connection for many letters (`get_connection`). A letter that does not leave by it has a second try by one of its
    own: servers close a connection after so many letters or minutes.
    """
    letter.to, letter.connection = [user.email], by
    try:
        letter.send()
    except OSError:  # all of smtplib's are
        if by is None:
            logger.exception("No mail could be sent to account %s", user.pk)
            return False
        with suppress(OSError):
            by.close()  # the next letter opens it anew
        return deliver(letter, user)
    return True


def send_invitation(*, membership: Membership, invited_by: User, site_url: str) -> bool:
    """Send somebody who has no password yet the link with which they set one. False when no mail could leave.

    site_url: where the link leads, as the person who invites sees the site.
    """
    user = membership.user
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return _send(
        user,
        _("Your account at %(site)s") % {"site": settings.WAGTAIL_SITE_NAME},
        "people/mail/invitation.txt",
        {
            "membership": membership,
            "invited_by": invited_by,
            "link": urljoin(site_url, path),
            "forgotten": urljoin(site_url, reverse("account_reset_password")),
            "days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_DAY,
        },
    )


def send_welcome(*, membership: Membership, invited_by: User, site_url: str) -> bool:
    """Tell somebody with an account that they have a new role. False when no mail could leave."""
    return _send(
        membership.user,
        _("Your new role at %(site)s") % {"site": settings.WAGTAIL_SITE_NAME},
        "people/mail/welcome.txt",
        {"membership": membership, "invited_by": invited_by, "link": site_url},
    )


def _send(user: User, subject: str, template: str, context: dict[str, object]) -> bool:
    body = render_to_string(template, {**context, "user": user, "site_name": settings.WAGTAIL_SITE_NAME})
    return deliver(EmailMessage(subject, body), user)
