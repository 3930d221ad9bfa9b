"""What coordinators keep in Wagtail's admin: competency scales, topics, tags and the short vocabularies."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from taggit.models import Tag
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import policy_registry

from people.meanwhile import InTurn, KeptIndexView, MeanwhileViewSet
from people.models import User
from people.short_names import ShortNameForm
from repository.curation import merge_tag, tags_in_use
from repository.forms.editor import names_of_parts
from repository.in_use import (
    NO_RESOURCE,
    AskingDeleteView,
    ChoiceDeleteView,
    resources_of_kind,
    resources_with_choice,
    told,
)
from repository.models import Modality, ResourceKind, Subject, Synonym, Topic
from repository.scales_admin import ScaleViewSet


def topic_label(topic: Topic) -> str:
    """Its name, set in by its depth: for lists in the order of the tree."""
    return "– " * (topic.depth - 1) + topic.name


class TopicForm(ShortNameForm):
    """A topic and its place: below which other topic, or at the top."""

    named_by = "name"

    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Topic.objects.all(),
        required=False,
        empty_label=_("None: a topic at the top"),
    )

    class Meta:
        model = Topic
        fields = ["name", "slug", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].label_from_instance = topic_label
        if self.instance.pk:
            self.fields["parent"].initial = self.instance.get_parent()

    def namesakes(self) -> QuerySet[Topic]:
        """Those beside it."""
        parent: Topic | None = self.cleaned_data.get("parent")
        beside: QuerySet[Topic] = parent.get_children() if parent else Topic.get_root_nodes()
        return beside.exclude(pk=self.instance.pk)

    def clean_parent(self) -> Topic | None:
        parent: Topic | None = self.cleaned_data["parent"]
        if (
            parent
            and self.instance.pk
            and (parent == self.instance or parent.is_descendant_of(self.instance))
        ):
            raise ValidationError(_("A topic cannot be part of itself or of a topic below it."))
        return parent

    @transaction.atomic
    def save(self, commit: bool = True) -> Topic:
        parent: Topic | None = self.cleaned_data["parent"]
        topic: Topic = self.instance
        if topic.pk:
            topic.save()
        # A new name has a new place; treebeard finds places only among siblings that stand in order, and fails among others.
        Topic.fix_tree(fix_paths=True)
        if parent:
            parent.refresh_from_db()
        if not topic.pk:
            added: Topic = parent.add_child(instance=topic) if parent else Topic.add_root(instance=topic)
            return added
        topic = Topic.objects.get(pk=topic.pk)
        if topic.get_parent() != parent:
            # `sorted-sibling` of any root is how treebeard says "to the top, in order".
            topic.move(
                *((parent, "sorted-child") if parent else (Topic.get_first_root_node(), "sorted-sibling"))
            )
            topic = Topic.objects.get(pk=topic.pk)
        return topic


class TopicIndexView(KeptIndexView):
    default_ordering = "path"

    def order_queryset(self, queryset: QuerySet[Topic]) -> QuerySet[Topic]:
        return queryset.order_by("path")


class TopicColumn(TitleColumn):
    def get_value(self, instance: Topic) -> str:
        return topic_label(instance)


class TopicDeleteView(ChoiceDeleteView):
    """A topic goes with those below it."""

    field = "topics"
    named = 3

    def consequence(self) -> str:
        below = list(self.object.get_descendants().values_list("pk", "name"))
        said = []
        if below:
            names = ", ".join(f"“{name}”" for _pk, name in below[: self.named])
            if len(below) > self.named:
                names = gettext("%(names)s and others") % {"names": names}
            said.append(
                ngettext(
                    "%(count)d topic below it will be deleted, too (%(names)s).",
                    "%(count)d topics below it will be deleted, too (%(names)s).",
                    len(below),
                )
                % {"count": len(below), "names": names}
            )
        keys = [self.object.pk, *(pk for pk, _name in below)]
        if used := told(resources_with_choice(self.field, keys), self.request.user):
            said.append(gettext("%(used)s will lose a topic.") % {"used": used})
        return " ".join(said)


class TopicViewSet(MeanwhileViewSet):
    model = Topic
    delete_view_class = TopicDeleteView
    icon = "tag"
    menu_label = _("Topics")
    index_view_class = TopicIndexView
    list_per_page = 200
    search_fields = ["name", "slug"]

    def get_form_class(self, for_update: bool = False) -> type[TopicForm]:
        return TopicForm

    @property
    def list_display(self) -> list[Column]:
        return [
            TopicColumn("name", label=_("Topic"), get_url=self._edit_url),
            Column("slug", label=_("Short name")),
        ]

    def _edit_url(self, topic: Topic) -> str:
        return reverse(self.get_url_name("edit"), args=[topic.pk])


class MergeForm(forms.Form):
    tag = forms.ModelChoiceField(queryset=Tag.objects.none(), widget=forms.HiddenInput)
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.all(), empty_label=_("Choose a topic")
    )

    def __init__(self, *args: Any, reader: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = tags_in_use(reader)  # type: ignore[attr-defined]
        self.fields["topic"].label_from_instance = topic_label  # type: ignore[attr-defined]


class MergeTagsView(InTurn, WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc] # of `as_view`
    """Free tags, most used first, each with a choice of the topic that takes its place."""

    model = Topic
    index_url_name = "tags:index"
    template_name = "repository/admin/tags.html"
    page_title = _("Tags")
    header_icon = "tag"
    per_page = 50

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_registry.get_by_type(Topic).user_has_permission(request.user, "change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tags = Paginator(tags_in_use(self.request.user), self.per_page).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            tags=tags, topics=[(topic.pk, topic_label(topic)) for topic in Topic.objects.all()], **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MergeForm(request.POST, reader=request.user)
        if form.is_valid():
            tag, topic = form.cleaned_data["tag"], form.cleaned_data["topic"]
            if (
                "sure" not in request.POST
            ):  # it changes the resources of every district, and there is no way back
                return self.render_to_response(self.get_context_data(tag=tag, topic=topic))
            merge_tag(tag=tag, topic=topic)
            messages.success(
                request,
                ngettext(
                    "“%(tag)s” is now the topic “%(topic)s”, on %(count)d resource.",
                    "“%(tag)s” is now the topic “%(topic)s”, on %(count)d resources.",
                    tag.uses,
                )
                % {"tag": tag, "topic": topic, "count": tag.uses},
            )
        elif "tag" in form.errors:
            messages.error(
                request,
                _("Nothing was changed: the tag is not there any more. Somebody else may have merged it."),
            )
        else:
            messages.error(request, _("Choose the topic that takes the place of the tag."))
        return redirect(request.get_full_path())


class TagViewSet(ViewSet):
    icon = "tag"
    menu_label = _("Tags")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", MergeTagsView.as_view(), name="index")]

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return TagMenuItem(self.menu_label, self.menu_url, icon_name=self.menu_icon, order=order or 999)


class TagMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        shown: bool = policy_registry.get_by_type(Topic).user_has_permission(request.user, "change")
        return shown


class VocabularyViewSet(MeanwhileViewSet):
    list_display = ["label", "slug", "position"]
    base_form: type[ShortNameForm] = ShortNameForm

    def get_form_class(self, for_update: bool = False) -> type[ShortNameForm]:
        self._edit_handler.base_form_class = self.base_form
        form: type[ShortNameForm] = self._edit_handler.get_form_class()
        return form


class SubjectDeleteView(ChoiceDeleteView):
    field = "subjects"


class SettingDeleteView(ChoiceDeleteView):
    field = "modalities"


class KindDeleteView(AskingDeleteView):
    unused = NO_RESOURCE

    def refusal(self) -> str:
        used = told(resources_of_kind(self.object.pk), self.request.user)
        words = _("“%(kind)s” cannot be deleted: it is used by %(used)s. Choose another kind there first.")
        return words % {"kind": self.object, "used": used} if used else ""


class KindForm(ShortNameForm):
    """Sections are ticked: of a name that was mistyped, nobody would hear more than that the section is gone."""

    blocks = forms.MultipleChoiceField(
        label=_("Sections offered"),
        choices=names_of_parts,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "On the contribution page, beside what students will do. None ticked: all of them. "
            "What a resource has already stays there."
        ),
    )

    def clean_blocks(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["blocks"]
        # Only the order of what stands there may be another.
        if {"objectives", *chosen} == set(self.instance.blocks):
            return self.instance.blocks
        return ["objectives", *chosen] if chosen else []


class KindViewSet(VocabularyViewSet):
    model = ResourceKind
    icon = "doc-full"
    menu_label = _("Kinds of resource")
    delete_view_class = KindDeleteView
    base_form = KindForm


class SettingViewSet(VocabularyViewSet):
    model = Modality
    icon = "site"
    menu_label = _("Settings")
    delete_view_class = SettingDeleteView


class SubjectViewSet(VocabularyViewSet):
    model = Subject
    icon = "folder-open-inverse"
    menu_label = _("Subjects")
    delete_view_class = SubjectDeleteView


class SynonymDeleteView(AskingDeleteView):
    def consequence(self) -> str:
        words = ", ".join(f"“{one}”" for one in (self.object.term, *self.object.meanings))
        return _("From then on, a search for any of these finds only its own words: %(words)s.") % {
            "words": words
        }


class SynonymViewSet(MeanwhileViewSet):
    model = Synonym
    delete_view_class = SynonymDeleteView
    icon = "openquote"
    menu_label = _("Synonyms")
    list_display = ["term", "means"]
    search_fields = ["term", "means"]
    list_per_page = 100


class ClassroomGroup(ModelViewSetGroup):
    """The menu that holds them all."""

    menu_label = _("Vocabularies")
    menu_icon = "list-ul"
    menu_order = 300
    items = (
        ScaleViewSet("competency_scales"),
        TopicViewSet("topics"),
        TagViewSet("tags"),
        SynonymViewSet("synonyms"),
        KindViewSet("resource_kinds"),
        SettingViewSet("modalities"),
        SubjectViewSet("subjects"),
    )
