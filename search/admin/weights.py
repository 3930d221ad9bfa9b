"""The admin page on which a state's administrator sees the weights, tries others, and keeps or resets them.

Trying changes nothing: the queries are asked with both sets of weights, and the page shows the two lists side by side.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from people.meanwhile import take_turn
from people.selectors import is_state_admin
from repository.audience import user_tokens
from search import ranking
from search.client import EngineDown
from search.find import find
from search.kept import RankingSettings
from search.ranking import DEFAULTS, LABELS, TEXT, Weights
from search.request import MAX_QUERY, SearchRequest

QUERIES = (
    "unit rates",
    "fractions on a number line",
    "welding internship",
    "argument with evidence",
    "weather",
)
MOST_QUERIES = 8
SHOWN = 5
TRIED_ON = "ranking_queries"  # where a session keeps the queries as they were typed


class WeightField(forms.FloatField):
    """As text: a browser's own field for numbers drops the comma of "0,5" where its language has a point, and so says 5."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}" if isinstance(value, float) else value


class WeightsForm(forms.Form):
    """A field for each weight, within its bounds. seen: what the weights were when the page was opened, see `stamp`."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ranking.NAMES:
            low, high = ranking.bounds(name)
            within = _("Give a number from %(low)g to %(high)g.") % {"low": low, "high": high}
            self.fields[name] = WeightField(
                label=str(LABELS[name]),
                min_value=low,
                max_value=high,
                help_text=_("From %(low)g to %(high)g. Unless changed: %(default)g")
                % {"low": low, "high": high, "default": getattr(DEFAULTS, name)},
                error_messages=dict.fromkeys(("min_value", "max_value", "invalid", "required"), within),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def weights(self) -> Weights:
        return replace(DEFAULTS, **{name: self.cleaned_data[name] for name in ranking.NAMES})

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (_("Words"), [self[name] for name in TEXT]),
            (_("Words together, and shared standards"), [self[name] for name in ranking.OTHER]),
            (
                _("Signals: how much one can add; 0.10 is a tenth of a good match’s score"),
                [self[name] for name in ranking.SIGNAL_NAMES],
            ),
        ]


class QueriesForm(forms.Form):
    """What to try weights on. Keeping them needs none."""

    queries = forms.CharField(
        label=_("Try them on these searches, one a line"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )

    def clean_queries(self) -> list[str]:
        lines = [" ".join(line.split())[:MAX_QUERY] for line in self.cleaned_data["queries"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST_QUERIES:
            raise forms.ValidationError(
                _("At most %(most)d searches can be tried at once.") % {"most": MOST_QUERIES}
            )
        return found


@dataclass(frozen=True)
class Moved:
    """A title in the list as it would be; before: its place now, 0 where it is not among the first."""

    title: str
    url: str
    before: int
    after: int

    @property
    def by(self) -> int:
        return self.before - self.after if self.before else 0


@dataclass(frozen=True)
class Comparison:
    query: str
    now: list[tuple[str, str]]
    then: list[Moved]

    @property
    def same(self) -> bool:
        return [title for title, _url in self.now] == [one.title for one in self.then]


def compare(q: str, tokens: frozenset[str], weights: Weights) -> Comparison:
    """The first hits of a query with the weights in force and with others. Raises EngineDown."""
    request = SearchRequest(q=q, limit=SHOWN)
    now = find(request, tokens).hits
    with ranking.using(weights):
        then = find(request, tokens).hits
    places = {hit.identifier: place for place, hit in enumerate(now, start=1)}
    return Comparison(
        q,
        [(hit.title, hit.url) for hit in now],
        [
            Moved(hit.title, hit.url, places.get(hit.identifier, 0), place)
            for place, hit in enumerate(then, start=1)
        ],
    )


class RankingView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "search/admin/ranking.html"
    page_title = _("Order of results")
    header_icon = "order-down"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_state_admin(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = RankingSettings.objects.select_related("changed_by").first()
        weights = {**asdict(ranking.in_force()), "seen": stamp(row)}
        queries = self.request.session.get(TRIED_ON, "\n".join(QUERIES))
        kwargs.setdefault("form", WeightsForm(initial=weights))
        kwargs.setdefault("queries", QueriesForm(initial={"queries": queries}))
        changes = [
            _("%(what)s: %(value)g in place of %(default)g")
            % {"what": LABELS[name], "value": value, "default": getattr(DEFAULTS, name)}
            for name, value in (row.changes if row else {}).items()
            if name in ranking.NAMES
        ]
        return super().get_context_data(row=row, changes=changes, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, queries = WeightsForm(request.POST), QueriesForm(request.POST)
        if "queries" in request.POST:
            request.session[TRIED_ON] = request.POST["queries"][: MOST_QUERIES * MAX_QUERY]
        if "reset" in request.POST:
            return self._keep(DEFAULTS, form, queries)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, queries=queries))
        if "keep" in request.POST:
            return self._keep(form.weights, form, queries)
        return self._try(form, queries)

    def _keep(self, weights: Weights, form: WeightsForm, queries: QueriesForm) -> HttpResponse:
        try:
            keep(weights, self.request.user, seen=self.request.POST.get("seen", ""))
        except ChangedMeanwhile as changed:
            # What was typed stays; pressed again, it is kept knowingly.
            typed = self.request.POST.copy()
            typed["seen"] = stamp(changed.row)
            form.data = typed
            context = {"meanwhile": True, "differences": differences(form, changed.row)}
            return self.render_to_response(self.get_context_data(form=form, queries=queries, **context))
        if weights == DEFAULTS:
            messages.success(self.request, _("All weights are as they came."))
        else:
            messages.success(self.request, _("The weights are kept, and in force from the next search on."))
        return redirect(self.request.path)

    def _try(self, form: WeightsForm, queries: QueriesForm) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "queries": queries}
        if queries.is_valid():
            try:
                tokens = user_tokens(self.request.user)
                context["comparisons"] = [
                    compare(q, tokens, form.weights) for q in queries.cleaned_data["queries"] or QUERIES
                ]
            except EngineDown:
                messages.error(
                    self.request,
                    _("Search is resting, so nothing can be tried. Please try again in a minute."),
                )
        return self.render_to_response(self.get_context_data(**context))


class ChangedMeanwhile(Exception):
    """Somebody else has changed the weights since the page was opened. row: as they are now; None: as they came."""

    def __init__(self, row: RankingSettings | None) -> None:
        super().__init__()
        self.row = row


def stamp(row: RankingSettings | None) -> str:
    """Names a state of the weights: another after each change, and "" while they are as they came."""
    return row.changed_at.isoformat() if row else ""


@transaction.atomic
def keep(weights: Weights, user: Any, *, seen: str) -> None:
    """Have these weights in force: what differs from the defaults is stored.

    seen: the `stamp` of the weights that the choice was made on. Raises ChangedMeanwhile where they are others now.
    """
    take_turn(RankingSettings)  # while all are as they came, there is no row to lock
    row = RankingSettings.objects.select_related("changed_by").first()
    if seen != stamp(row):
        raise ChangedMeanwhile(row)
    changes = {name: value for name, value in asdict(weights).items() if value != getattr(DEFAULTS, name)}
    if changes:
        RankingSettings.objects.update_or_create(only=True, defaults={"changes": changes, "changed_by": user})
    else:
        RankingSettings.objects.all().delete()


def differences(form: WeightsForm, row: RankingSettings | None) -> list[str]:
    """In words, where the form differs from the weights in force."""
    now = asdict(DEFAULTS) | (row.changes if row else {})
    typed = form.cleaned_data if form.is_valid() else {}
    return [
        _("%(what)s: now %(now)g, in your form %(yours)g")
        % {"what": LABELS[name], "now": now[name], "yours": typed[name]}
        for name in ranking.NAMES
        if name in typed and typed[name] != now[name]
    ]
