"""Who works where, as what. Membership is the truth: Wagtail's groups and permissions are derived from it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.organisation import Organisation
from people.models.user import User


class Role(models.TextChoices):
    TEACHER = "teacher", _("Teacher")
    REVIEWER = "reviewer", _("Reviewer")
    COORDINATOR = "coordinator", _("Curriculum coordinator")
    DISTRICT_ADMIN = "district_admin", _("District administrator")
    STATE_ADMIN = "state_admin", _("State administrator")


# Where each role may be held. A teacher may belong to a school, or to the district at large.
ROLE_KINDS: dict[str, frozenset[str]] = {
    Role.TEACHER: frozenset({Organisation.Kind.SCHOOL, Organisation.Kind.DISTRICT}),
    Role.REVIEWER: frozenset({Organisation.Kind.DISTRICT}),
    Role.COORDINATOR: frozenset({Organisation.Kind.DISTRICT}),
    Role.DISTRICT_ADMIN: frozenset({Organisation.Kind.DISTRICT}),
    Role.STATE_ADMIN: frozenset({Organisation.Kind.STATE}),
}

# Those who see everything in their district, drafts included.
DISTRICT_STAFF = (Role.REVIEWER, Role.COORDINATOR, Role.DISTRICT_ADMIN)


class Membership(models.Model):
    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organisation__name", "user__name"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                name="membership_once",
                violation_error_message=_("This person has this role here already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        if self.organisation.kind not in ROLE_KINDS[Role(self.role)]:
            raise ValidationError(
                {
                    "role": _("A %(role)s cannot be appointed at a %(kind)s.")
                    % {"role": self.get_role_display(), "kind": self.organisation.get_kind_display()}
                }
            )
