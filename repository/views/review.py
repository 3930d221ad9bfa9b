"""The reviewers' queue, and the resource beside the form on which they decide."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import TaskState

from people.models import User
from people.pager import pager
from people.selectors import signed_in
from repository import selectors
from repository.checklist import checklist
from repository.models import Alignment, ResourcePage
from repository.services import review as service
from repository.services.alignments import alignment_key
from repository.services.errors import ChangedSinceSeen, Gone, Locked, NotInState, ServiceError
from repository.views.pages import editor_of
from standards.access import hidden_frameworks
from standards.selectors import items

WAITING_A_PAGE = 50
STANDARD = (
    "standard-"  # before an alignment's key, the name of its field: what stands there may change meanwhile
)


class DecisionForm(forms.Form):
    """Approve, perhaps with a word; or return, always with one. One choice for each standard."""

    data: QueryDict
    use_required_attribute = False
    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            ("approve", gettext_lazy("Approve and publish it")),
            ("return", gettext_lazy("Return it with a comment")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one: approve it, or return it.")},
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "The author reads it. If you return the resource, say what would make it ready."
        ),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: object, alignments: list[Alignment], reader: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.reader = reader
        self.keys: dict[str, str] = {}
        for alignment in alignments:
            name = f"{STANDARD}{alignment_key(alignment)}"
            self.keys[name] = alignment_key(alignment)
            self.fields[name] = forms.ChoiceField(
                label=_("%(relation)s %(code)s%(level)s")
                % {
                    "relation": alignment.get_relation_display(),
                    "code": alignment.item.human_coding_scheme or alignment.item.full_statement[:80],
                    "level": f" ({alignment.level})" if alignment.level else "",
                },
                choices=Alignment.Status,
                initial=alignment.status,
                required=False,
                help_text=alignment.item.full_statement[:200],
            )

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        if cleaned.get("decision") == "return" and not str(cleaned.get("comment") or "").strip():
            self.add_error("comment", _("Say what would make it ready: the author sees nothing else."))
        if "revision" in cleaned and cleaned["revision"] != self.initial["revision"]:
            self._look_again(str(ChangedSinceSeen()))
        elif gone := self._moved_meanwhile():
            self._look_again(gone)
        return cleaned

    def _moved_meanwhile(self) -> str:
        """What was said of standards that are not there any more, in words."""
        said = {name.removeprefix(STANDARD): name for name in self.data if name.startswith(STANDARD)}
        gone = {key: str(self.data[name]) for key, name in said.items() if name not in self.keys}
        if not gone:
            return ""
        numbers = {key: int(first) for key in gone if (first := key.split(".")[0]).isdecimal()}
        known = items(self.reader).in_bulk(numbers.values())
        labels = {one.value: one.label for one in Alignment.Status}
        words = [
            f"{known[number].human_coding_scheme or known[number].full_statement[:80]}: {labels[gone[key]]}"
            for key, number in numbers.items()
            if number in known and gone[key] in labels
        ]
        return _(
            "This resource was moved to other standards after you opened it. Nothing has been decided yet. You had said – "
            "%(words)s. Please look at the standards that are there now, then send your decision again."
        ) % {"words": "; ".join(words)}

    def _look_again(self, why: str) -> None:
        """What was typed stays; of standards that were not there before, the form has what is on record."""
        self.data = self.data.copy()
        self.data["revision"] = str(self.initial["revision"])
        for name in self.keys:
            self.data.setdefault(name, self.fields[name].initial)
        self.add_error(None, why)

    @property
    def judgements(self) -> dict[str, str]:
        return {
            key: self.cleaned_data[name] for name, key in self.keys.items() if self.cleaned_data.get(name)
        }

    @property
    def standards(self) -> list[forms.BoundField]:
        return [self[name] for name in self.keys]


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if not selectors.is_reviewer(user):
        raise PermissionDenied
    page = Paginator(selectors.review_queue(user), WAITING_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "number": page.paginator.count,
        "queue": selectors.waiting(page.object_list, user),
        "pager": pager(request, page),
    }
    return render(request, "repository/review/queue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """The resource as it will look, with the form beside it; its author sees the same without the form."""
    user = signed_in(request)
    try:
        page = editor_of(identifier, user)
    except Http404:
        if request.method != "POST" or not selectors.is_reviewer(user):
            raise
        gone = _("Nothing has been decided: this resource was deleted, or moved to another district.")
        messages.error(request, gone)
        return redirect("repository:queue")
    draft: ResourcePage = page.get_latest_revision_as_object()
    may_review = service.may_review(page, user)
    form = None
    if may_review and not service.must_leave_to_others(page, user):
        form = DecisionForm(
            request.POST or None,
            alignments=_judged(draft, user),
            reader=user,
            initial={"revision": page.latest_revision_id},
        )
    if (
        request.method == "POST"
        and form is not None
        and form.is_valid()
        and (answer := _decide(request, user, identifier, form))
    ):
        return answer
    context = {
        **draft.get_context(request),
        "is_preview": True,
        "live": page,
        "form": form,
        "checks": checklist(draft),
        "history": selectors.review_history(page),
        "state": selectors.state_of(page),
        "may_review": may_review,
        "locked_by": page.locked_by if page.locked and page.locked_by_id != user.pk else None,
        "since_returned": _returned_revision(page) if may_review else None,
        "is_reviewer": selectors.is_reviewer(user),
        # Somebody else was faster, or the author took it back: the words are there to copy.
        "too_late": request.method == "POST" and form is None,
        "typed": request.POST.get("comment", "").strip(),
    }
    return render(request, "repository/review/review.html", context)


def _returned_revision(page: ResourcePage) -> int | None:
    """The key of the version that reviewers returned last in the review that goes on, if any."""
    steps = TaskState.objects.filter(
        workflow_state=page.current_workflow_state, status=TaskState.STATUS_REJECTED
    )
    return steps.order_by("-finished_at").values_list("revision", flat=True).first()


def _judged(draft: ResourcePage, user: User) -> list[Alignment]:
    hidden = set(hidden_frameworks(user).values_list("pk", flat=True))
    return [one for one in draft.alignments.all() if one.item.framework_id not in hidden]


def _decide(request: HttpRequest, user: User, identifier: UUID, form: DecisionForm) -> HttpResponse | None:
    """None where the form is shown once more, with what stands in the way."""
    cleaned = form.cleaned_data
    decided = {
        "identifier": identifier,
        "user": user,
        "revision_id": cleaned["revision"],
        "comment": cleaned["comment"].strip(),
        "judgements": form.judgements,
    }
    try:
        if cleaned["decision"] == "approve":
            page = service.approve(**decided)
            done = _("“%(title)s” is published.") if page.live else _("“%(title)s” goes on to the next step.")
        else:
            page = service.return_to_author(**decided)
            done = _("“%(title)s” is back with its author, with your comment.")
    except (ChangedSinceSeen, Gone, NotInState):  # in this moment: the page is made anew, and says what
        answer: HttpResponse = review(request, identifier)
        return answer
    except Locked as error:
        form.add_error(None, str(error))
        return None
    except ServiceError as error:
        messages.error(request, str(error))
        return redirect("repository:review", identifier=identifier)
    messages.success(request, done % {"title": page.draft_title or page.title})
    return redirect("repository:queue")
