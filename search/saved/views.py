"""Keeping a search, being told of what is new in it, and being told no more."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from people.models import User
from people.selectors import signed_in
from search.addresses import url
from search.pages import page
from search.pages.chips import Chip, described
from search.request import Complaint, SearchRequest, parse_shared
from search.saved import alerts
from search.saved_search import SavedSearch

MOST_SAVED = 100
# Characters of what was typed that go into an address.
MOST_TYPED = 300


class SavedSearchForm(forms.ModelForm[SavedSearch]):
    class Meta:
        model = SavedSearch
        fields = ["name", "mail"]
        widgets = {"mail": forms.RadioSelect}


def _typed_is_kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """login_required for the form: what was sent when the session had ended is in the address that signing in leads to."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        address = request.GET.copy()
        for name in SavedSearchForm.Meta.fields:
            if name in request.POST:
                address[name] = request.POST[name][:MOST_TYPED]
        query = address.urlencode()
        return redirect_to_login(f"{request.path}?{query}" if query else request.path)

    return wrapped


@login_required
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """All that one keeps. One query."""
    rows = SavedSearch.objects.filter(user=signed_in(request))
    return render(request, "search/saved.html", {"searches": rows, "Mail": SavedSearch.Mail})


@_typed_is_kept
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search whose parameters are in the address. One that is kept already is opened instead."""
    asked, complaints = parse_shared(request.GET)
    if complaints:
        context = {"complaints": complaints, "asked": asked, "search_url": url(asked)}
        return render(request, "search/save.html", context, status=400)
    user = signed_in(request)
    if request.method == "POST":
        # A double click asks twice: the second waits, and finds what the first has kept.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
    query = page.kept_query(asked)
    known = SavedSearch.objects.filter(user=user, query=query).first()
    if known is None and SavedSearch.objects.filter(user=user).count() >= MOST_SAVED:
        messages.error(
            request,
            _("You keep %(most)d searches, which is all there is room for. Delete one first.")
            % {"most": MOST_SAVED},
        )
        return redirect("search:saved")
    known = known or SavedSearch(user=user, query=query, name=name_of(described(asked)))
    return _edit(request, known, asked)


@_typed_is_kept
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    known = _own(request, key)
    if known is None:
        return _no_longer_saved(request)
    asked, complaints = alerts.request_of(known)
    return _edit(request, known, asked, complaints)


def _edit(
    request: HttpRequest, known: SavedSearch, asked: SearchRequest, gone: Sequence[Complaint] = ()
) -> HttpResponse:
    is_new = known._state.adding
    wanted_none = is_new or known.mail == SavedSearch.Mail.NEVER
    typed = {name: request.GET[name] for name in SavedSearchForm.Meta.fields if name in request.GET}
    form = SavedSearchForm(request.POST or None, instance=known, initial=typed)
    for field in form.fields.values():
        field.show_hidden_initial = not is_new and not typed
    if request.method == "POST" and form.is_valid():
        changed = list(form.fields) if typed else list(form.changed_data)
        if wanted_none and known.mail != SavedSearch.Mail.NEVER and (is_new or "mail" in changed):
            alerts.begin(known)
            changed += ["told_until", "looked_at", "matched"]
        if is_new:
            known.save()
        # What was left as the page showed it stays as it is: the mails may have been ended meanwhile, or the name changed.
        elif changed:
            now = {one: getattr(known, one) for one in changed}
            if not SavedSearch.objects.filter(pk=known.pk).update(**now):
                return _no_longer_saved(request)
        known.refresh_from_db(fields=["name"])
        messages.success(request, _("Saved: %(name)s") % {"name": known.name})
        return redirect("search:saved")
    context: dict[str, Any] = {
        "form": form,
        "chips": described(asked),
        "saved": known,
        "gone": gone,
        "has_words": bool(asked.q),
        "with_equivalents": bool(asked.related),
        "search_url": known.get_absolute_url(),
    }
    return render(request, "search/save.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Asks first: its feed ends with it, and saved again it has another address."""
    known = _own(request, key)
    if known is None:
        return _no_longer_saved(request)
    if request.method != "POST":
        return render(request, "search/delete.html", {"saved": known})
    known.delete()
    messages.success(request, _("Deleted: %(name)s") % {"name": known.name})
    return redirect("search:saved")


def _own(request: HttpRequest, key: str) -> SavedSearch | None:
    """None for one that was deleted: in another tab, or by a button pressed twice. Raises Http404 for somebody else's."""
    known = SavedSearch.objects.filter(key=key).first()
    if known is not None and known.user_id != signed_in(request).pk:
        raise Http404
    return known


def _no_longer_saved(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("That search is no longer saved."))
    return redirect("search:saved")


def name_of(chips: list[Chip]) -> str:
    name = ", ".join(chip.label for chip in chips) or _("Everything new")
    return name if len(name) <= 150 else f"{name[:147]}…"


# Links in mails: whoever has the key needs no password. A GET changes nothing, nor does any script: programs that guard a
# school's mail open every link, and run what is there. One click is enough where the mail program has a button for it, which
# sends a POST (RFC 8058); the page of a link has one button.


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, key: str) -> HttpResponse:
    known = SavedSearch.objects.filter(key=key).first()
    if known is None:
        return _nothing_to_stop(request)
    if request.method == "POST":
        # Of one that was deleted meanwhile none comes either.
        SavedSearch.objects.filter(pk=known.pk).update(mail=SavedSearch.Mail.NEVER)
    return render(request, "search/stop.html", {"name": known.name, "stopped": request.method == "POST"})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_all_mail(request: HttpRequest, key: str) -> HttpResponse:
    kept = alerts.mailed(key)
    if kept is None:
        return render(request, "search/stop.html", {"broken": True}, status=404)
    if stopped := request.method == "POST":
        kept.update(mail=SavedSearch.Mail.NEVER)
    return render(request, "search/stop.html", {"name": "", "stopped": stopped})


def _nothing_to_stop(request: HttpRequest) -> HttpResponse:
    """An old mail's link, after the search was deleted: who wants no mail is told that none will come."""
    return render(request, "search/stop.html", {"gone": True}, status=404)
