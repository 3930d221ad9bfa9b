"""“Tell us what is missing”: a search that found nothing, handed to coordinators with its words and filters alone.

Against programs that fill in forms: a field that people do not see, and a signed ticket of every form, with which a search
counts once. The list itself takes so many different searches a day and no more (`repository.services.wanted`).
"""

import re
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from repository.services.errors import WantedListFull
from repository.services.wanted import TICKET_LIFE, tell_wanted
from search.addresses import url
from search.pages.chips import Chip, described
from search.request import MAX_QUERY, SearchRequest, parse_shared

SALT = "search.missing"
# Years, grades and ranges are digits too, in groups of up to four: a number of a person has a shape of its own.
_PERSONAL = re.compile(
    r"""
    \S@\S | https?: | www\.
    | (?<!\w) \+\d (?:[\s().-]{0,2}\d){6,}  # +44 20 7946 0958
    | (?<!\d) \d{3} [\s().-]{0,2} \d{3} [\s.-]{0,2} \d{2} [\s.-]? \d{2} (?!\d)  # (555) 123-4567, 555 123 45 67
    | (?<!\d) \d{3} [\s-] \d{2} [\s-] \d{4} (?!\d)  # a social security number
    | (?<![\d.,]) (?!\d{1,3}0+(?!\d)) \d{7,}  # 5551234, but not 1000000 or 3.1415926
    """,
    re.I | re.X,
)


class MissingForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What were you looking for?"),
        max_length=MAX_QUERY,
        required=False,
        help_text=gettext_lazy("A few words. No names of people, please: coordinators read it."),
    )
    # No person sees it; a program that fills in everything gives itself away.
    homepage = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_words: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = needs_words
        self.fields["words"].error_messages["required"] = _("Say in a few words what you were looking for.")

    def clean_words(self) -> str:
        words = " ".join(self.cleaned_data["words"].split())
        if _PERSONAL.search(words):
            raise forms.ValidationError(
                _("Please leave out addresses, links and telephone numbers: a few words are enough.")
            )
        return words

    def clean_ticket(self) -> str:
        ticket = str(self.cleaned_data["ticket"])
        try:
            signing.loads(ticket, salt=SALT, max_age=TICKET_LIFE)
        except signing.BadSignature as error:
            raise forms.ValidationError(
                _("This page has been open for too long. Please send it again.")
            ) from error
        return ticket


@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest) -> HttpResponse:
    """The form for the search whose parameters are in the address."""
    asked, _complaints = parse_shared(request.GET)
    chips = [chip for chip in described(asked) if chip.kind and not chip.words]
    form = MissingForm(
        request.POST or None, initial={"words": asked.q, "ticket": _ticket()}, needs_words=not chips
    )
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["homepage"]:  # a program is thanked all the same, and learns nothing
            try:
                tell_wanted(
                    words=form.cleaned_data["words"],
                    filters=_filters(asked),
                    filters_words=_in_words(chips),
                    ticket=form.cleaned_data["ticket"],
                )
            except WantedListFull as error:
                form.add_error(None, str(error))
                return _page(request, form, asked, chips, status=503)
        messages.success(request, _("Thank you. It is on the list of what coordinators look for."))
        return redirect(url(asked))
    if form.errors.get("ticket"):
        form.data = {**form.data.dict(), "ticket": _ticket()}  # type: ignore[attr-defined]
    return _page(request, form, asked, chips, status=400 if form.errors else 200)


def _page(
    request: HttpRequest, form: MissingForm, asked: SearchRequest, chips: list[Chip], *, status: int
) -> HttpResponse:
    context = {"form": form, "chips": chips, "search_url": url(asked)}
    return render(request, "search/missing.html", context, status=status)


def _ticket() -> str:
    return signing.dumps(uuid.uuid4().hex, salt=SALT)


def _filters(asked: SearchRequest) -> str:
    """What is chosen, as an address has it; as many values as the list keeps."""
    only = SearchRequest(chosen=asked.chosen)
    while len(only.query_string()) > 1500:
        facet, values = list(only.chosen.items())[-1]
        only = only.choosing(facet, values[:-1])
    return only.query_string()


def _in_words(chips: list[Chip]) -> str:
    return "; ".join(f"{chip.shown_kind}: {chip.label}" if chip.shown_kind else chip.label for chip in chips)
