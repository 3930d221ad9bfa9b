"""`{% load contribute %}`: what the templates of the contribution page need."""

from django import template

from repository.forms.blocks import BlockForm
from repository.forms.editor import Editor
from repository.models import ResourceImage

register = template.Library()


@register.simple_tag
def image_of(editor: Editor, row: BlockForm) -> ResourceImage | None:
    """The picture that a row names, if the person may use it."""
    key = str(row["image"].value() or "")
    return editor.images.get(int(key)) if key.isdecimal() else None
