"""The controlled tree of topics. Free tags can be merged into it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Topic(MP_Node):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(
        _("short name"), max_length=80, unique=True, help_text=_("Used in addresses and imports, so keep it.")
    )
    description = models.TextField(_("description"), blank=True)

    node_order_by = ["name"]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name
