"""Moving resources off retired standards, in the "Standards" part of the admin: for coordinators and administrators.

From the list of a framework's retired standards, or from the page of one, to a page that shows what will change, and from
there to the record of the move, which says what came of it and can undo it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin

from importers import moves
from importers.admin_base import LookMixin, crumbs
from importers.models import AlignmentMove
from importers.moves import Retired
from importers.progress import note_broken
from importers.records import is_stalled
from people.selectors import organisation_ids, signed_in
from repository.models import Alignment, ResourcePage
from standards.access import hidden_frameworks, visible_frameworks
from standards.browsing import relations_of
from standards.models import AssociationType, Framework, Item
from standards.selectors import FoundItem, find_items, items, with_paths
from standards.views import name_of

PER_PAGE = 50
FOUND = 12
SAME = (AssociationType.EXACT_MATCH_OF, AssociationType.IS_PEER_OF)


@dataclass(frozen=True, slots=True)
class Pair:
    """A retired standard, and the one to which its resources would go."""

    retired: Retired
    item: Item


class _OfFramework(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "list-ul"

    @cached_property
    def framework(self) -> Framework:
        return get_object_or_404(visible_frameworks(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def rows(self) -> list[Retired]:
        return moves.retired_in_use(self.framework, self.request.user)

    @cached_property
    def sure(self) -> list[Pair]:
        """Those of which the source leaves no doubt what takes their place."""
        return [Pair(row, row.successors[0]) for row in self.rows if len(row.successors) == 1 and row.pages]

    @cached_property
    def same(self) -> list[Pair]:
        """Those whose words another has now."""
        return [Pair(row, row.same_words) for row in self.rows if row.same_words and row.pages]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*_crumbs(self.framework), {"url": "", "label": self.get_page_title()}]


class RetiredList(_OfFramework):
    """The retired standards of a framework that resources are still tied to."""

    template_name = "importers/moves/retired.html"
    page_title = _("Retired standards in use")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = Paginator(self.rows, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            framework=self.framework,
            rows=shown,
            sure=self.sure,
            same=self.same,
            all_resources=_pages(self.rows),
            others=len(set[int]().union(*(row.others for row in self.rows))),
            **kwargs,
        )


class MoveAll(_OfFramework):
    """What would change if everything moved of which there is no doubt where to; POST does it, if that is still so."""

    template_name = "importers/moves/all.html"
    by_words = False  # to what has the same words; else to what the source says

    @cached_property
    def pairs(self) -> list[Pair]:
        return self.same if self.by_words else self.sure

    def get_page_title(self) -> str:
        return (
            gettext("Move to what has the same words")
            if self.by_words
            else gettext("Move to their successors")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [pair.retired for pair in self.pairs]
        return super().get_context_data(
            framework=self.framework,
            pairs=Paginator(self.pairs, PER_PAGE).get_page(self.request.GET.get("p")),
            by_words=self.by_words,
            resources=_pages(rows),
            seen=_digest(self.pairs),
            others=len(set[int]().union(*(row.others for row in rows))),
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.pairs:
            messages.warning(request, gettext("Nothing is left to move: somebody else has done it."))
            return redirect("standards_admin:retired", pk)
        if request.POST.get("seen") != _digest(self.pairs):
            messages.warning(
                request, gettext("Something has changed since you opened this page. Look at the list again.")
            )
            return redirect(request.path)
        chosen = [(pair.retired, [pair.item]) for pair in self.pairs]
        record = moves.start(
            user=signed_in(request), framework=self.framework, chosen=chosen, by_source=not self.by_words
        )
        return redirect("standards_admin:moved", record.pk)


@dataclass(frozen=True, slots=True)
class Offered:
    """A standard that may take the place of a retired one, and why it is offered."""

    found: FoundItem
    why: str | Promise
    ticked: bool


@dataclass(frozen=True, slots=True)
class Moving:
    """A resource that will change, and what it says of the retired standard: its relation and level."""

    page: ResourcePage
    ties: Sequence[str]


class MoveOne(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    """One retired standard beside what may take its place, and the resources that are tied to it. POST moves them."""

    template_name = "importers/moves/one.html"
    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = items(request.user).filter(pk=kwargs["pk"], retired_at__isnull=False).first()
        if found is None:
            messages.warning(request, gettext("That standard is not here any more, or is in force again."))
            return redirect("standards_admin:index")
        self.item = found
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def retired(self) -> Retired:
        return moves.retired_standard(self.item, self.request.user)

    def get_page_title(self) -> str:
        return gettext("Move resources off %(standard)s") % {"standard": name_of(self.item)}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        framework = self.item.framework
        in_use = {
            "url": reverse("standards_admin:retired", args=[framework.pk]),
            "label": RetiredList.page_title,
        }
        return [*_crumbs(framework), in_use, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ticked = kwargs.pop("ticked", None)
        query = self.request.GET.get("q", "").strip()[:200]
        resources = (
            ResourcePage.objects.filter(pk__in=self.retired.pages)
            .select_related("district")
            .only("draft_title", "live", "has_unpublished_changes", "district__name")
            .order_by("draft_title", "pk")
        )
        shown = Paginator(resources, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            retired=self.retired,
            before=with_paths([self.item], reader=self.request.user)[0],
            offered=self._offered(query, ticked),
            query=query,
            shown=shown,
            moving=self._moving(list(shown)),
            **kwargs,
        )

    def _offered(self, query: str, ticked: Sequence[int] | None) -> list[Offered]:
        user, old = signed_in(self.request), self.item
        why: dict[int, str | Promise] = {}
        known: dict[int, Item] = {}

        def offer(one: Item, reason: str | Promise) -> None:
            if one.pk != old.pk and one.retired_at is None and one.pk not in known:
                known[one.pk], why[one.pk] = one, reason

        for item in self.retired.successors:
            offer(item, _("Replaces it, as the source says"))
        for group in relations_of(old, reader=user):
            for relation in group.relations:
                if relation.type in SAME and relation.item is not None:
                    offer(relation.item, relation.label)
        for item in items(user).filter(framework=old.framework, full_statement=old.full_statement):
            offer(item, _("Has the same words"))
        for item in items(user).filter(pk__in=ticked or ()):
            offer(item, _("Your choice"))
        if query:
            found = find_items(query, organisations=organisation_ids(user), limit=FOUND, reader=user)
            for item in found.items:
                offer(item, _("Found by your words"))
        if ticked is None:
            sure = self.retired.successors if len(self.retired.successors) == 1 else ()
            ticked = [item.pk for item in sure]
        return [
            Offered(one, why[one.item.pk], one.item.pk in ticked)
            for one in with_paths(list(known.values()), reader=user)
        ]

    def _moving(self, pages: Sequence[ResourcePage]) -> list[Moving]:
        ties: dict[int, list[str]] = {}
        rows = Alignment.objects.filter(page__in=pages, item=self.item).select_related("level")
        for row in rows:
            words = [str(row.get_relation_display()), *([row.level.name] if row.level else [])]
            ties.setdefault(row.page_id, []).append(", ".join(words))
        return [Moving(page, ties.get(page.pk, ())) for page in pages]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = signed_in(request)
        keys = [int(key) for key in request.POST.getlist("to") if key.isdecimal()][:FOUND]
        found = items(user).filter(pk__in=keys, retired_at__isnull=True).exclude(pk=pk).in_bulk()
        if not self.retired.pages:
            messages.warning(request, gettext("Nothing is left to move: somebody else has done it."))
            return redirect("standards_admin:retired", self.item.framework_id)
        if not keys or len(found) < len(set(keys)):
            problem = gettext("Tick the standard that takes its place.")
            if keys:
                problem = gettext(
                    "One that you ticked is not in force any more. Look again, and tick what takes the place."
                )
            return self.render_to_response(
                self.get_context_data(problem=problem, ticked=list(found)), status=422
            )
        new = [found[key] for key in dict.fromkeys(keys)]
        record = moves.start(
            user=user, framework=self.item.framework, chosen=[(self.retired, new)], by_source=False
        )
        return redirect("standards_admin:moved", record.pk)


class MoveDetail(LookMixin, WagtailAdminTemplateMixin, TemplateView):
    """One move: how far it is, what came of it, and the way back."""

    template_name = "importers/moves/record.html"
    header_icon = "history"
    page_title = _("Move of resources")

    @cached_property
    def record(self) -> AlignmentMove:
        return get_object_or_404(_visible(self.request).defer("payload"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listed = {"url": reverse("standards_admin:moves"), "label": MoveList.page_title}
        return [*crumbs(), listed, {"url": "", "label": self.record.source}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record, user = self.record, self.request.user
        pairs = record.plan["pairs"]
        is_done = record.state in (AlignmentMove.State.APPLIED, AlignmentMove.State.UNDONE)
        return super().get_context_data(
            record=record,
            State=AlignmentMove.State,
            state_in_words=state_in_words(record),
            plan=record.plan,
            shown=Paginator(pairs, PER_PAGE).get_page(self.request.GET.get("p")),
            to=pairs[0]["new"] if len(pairs) == 1 else [],
            share=round(record.done * 100 / record.total) if record.total else None,
            is_stalled=is_stalled(record),
            may_undo=moves.may_undo(user, record),
            may_act=user == record.user or moves.may_undo(user, record),
            left=moves.still_tied(record.framework, user) if is_done and record.framework else None,
            **kwargs,
        )


class MoveAct(LookMixin, View):
    """Undoes a move, or takes one up again that broke off."""

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        user = signed_in(request)
        record = get_object_or_404(_visible(request).defer("payload"), pk=pk)
        if not moves.may_undo(user, record) and not (action == "again" and user == record.user):
            raise PermissionDenied
        if action == "undo":
            moves.request_undo(record, user=user)
        else:
            moves.start_again(record)
        return redirect("standards_admin:moved", pk)


def state_in_words(record: AlignmentMove) -> str | Promise:
    """An import's words, but for a move that is done or goes on."""
    states = AlignmentMove.State
    words: dict[str, str | Promise] = {
        states.QUEUED: _("Waiting"),
        states.APPLYING: _("At work"),
        states.APPLIED: _("Moved"),
        states.UNCHANGED: _("Nothing was left to move"),
        states.REFUSED: _("Not moved"),
    }
    return words.get(record.state, record.get_state_display())


class MoveList(LookMixin, BaseListingView):
    """Every move, the newest first."""

    model = AlignmentMove
    page_title = _("Moves of resources")
    header_icon = "history"
    index_url_name = "standards_admin:moves"
    index_results_url_name = "standards_admin:moves_results"
    default_ordering = "-created_at"
    paginate_by = 50
    verbose_name_plural = _("moves")
    columns = [
        TitleColumn(
            "source",
            label=_("Standards"),
            get_url=lambda record: reverse("standards_admin:moved", args=[record.pk]),
        ),
        Column("state", label=_("State"), accessor=state_in_words),
        Column("user", label=_("By"), classname="wide-only"),
        Column("resources", label=_("Resources"), accessor=lambda record: record.counts.get("resources", "")),
        DateColumn("created_at", label=_("Started")),
    ]

    def get_base_queryset(self) -> QuerySet[AlignmentMove]:
        return _visible(self.request).defer("payload", "plan", "warnings")

    @cached_property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs()


def _visible(request: HttpRequest) -> QuerySet[AlignmentMove]:
    note_broken(AlignmentMove)
    found = AlignmentMove.objects.select_related("user", "undone_by", "framework")
    return found.exclude(framework__in=hidden_frameworks(request.user).values("pk"))


def _pages(rows: Sequence[Retired]) -> int:
    """How many resources they have together: one may be tied to several of them."""
    return len(set[int]().union(*(row.pages for row in rows)))


def _digest(pairs: Sequence[Pair]) -> str:
    """Tells whether the list is still the one that was seen: the same standards, with the same in their place."""
    keys = sorted((pair.retired.item.pk, pair.item.pk) for pair in pairs)
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:32]


def _crumbs(framework: Framework) -> list[dict[str, Any]]:
    own = {"url": reverse("standards_admin:framework", args=[framework.pk]), "label": framework.title}
    return [*crumbs(), own]


URLS: list[URLPattern] = [
    path("<int:pk>/retired/", RetiredList.as_view(), name="retired"),
    path("<int:pk>/retired/move/", MoveAll.as_view(), name="move_all"),
    path("<int:pk>/retired/move-same/", MoveAll.as_view(by_words=True), name="move_same"),
    path("retired/<int:pk>/", MoveOne.as_view(), name="move"),
    path("moves/", MoveList.as_view(), name="moves"),
    path("moves/results/", MoveList.as_view(results_only=True), name="moves_results"),
    path("moves/<int:pk>/", MoveDetail.as_view(), name="moved"),
    path("moves/<int:pk>/undo/", MoveAct.as_view(), {"action": "undo"}, name="undo_move"),
    path("moves/<int:pk>/again/", MoveAct.as_view(), {"action": "again"}, name="move_again"),
]
