"""The contribution page. Every button of it sends the whole form, so that it works without JavaScript."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.models import User
from people.selectors import signed_in
from repository import selectors
from repository.checklist import Check, checklist, submission_problems
from repository.forms.blocks import new_id
from repository.forms.editor import Editor
from repository.forms.rows import append, is_operation, operate
from repository.forms.start import StartForm
from repository.models import ResourceKind, ResourcePage
from repository.services import drafts, files, review
from repository.services.errors import Gone, InReview, ServiceError, StaleDraft
from repository.uploads import Refused
from repository.views.pages import editor_of, show_draft
from repository.views.picker import found_standards
from standards.models import Item
from standards.selectors import resolve_standard

SUGGEST = "suggest-standards"
AS_NEW = "as-new"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Name it, and the draft is there."""
    user = signed_in(request)
    if not selectors.contribution_districts(user).exists():
        return render(request, "repository/contribute/no_district.html", status=403)
    form = StartForm(request.POST or None, user=user, initial={"kind": request.GET.get("kind") or "lesson"})
    if request.method == "POST" and form.is_valid():
        try:
            page = drafts.create_draft(
                user=user,
                district=form.chosen_district,
                kind=form.cleaned_data["kind"],
                title=form.cleaned_data["title"],
                fill=form.fill,
            )
            return redirect("repository:edit", identifier=page.identifier)
        except ServiceError as error:
            form.add_error(None, str(error))
    return render(request, "repository/contribute/start.html", {"form": form})


@dataclass
class Outcome:
    """What came of a posted form, beside the forms themselves."""

    saved: bool = False
    led_to: str = ""
    conflict: bool = False
    gone: bool = False
    notes: list[str] = field(default_factory=list)
    file_problems: list[str] = field(default_factory=list)
    image_problems: list[str] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """The number of files that were not taken."""
        return len(self.file_problems) + len(self.image_problems)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The page in sections. A POST saves the draft and does what its button says."""
    user = signed_in(request)
    try:
        return _edit(request, identifier, user)
    except Http404:
        if request.method != "POST" or not selectors.contribution_districts(user).exists():
            raise
        return _show_gone(request, identifier, user)


def _edit(request: HttpRequest, identifier: UUID, user: User) -> HttpResponseBase:
    page = _page_to_edit(identifier, user)
    if drafts.is_in_review(page):
        return _show_locked(request, page)
    draft: ResourcePage = page.get_latest_revision_as_object()
    if request.method != "POST":
        return _show(request, page, Editor(draft, user), Outcome(saved=True))
    data = request.POST.copy()
    action = data.get("action", "save")
    outcome = Outcome()
    _prepare(request, page, user, data, action, outcome)
    editor = Editor(draft, user, data)
    if action == "preview":
        return _preview_typed(request, page, editor)
    if editor.is_valid():
        page = _save(page, user, editor, data, action, outcome)
    if action == "autosave":
        return render(request, "repository/contribute/_saved.html", _context(request, page, editor, outcome))
    editor.lead_to(outcome.led_to)
    done = outcome.saved and not outcome.refused
    if done and action == "submit":
        return _go_to(request, reverse("repository:submit", args=[identifier]))
    # The Enter key in the look-up of standards saves too, but its results are what was asked for.
    if done and action == "save" and not data.get("standards_q") and not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("Your draft is saved."))
        return redirect("repository:edit", identifier=identifier)
    return _show(request, page, editor, outcome)


def _prepare(
    request: HttpRequest, page: ResourcePage, user: User, data: QueryDict, action: str, outcome: Outcome
) -> None:
    """Do to the posted data what the button asks for, before forms are made of it."""
    if action != "autosave":
        _take_files(request, page, user, data, outcome)
    if is_operation(action):
        levels = Editor(page, user).state_levels if action == "add:rubric" else []
        outcome.led_to = operate(data, action, levels=levels)
    elif action.startswith("add-standard:"):
        item = resolve_standard(action.removeprefix("add-standard:"), reader=user)
        if isinstance(item, Item):
            outcome.led_to = append(data, "alignment", item=item.identifier, relation="teaches")
        else:
            outcome.notes.append(_("This standard is no longer there. Please look it up again."))


def _take_files(
    request: HttpRequest, page: ResourcePage, user: User, data: QueryDict, outcome: Outcome
) -> None:
    """Files are kept at once, whatever else is wrong with the form: nobody should have to choose them again."""
    for file in request.FILES.getlist("files"):
        try:
            document = files.store_file(user=user, district=page.district, file=file)
        except Refused as error:
            outcome.file_problems.append(str(error))
        else:
            outcome.led_to = append(data, "attachment", document=str(document.pk), title=document.title[:150])
    for file in request.FILES.getlist("images"):
        try:
            image = files.store_image(user=user, district=page.district, file=file)
        except Refused as error:
            outcome.image_problems.append(str(error))
        else:
            outcome.led_to = append(data, "image", image=str(image.pk), block_id=new_id())


def _save(
    page: ResourcePage, user: User, editor: Editor, data: QueryDict, action: str, outcome: Outcome
) -> ResourcePage:
    stamp = None if action == "overwrite" else data.get("stamp", "")
    try:
        drafts.save_draft(identifier=page.identifier, user=user, change=editor.apply, stamp=stamp)
    except StaleDraft as error:
        outcome.conflict = True
        outcome.notes += [str(error), *editor.other_standards()]
        return page
    except Gone:
        raise Http404 from None
    except ServiceError as error:
        outcome.notes.append(str(error))
        return page
    outcome.saved = True
    return _page_to_edit(page.identifier, user)


def _show(request: HttpRequest, page: ResourcePage, editor: Editor, outcome: Outcome) -> HttpResponse:
    return render(request, "repository/contribute/edit.html", _context(request, page, editor, outcome))


def _context(request: HttpRequest, page: ResourcePage, editor: Editor, outcome: Outcome) -> dict[str, Any]:
    data = editor.data
    checks = checklist(page.get_latest_revision_as_object())
    query = (data.get("standards_q") or "").strip() if data is not None else ""
    suggests = _suggests(data)
    return {
        "page": page,
        "editor": editor,
        "outcome": outcome,
        # A form whose draft was not saved goes on from the draft that it was made of.
        "stamp": drafts.draft_stamp(page)
        if outcome.saved
        else data.get("stamp", "")
        if data is not None
        else "",
        "saved_at": page.latest_revision_created_at,
        "checks": checks,
        "rail": _rail(editor, checks),
        "state": selectors.state_of(page),
        "standards_q": query,
        "found": found_standards(query, page, signed_in(request)) if query else None,
        "suggest_for": page.get_latest_revision_as_object() if suggests and outcome.saved else None,
        # They would be for what was written before.
        "suggests_later": suggests and not outcome.saved,
        # A page that comes whole would begin at its top, far from what was asked for. What is wrong is told there, though.
        "leads_to_found": outcome.saved
        and not outcome.refused
        and not request.htmx  # type: ignore[attr-defined]
        and not outcome.led_to
        and (suggests or bool(query)),
    }


def _suggests(data: QueryDict | None) -> bool:
    """Whether standards are suggested, for the draft as it was last saved; still so after one of them is added."""
    if data is None:
        return False
    action = data.get("action", "")
    return action == SUGGEST or ("suggesting" in data and action.startswith("add-standard:"))


def _rail(editor: Editor, checks: list[Check]) -> list[dict[str, Any]]:
    """The sections, each with whether something is wrong in it, or all is there that reviewers look for."""
    rail = []
    for shown in editor.sections:
        name = shown.section.name
        wanted = [check.done for check in checks if check.section == name]
        state = "problem" if shown.errors else "done" if wanted and all(wanted) else ""
        rail.append({"label": shown.section.title, "url": f"#section-{name}", "state": state})
    return rail


def _show_locked(request: HttpRequest, page: ResourcePage) -> HttpResponse:
    """In review there is nothing to edit. What was typed in another tab is shown again, so that it is not lost."""
    draft = page.get_latest_revision_as_object()
    if request.method != "POST":
        context = {"page": page, "draft": draft, "state": selectors.state_of(page)}
        return render(request, "repository/contribute/locked.html", context)
    editor = Editor(draft, signed_in(request), request.POST.copy())
    editor.is_valid()
    outcome = Outcome(notes=[str(InReview())])
    if request.POST.get("action") == "autosave":
        return render(request, "repository/contribute/_saved.html", _context(request, page, editor, outcome))
    return _show(request, page, editor, outcome)


def _show_gone(request: HttpRequest, identifier: UUID, user: User) -> HttpResponse:
    """The draft was deleted, or moved to where the person keeps nothing, while they typed: what was typed stays, and may be
    a new draft."""
    data = request.POST.copy()
    kind = ResourceKind.objects.filter(slug=data.get("kind", "")).first() or ResourceKind.objects.first()
    district = selectors.contribution_districts(user)[0]
    title = data.get("title", "")
    page = ResourcePage(
        identifier=identifier,
        title=title,
        draft_title=title,
        kind=kind,
        district=district,
        owner=user,
        live=False,
    )
    editor, action = Editor(page, user, data), data.get("action")
    if editor.is_valid() and action == AS_NEW:
        made = drafts.create_draft(
            user=user, district=district, kind=editor.page.kind, title=title, fill=editor.apply
        )
        messages.success(
            request, _("What you typed is a new draft now, for %(district)s.") % {"district": district}
        )
        return _go_to(request, reverse("repository:edit", args=[made.identifier]))
    note = _(
        "This resource is not there any more: it has been deleted, or moved to another district. "
        "What you typed is still on this page."
    )
    outcome = Outcome(gone=True, notes=[note])
    if action == "autosave":
        return render(request, "repository/contribute/_saved.html", _context(request, page, editor, outcome))
    return _show(request, page, editor, outcome)


@login_required
@require_safe
def preview(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The latest draft as it will look."""
    page = editor_of(identifier, signed_in(request))
    return show_draft(request, page.get_latest_revision_as_object())


def _preview_typed(request: HttpRequest, page: ResourcePage, editor: Editor) -> HttpResponse:
    """What is typed, as it will look, without saving it: the window it was typed in goes on."""
    if not editor.is_valid():
        return render(
            request, "repository/contribute/preview_problems.html", {"page": page, "editor": editor}
        )
    editor.apply(editor.page)
    return show_draft(request, editor.page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """What happens next, and what is still missing; then off to the reviewers."""
    user = signed_in(request)
    page = _page_to_edit(identifier, user)
    if request.method == "POST":
        try:
            review.submit(identifier=identifier, user=user)
        except Gone as error:
            messages.error(request, str(error))
            return redirect("repository:my_resources")
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("repository:edit", identifier=identifier)
        messages.success(request, _("Sent to the reviewers. You get a mail when they have decided."))
        return redirect("repository:my_resources")
    draft = page.get_latest_revision_as_object()
    context = {
        "page": page,
        "draft": draft,
        "checks": checklist(draft),
        "problems": submission_problems(draft),
        "state": selectors.state_of(page),
    }
    return render(request, "repository/contribute/submit.html", context)


def _go_to(request: HttpRequest, url: str) -> HttpResponse:
    """To another page: htmx would put the page that a redirect leads to inside this one."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _page_to_edit(identifier: UUID, user: User) -> ResourcePage:
    """Raises Http404 for those who may not see the draft, PermissionDenied for those who may see but not edit it."""
    page = editor_of(identifier, user)
    if not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    return page
