"""How letters leave, and those to people about their account."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks.base import Task

from people.models import Membership, User

logger = logging.getLogger(__name__)

# How long a link to choose a password works.
LINK_DAYS = settings.PASSWORD_RESET_TIMEOUT // 86400
# So that nobody's “I am out of office” answers (RFC 3834).
BY_ITSELF = {"Auto-Submitted": "auto-generated"}
# How long to wait before each further try of a letter that could not leave: a mail server may be away for a weekend.
PAUSES = [timedelta(minutes=n) for n in (1, 5, 15, 60)] + [timedelta(hours=n) for n in (4, 12, 24, 24)]


def deliver(letter: EmailMessage, user: User, *, by: Any = None) -> bool:
    """Send somebody a letter. False, with a line in the log, when it could not leave.

    by: a connection for many letters (`get_connection`). A letter that does not leave by it has a second try by one of its
    own: servers close a connection after so many letters or minutes.
    """
    letter.to, letter.connection = [user.email], by
    letter.extra_headers |= BY_ITSELF
    try:
        letter.send()
    except OSError as error:  # all of smtplib's are
        if by is None:
            logger.error(
                "No mail could be sent to account %s: %s", user.pk, error
            )  # a line each, of maybe hundreds
            return False
        with suppress(OSError):
            by.close()  # the next letter opens it anew
        return deliver(letter, user)
    return True


@dataclass(frozen=True)
class Try:
    """One run of a background job that writes to people: `job`, called with `about`, `left` and `before`.

    left: of a further try, the accounts whose letter could not leave; nobody else gets another. before: the tries before it.
    """

    job: Task[..., None]
    about: Sequence[Any]
    left: Sequence[int] | None = None
    before: int = 0


def write_to_each(
    recipients: QuerySet[User], template: str, context: Mapping[str, Any], *, name: str, this: Try
) -> None:
    """Send each of them a letter made of two templates, the subject's and the text's. What cannot leave is tried again.

    template: the text's name without its ending. name: of what is told, as no other letter to the same person is called.
    """
    context = {**context, "site_name": settings.WAGTAIL_SITE_NAME}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    host = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname
    unsent = []
    for recipient in recipients if this.left is None else recipients.filter(pk__in=this.left):
        body = render_to_string(f"{template}.txt", {**context, "recipient": recipient})
        # One name for all tries: where only the server's answer was lost, the letter has arrived, and programs show it once.
        headers = {"Message-ID": f"<{name}-{recipient.pk}@{host}>"}
        if not deliver(EmailMessage(subject, body, headers=headers), recipient):
            unsent.append(recipient.pk)
    if unsent:
        _try_again(this, unsent)


def _try_again(this: Try, left: list[int]) -> None:
    if this.before == len(PAUSES):
        logger.error("Given up: the letters of %s about %s to accounts %s", this.job.name, this.about, left)
        return
    later = this.job.using(run_after=timezone.now() + PAUSES[this.before])
    later.enqueue(*this.about, left, this.before + 1)


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
            "days": LINK_DAYS,
        },
    )


def send_welcome(*, membership: Membership, invited_by: User, site_url: str) -> bool:
    """Tell somebody with an account that they have a new role. False when no mail could leave."""
    return _send(
        membership.user,
        _("Your new role at %(site)s") % {"site": settings.WAGTAIL_SITE_NAME},
        "people/mail/welcome.txt",
        {
            "membership": membership,
            "invited_by": invited_by,
            "link": urljoin(site_url, reverse("account_login")),
        },
    )


def _send(user: User, subject: str, template: str, context: dict[str, object]) -> bool:
    body = render_to_string(template, {**context, "user": user, "site_name": settings.WAGTAIL_SITE_NAME})
    return deliver(EmailMessage(subject, body), user)
