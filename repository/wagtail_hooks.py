"""Where the audience rule meets Wagtail, and what coordinators keep in its admin."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.models import Page
from wagtail.permissions import policy_registry, register_permission_policy

from repository import audience
from repository.admin import ClassroomGroup
from repository.admin_api import OwnDocuments, OwnImages
from repository.choosers import ItemChooserViewSet, ResourceChooserViewSet, resource_chooser
from repository.comment_mails import EDITORS, EditorViewSet
from repository.in_use import (
    FileDeleteView,
    ImageDeleteView,
    JustUploadedFileDeleteView,
    JustUploadedImageDeleteView,
    file_refusal,
)
from repository.meanwhile import note_who_saves
from repository.models import Audience, CompetencyScale, ResourceDocument, ResourceImage, ResourcePage
from repository.queue_panel import QueuePanel
from repository.scales_admin import ScalePermissionPolicy
from repository.services.drafts import is_in_review
from repository.wanted_admin import WantedViewSet

register_permission_policy(CompetencyScale, ScalePermissionPolicy(CompetencyScale))


@hooks.register("insert_global_admin_css")
def narrow_listings() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def keep_the_focus() -> str:
    return format_html('<script src="{}"></script>', static("js/admin.js"))


@hooks.register("register_admin_viewset")
def vocabularies() -> ClassroomGroup:
    return ClassroomGroup()


@hooks.register("register_admin_viewset")
def wanted_list() -> WantedViewSet:
    return WantedViewSet("wanted")


@hooks.register("register_admin_viewset")
def item_chooser() -> ItemChooserViewSet:
    return ItemChooserViewSet("item_chooser")


@hooks.register("register_admin_viewset")
def chooser_of_resources() -> ResourceChooserViewSet:
    return resource_chooser


@hooks.register("register_admin_viewset")
def editors() -> list[EditorViewSet]:
    return EDITORS


@hooks.register("before_serve_page")
def serve_to_the_audience_only(page: Page, request: HttpRequest, *args: Any) -> None:
    if isinstance(page, ResourcePage) and not audience.may_see(request.user, page):
        raise Http404


@hooks.register("before_copy_page")
def copy_resources_only(request: HttpRequest, page: Page) -> HttpResponse | None:
    if isinstance(page.specific, ResourcePage):
        return None
    messages.error(request, _("A district and the state have one page each: only resources can be copied."))
    return redirect("wagtailadmin_explore", page.pk)


@hooks.register("before_serve_document")
def hand_out_to_the_audience_only(document: ResourceDocument, request: HttpRequest) -> None:
    if not audience.may_get_document(request.user, document):
        raise Http404


@hooks.register("before_edit_page")
def review_on_the_site(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What is in review is decided beside the resource as it will look, and nobody changes it meanwhile."""
    if isinstance(page, ResourcePage) and is_in_review(page):
        return redirect("repository:review", identifier=page.identifier)
    note_who_saves(page, request)
    return None


@hooks.register("after_move_page")
def tell_who_sees_it(request: HttpRequest, page: Page) -> None:
    """A school has no place in another district (`signals.follow_move`), and whom else it is for is not ours to say."""
    if ResourcePage.objects.filter(pk=page.pk, live=True, audience=Audience.SCHOOL, school=None).exists():
        words = _(
            "“%(title)s” was for one school of its former district: only staff see it now. Edit it to say who may see it."
        )
        messages.warning(request, words % {"title": page.title})


@hooks.register("after_bulk_action")
def tell_who_sees_them(request: HttpRequest, action: str, objects: list[Any], view: Any) -> None:
    if action == "move":
        for one in objects:
            if isinstance(one, Page):
                tell_who_sees_it(request, one)


# Before Wagtail's own addresses, some of which these take the place of.
@hooks.register("register_admin_urls", order=-1)
def delete_unused_files_only() -> list[URLPattern]:
    return [
        path("documents/delete/<int:document_id>/", FileDeleteView.as_view()),
        path("images/<int:image_id>/delete/", ImageDeleteView.as_view()),
        path("documents/multiple/<int:doc_id>/delete/", JustUploadedFileDeleteView.as_view()),
        path("images/multiple/<int:image_id>/delete/", JustUploadedImageDeleteView.as_view()),
    ]


@hooks.register("before_bulk_action")
def delete_unused_files_only_at_once(
    request: HttpRequest, action: str, objects: list[Any], view: Any
) -> HttpResponse | None:
    lists = {ResourceDocument: "wagtaildocs:index", ResourceImage: "wagtailimages:index"}
    if action != "delete" or view.model not in lists:
        return None
    refusals = [refusal for file in objects if (refusal := file_refusal(file, request.user))]
    for refusal in refusals:
        messages.error(request, refusal)
    return redirect(lists[view.model]) if refusals else None


# After Wagtail's own, which it takes the place of.
@hooks.register("construct_admin_api", order=1)
def list_own_files_only(router: WagtailAPIRouter) -> None:
    router.register_endpoint("documents", OwnDocuments)
    router.register_endpoint("images", OwnImages)


@hooks.register("construct_homepage_panels")
def show_the_beginning_of_the_queue(request: HttpRequest, panels: list[Component]) -> None:
    panels[:] = [
        QueuePanel() if isinstance(panel, WorkflowObjectsToModeratePanel) else panel for panel in panels
    ]


@hooks.register("construct_reports_menu")
def without_page_types(request: HttpRequest, items: list[MenuItem]) -> None:
    """There are three, and the address of their report leads home (config/urls.py)."""
    items[:] = [item for item in items if item.name != "page-types-usage"]


@hooks.register("construct_page_chooser_queryset")
def choose_among_own_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """The chooser offers every page by default, so that titles of other districts' drafts would show."""
    own: QuerySet[Page] = policy_registry.get_by_type(Page).explorable_instances(request.user)
    return pages & own
