"""Mails about comments in the admin's editor, in the place of Wagtail's.

Wagtail's go out while the page is saved, so that nothing was saved where the mail server was away, and to everybody who ever
followed the page, also to those who may see it no longer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django_tasks import task
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import COMMENTS_RELATION_NAME, Comment, CommentReply, Page

from people.mail import Try, write_to_each
from people.models import User
from repository.audience import may_see_draft
from repository.models import DistrictPage, ResourcePage, StatePage

SETTING = "updated_comments_notifications"


class QuietEditView(EditView):
    def send_commenting_notifications(self, changes: Mapping[str, Any]) -> None:
        """`changes` as Wagtail finds them, by kind; those of a word in a comment, and what was deleted, are no news."""
        page_id, editor_id = self.page.pk, self.request.user.pk

        def tell() -> None:  # what is new has its keys only once it is saved
            said = [one.pk for one in changes["new_comments"]]
            resolved = [one.pk for one in changes["resolved_comments"]]
            answers = [reply.pk for _comment, replies in changes["new_replies"] for reply in replies]
            if said or resolved or answers:
                send_comment_mail.enqueue(page_id, editor_id, said, resolved, answers)

        transaction.on_commit(tell)


class EditorViewSet(PageViewSet):
    """Wagtail's views of a kind of page, with our mails."""

    edit_view_class = QuietEditView

    def __init__(self, model: type[Page]) -> None:
        super().__init__(model=model)


EDITORS = [EditorViewSet(model) for model in (StatePage, DistrictPage, ResourcePage)]


@task()
def send_comment_mail(
    page_id: int,
    editor_id: int,
    said: Sequence[int],
    resolved: Sequence[int],
    answers: Sequence[int],
    left: list[int] | None = None,
    tries_before: int = 0,
) -> None:
    """One mail to each person who follows the comments of a page, or takes part in a thread in which there is something new.

    said, resolved, answers: the keys of comments, and of replies. left, tries_before: as in people.mail.Try.
    """
    found = Page.objects.filter(pk=page_id).first()
    editor = User.objects.filter(pk=editor_id).first()
    if found is None or editor is None:
        return
    page = found.specific
    comments, replies = Comment.objects.filter(page=page), CommentReply.objects.select_related("comment")
    context = {
        "title": page.get_admin_display_title(),
        "author": editor,
        "said": comments.filter(pk__in=said),
        "resolved": comments.filter(pk__in=resolved),
        "answers": replies.filter(pk__in=answers, comment__page=page),
        "url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    if not (context["said"] or context["resolved"] or context["answers"]):
        return  # taken back meanwhile
    threads = Comment.objects.filter(Q(pk__in=resolved) | Q(replies__in=answers))
    follow = Q(page_subscriptions__page=page, page_subscriptions__comment_notifications=True)
    takes_part = Q(**{f"{COMMENTS_RELATION_NAME}__in": threads}) | Q(comment_replies__comment__in=threads)
    people = User.objects.filter(follow | takes_part, is_active=True).exclude(pk=editor.pk)
    wanted = people.exclude(**{f"wagtail_userprofile__{SETTING}": False}).distinct()
    write_to_each(
        User.objects.filter(pk__in=[one.pk for one in wanted if _may_read(one, page)]),
        "repository/mails/commented",
        context,
        name="comments-" + "-".join(".".join(map(str, keys)) for keys in (said, resolved, answers)),
        this=Try(send_comment_mail, (page_id, editor_id, said, resolved, answers), left, tries_before),
    )


def _may_read(user: User, page: Page) -> bool:
    if isinstance(page, ResourcePage):
        return may_see_draft(user, page)
    return bool(page.permissions_for_user(user).can_edit())
