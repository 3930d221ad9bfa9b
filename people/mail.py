"""Letters to people about their account."""

import logging
from smtplib import SMTPException
from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership, User

logger = logging.getLogger(__name__)

SECONDS_A_DAY = 86400


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
    try:
        send_mail(subject, body, None, [user.email])
    except (OSError, SMTPException):
        logger.exception("No mail could be sent to account %s", user.pk)
        return False
    return True
