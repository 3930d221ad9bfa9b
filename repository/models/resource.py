"""A teaching resource: a Wagtail page, so that drafts, revisions, moderation and moves are Wagtail's."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import FieldDoesNotExist
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import get_all_child_relations
from taggit.models import TaggedItemBase
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from people.models import Organisation
from repository.blocks import ResourceBlocks
from repository.meanwhile import ResourcePageForm
from repository.models.competency import CompetencyLevel
from repository.models.files import ResourceDocument
from repository.models.topic import Topic
from repository.models.vocabulary import Modality, ResourceKind, Subject


class Audience(models.TextChoices):
    """Who may see a published resource. The rule itself is repository.audience."""

    PUBLIC = "public", _("Everyone")
    STATE = "state", _("Educators in the state")
    DISTRICT = "district", _("My district")
    SCHOOL = "school", _("My school")


class Licence(models.TextChoices):
    """SPDX names where there is one."""

    CC_BY = "CC-BY-4.0", _("CC BY 4.0")
    CC_BY_SA = "CC-BY-SA-4.0", _("CC BY-SA 4.0")
    CC_BY_NC = "CC-BY-NC-4.0", _("CC BY-NC 4.0")
    CC_BY_NC_SA = "CC-BY-NC-SA-4.0", _("CC BY-NC-SA 4.0")
    CC_BY_ND = "CC-BY-ND-4.0", _("CC BY-ND 4.0")
    CC_BY_NC_ND = "CC-BY-NC-ND-4.0", _("CC BY-NC-ND 4.0")
    CC0 = "CC0-1.0", _("CC0: no rights reserved")
    ALL_RIGHTS = "all-rights-reserved", _("All rights reserved")
    OTHER = "other", _("Other: see the attribution")

    @property
    def may_adapt(self) -> bool:
        return self in ADAPTABLE

    @property
    def terms(self) -> str:
        """What one may do, in a teacher's words."""
        return str(TERMS[self])


ADAPTABLE = frozenset({Licence.CC_BY, Licence.CC_BY_SA, Licence.CC_BY_NC, Licence.CC_BY_NC_SA, Licence.CC0})
TERMS = {
    Licence.CC_BY: _("You may copy it, change it and share it; name its author."),
    Licence.CC_BY_SA: _("You may copy it, change it and share it under the same license; name its author."),
    Licence.CC_BY_NC: _("You may copy it, change it and share it, but not for money; name its author."),
    Licence.CC_BY_NC_SA: _(
        "You may copy it, change it and share it under the same license, but not for money; name its author."
    ),
    Licence.CC_BY_ND: _(
        "You may copy it and share it as it is; name its author. Ask before you share a changed one."
    ),
    Licence.CC_BY_NC_ND: _(
        "You may copy it and share it as it is, but not for money; name its author. Ask before you share a changed one."
    ),
    Licence.CC0: _("You may copy it, change it and share it; nobody has to be named."),
    Licence.ALL_RIGHTS: _("Use it as it is; ask before you change it."),
    Licence.OTHER: _("What you may do with it stands in the attribution; ask before you change it."),
}


class ResourceCopyForm(CopyForm):
    """Without Wagtail's aliases, which are to be the same in everything: each resource has an identifier of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)


class ResourceTag(TaggedItemBase):
    content_object = ParentalKey(
        "repository.ResourcePage", on_delete=models.CASCADE, related_name="tagged_items"
    )


class ResourcePage(Page):
    # Names the resource in the API, in exports and in search documents; a primary key never leaves the house.
    identifier = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.ForeignKey(ResourceKind, verbose_name=_("kind"), on_delete=models.PROTECT, related_name="+")
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    grades = ArrayField(
        models.CharField(max_length=4),
        verbose_name=_("grades"),
        default=list,
        blank=True,
        help_text=_("CEDS codes."),
    )
    subjects = ParentalManyToManyField(
        Subject, verbose_name=_("subjects"), blank=True, related_name="resources"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="resources")
    modalities = ParentalManyToManyField(
        Modality, verbose_name=_("settings"), blank=True, related_name="resources"
    )
    tags = ClusterTaggableManager(through=ResourceTag, blank=True, verbose_name=_("tags"))
    duration_minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    language = models.CharField(
        _("language"), max_length=35, default="en", help_text=_("BCP 47, as in en or es.")
    )
    licence = models.CharField(_("license"), max_length=30, choices=Licence, default=Licence.CC_BY)
    attribution = models.CharField(_("attribution"), max_length=300, blank=True)
    audience = models.CharField(_("who may see it"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    # The district follows from the place in the tree; it is stored so that the audience rule is one query.
    district = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="district_resources", editable=False
    )
    school = models.ForeignKey(
        Organisation,
        verbose_name=_("school"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="school_resources",
        limit_choices_to={"kind": "school"},
    )
    link_url = models.URLField(
        _("link"), max_length=1000, blank=True, help_text=_("For a resource kept elsewhere.")
    )
    # Where an imported resource came from, and its identifier there.
    source_url = models.URLField(max_length=1000, blank=True, editable=False)
    source_identifier = models.CharField(max_length=500, blank=True, editable=False, db_index=True)
    body = StreamField(ResourceBlocks(), verbose_name=_("content"), blank=True)

    template = "repository/resource_page.html"
    # The audience says who may see a resource, and search knows no other rule.
    private_page_options: list[str] = []
    parent_page_types = ["repository.DistrictPage"]
    subpage_types: list[str] = []
    # A copy belongs to the district that it is put into (`save`), and to none of its schools.
    exclude_fields_in_copy = ["identifier", "source_identifier", "district", "school"]
    copy_form_class = ResourceCopyForm
    base_form_class = ResourcePageForm

    content_panels = [
        *Page.content_panels,
        FieldPanel("kind"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("grades"),
                FieldPanel("subjects"),
                FieldPanel("topics"),
                FieldPanel("tags"),
                FieldPanel("modalities"),
                FieldPanel("duration_minutes"),
                FieldPanel("language"),
            ],
            heading=_("For whom, and in which setting"),
        ),
        InlinePanel("alignments", heading=_("Standards"), label=_("standard")),
        FieldPanel("body"),
        FieldPanel("link_url"),
        InlinePanel("attachments", heading=_("Files"), label=_("file")),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("school"), FieldPanel("licence"), FieldPanel("attribution")],
            heading=_("Sharing"),
        ),
    ]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        indexes = [
            models.Index(fields=["district", "audience"], name="resource_district_audience"),
            # Finds the resources that show an image: see repository.audience.may_get_image.
            GinIndex(fields=["body"], name="resource_body", opclasses=["jsonb_path_ops"]),
        ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from repository.presentation import resource_context  # needs the models that this module is a part of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **resource_context(self, request)}

    @transaction.atomic
    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any) -> Any:
        if self._state.adding and not hasattr(self, "district"):
            # A new page has its path by now, so its parent is known.
            self.district = self.get_parent().specific.district
        if self.slug and "slug" in (kwargs.get("update_fields") or ["slug"]):
            self._take_a_free_address()
        return super().save(clean=clean, user=user, log_action=log_action, **kwargs)

    def _take_a_free_address(self) -> None:
        """Whoever looked for one that is free may not be the only one: two drafts that got one title at the same moment had
        one address, and nobody could open the second."""
        if Page.objects.filter(pk=self.pk, slug=self.slug).exists():
            return
        # As treebeard does for whoever adds a page below it.
        list(Page.objects.select_for_update().filter(pk=self.get_parent().pk))
        self.slug: str = self._get_autogenerated_slug(self.slug)

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """The page as a stored revision has it, without what has been deleted since: its own kind, no level, no file.
        In the district where it is now, whichever it was moved from.

        Deleting asks first what the drafts name (repository.in_use). For what is gone all the same, as from former
        versions, modelcluster would raise a bare exception, and the draft could never be opened again.
        """
        content = dict(content)
        if content.get("district") != self.district_id:
            content |= {"district": self.district_id, "school": None}
        if content.get("kind") != self.kind_id and not _there(ResourceKind, [content.get("kind")]):
            content["kind"] = self.kind_id
        if content.get("school") != self.school_id and not _there(Organisation, [content.get("school")]):
            content["school"] = None
        if alignments := content.get("alignments"):
            levels = _there(CompetencyLevel, (one["level"] for one in alignments))
            content["alignments"] = [
                {**one, "level": one["level"] if one["level"] in levels else None} for one in alignments
            ]
        if attachments := content.get("attachments"):
            files = _there(ResourceDocument, (one["document"] for one in attachments))
            content["attachments"] = [one for one in attachments if one["document"] in files]
        return super().with_content_json(content)

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> Any:
        """modelcluster looks for each row that a page and its alignments, tags and files name by a query of its own. Here
        all of a table are looked for at once, and one by one only where one is gone."""
        if check_fks and _all_there(_references(cls, data)):
            check_fks = False
        return super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)


def _there(model: type[models.Model], keys: Iterable[int | None]) -> set[int]:
    """Those of the keys that have a row."""
    asked = {key for key in keys if key is not None}
    return set(model._default_manager.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()


def _references(model: type[models.Model], data: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The foreign keys with their values, in what a revision holds of a row and of those that are kept with it."""
    for name, value in data.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:  # of a former version
            continue
        if isinstance(field, models.ForeignKey) and value is not None:
            yield field, value
    for relation in get_all_child_relations(model):
        for child in data.get(relation.get_accessor_name(), ()):
            yield from _references(relation.related_model, child)


def _all_there(references: Iterable[tuple[Any, Any]]) -> bool:
    asked: dict[tuple[type[models.Model], str], set[Any]] = defaultdict(set)
    for field, value in references:
        target, name = field.remote_field.model, field.remote_field.field_name
        asked[target, name].add(target._meta.get_field(name).to_python(value))
    return all(
        target._default_manager.filter(**{f"{name}__in": values}).count() == len(values)
        for (target, name), values in asked.items()
    )
