"""A search that somebody keeps, and wants to hear of when something new matches it."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_FEED = "search.saved_search.feed"


def new_key() -> str:
    """Names a saved search in the links of mails: who has it ends them without a password, so it cannot be guessed."""
    return secrets.token_urlsafe(24)


class SavedSearch(models.Model):
    """`query` is the search page's address without its page: every view of the page can be kept.

    `told_until`: resources published up to then have been told of, or were there when it was saved. `told` holds the
    identifiers of those told of last, since a resource can be published before that and reach the index after it. `matched`:
    the ids of all pages that matched at the last look; None where that is not known, or they are too many to keep.
    """

    class Mail(models.TextChoices):
        NEVER = "never", _("No mail")
        DAILY = "daily", _("At most once a day")
        WEEKLY = "weekly", _("At most once a week")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches", editable=False
    )
    name = models.CharField(_("name"), max_length=150)
    query = models.TextField(blank=True, editable=False)
    mail = models.CharField(
        _("mail when something new matches"), max_length=10, choices=Mail, default=Mail.DAILY
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(default=timezone.now, editable=False)
    told_until = models.DateTimeField(default=timezone.now, editable=False)
    told = models.JSONField(default=list, editable=False)
    matched = ArrayField(models.BigIntegerField(), null=True, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        indexes = [models.Index(fields=["mail", "looked_at"], name="saved_search_due")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        page = reverse("search:search")
        return f"{page}?{self.query}" if self.query else page

    @property
    def feed_key(self) -> str:
        """The password in the feed's address, which opens what the owner may see. Not to be had from `key`: people pass
        their mails on, with the links to end them."""
        return Signer(salt=_FEED).sign_object([self.user_id, self.pk])

    @classmethod
    def of_feed(cls, feed_key: str) -> "SavedSearch | None":
        """None where the key is none of ours, the search is deleted, or its owner is no longer active."""
        try:
            user, pk = Signer(salt=_FEED).unsign_object(feed_key)
        except BadSignature:
            return None
        return cls.objects.filter(pk=pk, user=user, user__is_active=True).select_related("user").first()


# A little less than a day, so that a nightly run that starts a minute earlier than the last does not skip one.
PAUSES = {
    SavedSearch.Mail.DAILY: timedelta(hours=20),
    SavedSearch.Mail.WEEKLY: timedelta(days=7) - timedelta(hours=4),
}
