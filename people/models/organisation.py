"""The state, its districts and their schools: one table, three kinds, each below the one before."""

from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """Whoever owns frameworks, scales and resources, and whoever people are members of."""

    class Kind(models.TextChoices):
        STATE = "state", _("State")
        DISTRICT = "district", _("District")
        SCHOOL = "school", _("School")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, editable=False)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField(_("name"), max_length=150)
    slug = models.SlugField(
        _("short name"),
        max_length=60,
        unique=True,
        help_text=_("Names it in addresses and files, so keep it."),
    )
    nces_id = models.CharField(
        _("NCES identifier"),
        max_length=12,
        blank=True,
        help_text=_("From the federal directory, if there is one."),
    )

    PARENT_KIND: ClassVar[dict[str, str | None]] = {
        Kind.STATE: None,
        Kind.DISTRICT: Kind.STATE,
        Kind.SCHOOL: Kind.DISTRICT,
    }
    # The kind that a proxy class creates; the plain class takes what it is given.
    own_kind: ClassVar[str] = ""

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="state"), name="organisation_only_one_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="state", parent__isnull=True)
                | models.Q(kind__in=["district", "school"], parent__isnull=False),
                name="organisation_parent_fits_kind",
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.own_kind and not self.kind:
            self.kind = self.own_kind

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        wanted = self.PARENT_KIND.get(self.kind)
        if (self.parent.kind if self.parent else None) != wanted:
            raise ValidationError({"parent": _("A district belongs to the state, a school to a district.")})

    @property
    def district(self) -> "Organisation | None":
        """The district that this is, or is part of; None for the state."""
        if self.kind == self.Kind.DISTRICT:
            return self
        return self.parent if self.kind == self.Kind.SCHOOL else None


OneKind = TypeVar("OneKind", bound=Organisation)


class KindManager(models.Manager[OneKind]):
    def get_queryset(self) -> models.QuerySet[OneKind]:
        return super().get_queryset().filter(kind=self.model.own_kind)


class State(Organisation):
    own_kind = Organisation.Kind.STATE
    objects: ClassVar[KindManager["State"]] = KindManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("state")


class District(Organisation):
    own_kind = Organisation.Kind.DISTRICT
    objects: ClassVar[KindManager["District"]] = KindManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("district")
        verbose_name_plural = _("districts")


class School(Organisation):
    own_kind = Organisation.Kind.SCHOOL
    objects: ClassVar[KindManager["School"]] = KindManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("school")
        verbose_name_plural = _("schools")
