"""The blocks that a resource's body is made of. All long text is Markdown, shown by standards.text.to_html.

The values are plain enough to be edited by an ordinary form on the site: see repository.forms.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class MarkdownBlock(blocks.TextBlock):
    """Long text in Markdown."""

    class Meta:
        icon = "pilcrow"
        template = "repository/blocks/markdown.html"


class ObjectivesBlock(blocks.StructBlock):
    objectives = blocks.ListBlock(blocks.CharBlock(max_length=500), label=_("Students will"))
    evidence = MarkdownBlock(required=False, label=_("How they show it"))

    class Meta:
        label = _("What students will learn and show")
        icon = "success"
        template = "repository/blocks/objectives.html"


class MaterialBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=200, label=_("What"))
    quantity = blocks.CharBlock(required=False, max_length=100, label=_("How many"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("Note"))


class MaterialsBlock(blocks.StructBlock):
    items = blocks.ListBlock(MaterialBlock(), label=_("Materials"))

    class Meta:
        label = _("Materials")
        icon = "list-ul"
        template = "repository/blocks/materials.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200, label=_("Step"))
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=10_000, label=_("Minutes"))
    setting = blocks.CharBlock(
        required=False, max_length=60, label=_("Setting"), help_text=_("A setting's short name.")
    )
    text = MarkdownBlock(required=False, label=_("What happens"))
    support = MarkdownBlock(required=False, label=_("For those who need support"))
    extend = MarkdownBlock(required=False, label=_("For those who are ready for more"))
    language = MarkdownBlock(required=False, label=_("For those who learn English"))

    class Meta:
        label = _("Step")
        icon = "order"
        template = "repository/blocks/step.html"


class DifferentiationBlock(blocks.StructBlock):
    support = MarkdownBlock(required=False, label=_("For those who need support"))
    extend = MarkdownBlock(required=False, label=_("For those who are ready for more"))
    language = MarkdownBlock(required=False, label=_("For those who learn English"))

    class Meta:
        label = _("Differentiation")
        icon = "group"
        template = "repository/blocks/differentiation.html"


class TaskBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    prompt = MarkdownBlock(label=_("What students are asked"))
    teacher_notes = MarkdownBlock(required=False, label=_("Notes and answers for the teacher"))

    class Meta:
        label = _("Task")
        icon = "form"
        template = "repository/blocks/task.html"


class CriterionBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=200, label=_("Criterion"))
    descriptions = blocks.ListBlock(blocks.TextBlock(required=False), label=_("One description a level"))


class RubricBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    levels = blocks.ListBlock(blocks.CharBlock(max_length=80), label=_("Levels"))
    criteria = blocks.ListBlock(CriterionBlock(), label=_("Criteria"))

    class Meta:
        label = _("Rubric")
        icon = "table"
        template = "repository/blocks/rubric.html"


class HandoutBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200, label=_("Title"))
    text = MarkdownBlock(label=_("Text"))

    class Meta:
        label = _("Handout (printed on its own page)")
        icon = "doc-full"
        template = "repository/blocks/handout.html"


class OpportunityBlock(blocks.StructBlock):
    partner = blocks.CharBlock(required=False, max_length=200, label=_("Partner"))
    place = blocks.CharBlock(required=False, max_length=200, label=_("Place"))
    hours = blocks.CharBlock(required=False, max_length=100, label=_("Hours"))
    schedule = MarkdownBlock(required=False, label=_("Schedule"))
    requirements = MarkdownBlock(required=False, label=_("What students need"))
    safety = MarkdownBlock(required=False, label=_("Safety"))

    class Meta:
        label = _("Opportunity outside the classroom")
        icon = "site"
        template = "repository/blocks/opportunity.html"


class HeadedTextBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=200, label=_("Heading"))
    text = MarkdownBlock(label=_("Text"))

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "repository/blocks/text.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(required=False, max_length=300, label=_("What it shows"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        label = _("Image")
        icon = "image"
        template = "repository/blocks/image.html"


class MediaBlock(blocks.StructBlock):
    url = blocks.URLBlock(label=_("Address"))
    title = blocks.CharBlock(max_length=200, label=_("Title"))
    transcript = MarkdownBlock(required=False, label=_("Transcript"))

    class Meta:
        label = _("Video or audio")
        icon = "media"
        template = "repository/blocks/media.html"


class LinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200, label=_("Title"))
    url = blocks.URLBlock(label=_("Address"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("Note"))


class LinksBlock(blocks.StructBlock):
    items = blocks.ListBlock(LinkBlock(), label=_("Links"))

    class Meta:
        label = _("Links")
        icon = "link"
        template = "repository/blocks/links.html"


class ResourceBlocks(blocks.StreamBlock):
    """Names are stored in revisions and files: rename none."""

    objectives = ObjectivesBlock()
    materials = MaterialsBlock()
    step = StepBlock()
    differentiation = DifferentiationBlock()
    task = TaskBlock()
    rubric = RubricBlock()
    handout = HandoutBlock()
    opportunity = OpportunityBlock()
    text = HeadedTextBlock()
    image = ImageBlock()
    media = MediaBlock()
    links = LinksBlock()
