"""Choosing in the Wagtail admin: a standard by code or words, adopted frameworks first, as on the site; a published
resource by its title, from any district."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import (
    ChooseResultsView,
    ChooseView,
    ChosenMultipleView,
    ChosenView,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from people.models import User
from people.selectors import organisation_ids
from repository.audience import may_see, may_see_draft, visible_to
from repository.models import ResourcePage
from standards.models import Adoption, Item
from standards.selectors import items, search_items

MAX_FOUND = 50


class _Words(BaseFilterForm):
    q = forms.CharField(
        label=_("Find a standard"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("A code in any spelling, or words")}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search_query = self.data.get("q", "")
        self.is_searching = bool(self.search_query)


class _Items:
    """What the reader may see (standards.access); the look-up of the site finds among it."""

    filter_form_class = _Words

    request: HttpRequest
    title_column: Column

    def get_object_list(self) -> QuerySet[Item]:
        return items(self.request.user).filter(retired_at__isnull=True)

    def apply_object_list_ordering(self, objects: QuerySet[Item]) -> QuerySet[Item]:
        adopted = Adoption.objects.filter(organisation__in=organisation_ids(self.request.user))
        adopted_first = Case(
            When(framework__in=adopted.values("framework"), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return objects.order_by(adopted_first, "framework__title", "position")

    def filter_object_list(self, objects: QuerySet[Item]) -> QuerySet[Item] | list[Item]:
        query = self.request.GET.get("q", "").strip()[:200]
        if not query:
            return objects
        user = self.request.user
        return search_items(query, organisations=organisation_ids(user), limit=MAX_FOUND, reader=user)

    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column,
            Column("framework", label=_("Framework"), accessor=lambda item: item.framework.short_name),
        ]


class _ChooseView(_Items, ChooseView):
    pass


class _ChooseResultsView(_Items, ChooseResultsView):
    pass


class _Chosen(ChosenView):
    def get_object(self, pk: Any) -> Item:
        item = items(self.request.user).filter(pk=pk).first()
        if item is None:
            raise Http404
        return item


class _ChosenMultiple(ChosenMultipleView):
    def get_objects(self, pks: Any) -> QuerySet[Item]:
        return items(self.request.user).filter(pk__in=pks)


class ItemChooserViewSet(ChooserViewSet):
    model = Item
    icon = "list-ul"
    choose_one_text = _("Choose a standard")
    choose_another_text = _("Choose another standard")
    choose_view_class = _ChooseView
    choose_results_view_class = _ChooseResultsView
    chosen_view_class = _Chosen
    chosen_multiple_view_class = _ChosenMultiple


class _TitleWords(_Words):
    q = forms.CharField(
        label=_("Find a resource"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Words of its title")}),
    )


class _Resources:
    """The published ones that the reader may see: of any district, and no drafts, which Wagtail's own chooser lists."""

    filter_form_class = _TitleWords

    request: HttpRequest
    title_column: Column

    def get_object_list(self) -> QuerySet[ResourcePage]:
        return visible_to(self.request.user).select_related("district")

    def apply_object_list_ordering(self, objects: QuerySet[ResourcePage]) -> QuerySet[ResourcePage]:
        return objects.order_by("title", "pk")

    def filter_object_list(self, objects: QuerySet[ResourcePage]) -> QuerySet[ResourcePage]:
        for word in self.request.GET.get("q", "")[:200].split():
            objects = objects.filter(title__icontains=word)
        return objects

    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column,
            Column("district", label=_("District")),
            Column("audience", label=_("Who may see it"), accessor="get_audience_display"),
        ]


class _ChooseResourceView(_Resources, ChooseView):
    pass


class _ChooseResourceResultsView(_Resources, ChooseResultsView):
    pass


class _ChosenResource(ChosenView):
    def get_object(self, pk: Any) -> ResourcePage:
        page = visible_to(self.request.user).filter(pk=pk).first()
        if page is None:
            raise Http404
        return page


class _ChosenResources(ChosenMultipleView):
    def get_objects(self, pks: Any) -> QuerySet[ResourcePage]:
        return visible_to(self.request.user).filter(pk__in=pks)


class ResourceChooser(BaseChooser):
    """Tells the title of what is chosen to a reader who may see it. The form says who that is."""

    reader: User | AnonymousUser = AnonymousUser()
    show_edit_link = False

    def get_display_title(self, instance: ResourcePage) -> str:
        if may_see(self.reader, instance) or may_see_draft(self.reader, instance):
            if instance.live:
                return str(instance.title)
            return gettext("%(title)s (no longer published: nobody is shown it)") % {"title": instance.title}
        return str(_("A resource that you may not see"))


class ResourceChooserViewSet(ChooserViewSet):
    model = ResourcePage
    icon = "doc-full"
    choose_one_text = _("Choose a resource")
    choose_another_text = _("Choose another resource")
    register_widget = False  # where a page of the own tree is asked for, Wagtail's own chooser is right
    base_widget_class = ResourceChooser
    choose_view_class = _ChooseResourceView
    choose_results_view_class = _ChooseResourceResultsView
    chosen_view_class = _ChosenResource
    chosen_multiple_view_class = _ChosenResources


resource_chooser = ResourceChooserViewSet("resource_chooser")
