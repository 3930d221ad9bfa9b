"""Accounts are given by districts, so nobody signs up alone."""

import logging
from smtplib import SMTPRecipientsRefused
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import PasswordResetView
from django import forms
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from people.mail import BY_ITSELF, LINK_DAYS

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email address or the password is not correct."),
        # As long as allauth's LOGIN_ATTEMPTS_TIMEOUT.
        "too_many_login_attempts": _(
            "Too many wrong passwords in a short time. Please wait five minutes and try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(self, template: str, email: str, context: Any, *args: Any) -> EmailMessage:
        letter: EmailMessage = super().render_mail(template, email, {**context, "days": LINK_DAYS}, *args)
        letter.extra_headers |= BY_ITSELF
        return letter

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """What the mail server does not take for this one address ends here: who asks for a password is answered as anybody
        is, and not told whether there is an account."""
        try:
            super().send_mail(*args, **kwargs)
        except SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            logger.warning("The mail server refuses an address that a password was asked for with: %s", codes)


class ForgottenPassword(PasswordResetView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except OSError as error:  # all of smtplib's are
            logger.error("No mail with a link for a new password could be sent: %s", error)
            form.add_error(None, _("No mail can be sent just now. Please try again in a few minutes."))
            response = self.form_invalid(form)
        return response


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = _("Keep me signed in on this device")
