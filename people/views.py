"""One's own account, and the pages on which a district's administrators manage people and schools.

Somebody else's district is a 404: whether it exists, and who works there, is nobody else's business.
"""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import services
from people.forms import AccountForm, AddMemberForm, ChangeRoleForm, SchoolForm, add_errors, initial_of
from people.mail import send_invitation, send_welcome
from people.models import Membership, Organisation, Role, User
from people.pager import pager
from people.selectors import (
    district_memberships,
    district_people,
    district_schools,
    managed_organisations,
)

PEOPLE_A_PAGE = 50
form_view = require_http_methods(["GET", "HEAD", "POST"])


def _actor(request: HttpRequest) -> User:
    return cast("User", request.user)  # every view below asks for a sign-in


def _district(request: HttpRequest, slug: str) -> Organisation:
    return get_object_or_404(managed_organisations(request.user), slug=slug)


def _with_schools(request: HttpRequest, slug: str) -> Organisation:
    return get_object_or_404(managed_organisations(request.user), slug=slug, kind=Organisation.Kind.DISTRICT)


def _frame(district: Organisation, current: str) -> dict[str, Any]:
    """What all pages of a district show: its name and the ways between them."""
    return {"district": district, "section": current}


@login_required
@form_view
def account(request: HttpRequest) -> HttpResponse:
    user = _actor(request)
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():  # with what follows from it, such as its place in search
            form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("people:account")
    memberships = user.memberships.select_related("organisation__parent")
    return render(request, "people/account.html", {"form": form, "memberships": memberships})


@require_safe
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends those who may not enter its admin.

    Somebody who has signed in already would be sent back and forth between the two for ever.
    """
    if request.user.is_authenticated:
        raise PermissionDenied(
            _(
                "The editing desk is for reviewers, coordinators and administrators. Teachers work on the site itself."
            )
        )
    return redirect_to_login(request.GET.get("next", ""))


@login_required
@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """The districts that one manages; a lone one opens at once."""
    managed = list(managed_organisations(request.user).order_by("-kind", "name"))
    if not managed:
        raise PermissionDenied(
            _("These pages are for district administrators. Yours can give you that role, if you need it.")
        )
    if len(managed) == 1:
        return redirect("people:district", slug=managed[0].slug)
    return render(request, "people/districts.html", {"districts": managed})


@login_required
@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    district = _district(request, slug)
    query, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    people = district_people(district, query=query, role=role if role in Role.values else "")
    page = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_frame(district, "members"),
        "page": page,
        "pager": pager(request, page),
        "query": query,
        "role": role,
        "roles": [
            (value, Role(value).label) for value in services.assignable_roles(_actor(request), district)
        ],
    }
    return render(request, "people/members.html", context)


@login_required
@form_view
def add_member(request: HttpRequest, slug: str) -> HttpResponse:
    district = _district(request, slug)
    form = AddMemberForm(request.POST or None, actor=_actor(request), district=district)
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.add_member(actor=_actor(request), district=district, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            _tell(request, membership)
            return redirect("people:district", slug=slug)
    return render(request, "people/member_add.html", {**_frame(district, "members"), "form": form})


def _tell(request: HttpRequest, membership: Membership) -> None:
    """Write to the new member, and tell the administrator whether the letter left."""
    # Also of an account that another district made, whose letter was lost.
    needs_password = not membership.user.has_usable_password()
    send = send_invitation if needs_password else send_welcome
    site_url = request.build_absolute_uri("/")
    names = {"name": membership.user, "email": membership.user.email}
    if send(membership=membership, invited_by=_actor(request), site_url=site_url):
        text = (
            _("%(name)s is added. A mail to %(email)s says how to set a password.")
            if needs_password
            else _("%(name)s is added, and has been told by mail.")
        )
        messages.success(request, text % names)
    else:
        text = (
            _("%(name)s is added, but no mail could be sent to %(email)s. Try “Send the link again” later.")
            if needs_password
            else _("%(name)s is added, but no mail could be sent to %(email)s. Please tell them yourself.")
        )
        messages.warning(request, text % names)


@login_required
@form_view
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    district = _district(request, slug)
    membership = district_memberships(district).filter(pk=pk).first()
    if membership is None:
        return _has_no_role(request, slug)
    form = ChangeRoleForm(
        request.POST or None, actor=_actor(request), district=district, initial=initial_of(membership)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_membership(
                actor=_actor(request), district=district, membership=membership, **form.cleaned_data
            )
        except Membership.DoesNotExist:
            return _has_no_role(request, slug)
        except ValidationError as error:
            add_errors(form, error)
            membership.refresh_from_db()
            # Told, whoever saves once more does it knowingly.
            form.data = form.data.copy()  # type: ignore[attr-defined] # of a QueryDict
            form.data["seen"] = services.membership_stamp(membership)  # type: ignore[index]
        else:
            messages.success(request, _("The role of %(name)s is changed.") % {"name": membership.user})
            return redirect("people:district", slug=slug)
    context = {**_frame(district, "members"), "form": form, "membership": membership}
    return render(request, "people/member.html", context)


@login_required
@form_view
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first, then take the role away."""
    district = _district(request, slug)
    membership = district_memberships(district).filter(pk=pk).first()
    if membership is None:
        return _has_no_role(request, slug)
    problem = ""
    if request.method == "POST":
        names = {"name": membership.user, "role": membership.get_role_display()}
        try:
            services.remove_membership(
                actor=_actor(request),
                district=district,
                membership=membership,
                seen=request.POST.get("seen", ""),
            )
        except Membership.DoesNotExist:
            return _has_no_role(request, slug)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("%(name)s is no longer %(role)s here.") % names)
            return _after_removal(request, slug)
    context = {
        **_frame(district, "members"),
        "membership": membership,
        "problem": problem,
        "seen": services.membership_stamp(membership),
    }
    return render(request, "people/member_remove.html", context)


def _has_no_role(request: HttpRequest, slug: str) -> HttpResponse:
    """A button was pressed twice, or by two administrators."""
    if request.method != "POST":
        raise Http404
    messages.error(request, _("Nothing was changed: the person does not have that role here any more."))
    return _after_removal(request, slug)


def _after_removal(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever took away their own role may not see the district any more."""
    if managed_organisations(request.user).filter(slug=slug).exists():
        return redirect("people:district", slug=slug)
    return redirect("people:account")


@login_required
@require_POST
def invite_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send the link for setting a password once more to somebody who has never signed in."""
    district = _district(request, slug)
    memberships = district_memberships(district).filter(user__last_login__isnull=True, user__is_active=True)
    membership = get_object_or_404(memberships, pk=pk)
    site_url = request.build_absolute_uri("/")
    names = {"email": membership.user.email}
    if send_invitation(membership=membership, invited_by=_actor(request), site_url=site_url):
        messages.success(request, _("A new link was sent to %(email)s.") % names)
    else:
        messages.warning(request, _("No mail could be sent to %(email)s. Try again later.") % names)
    return redirect("people:district", slug=slug)


@login_required
@form_view
def schools(request: HttpRequest, slug: str) -> HttpResponse:
    district = _with_schools(request, slug)
    form = SchoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            school = services.add_school(actor=_actor(request), district=district, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": school})
            return redirect("people:schools", slug=slug)
    context = {**_frame(district, "schools"), "form": form, "schools": district_schools(district)}
    return render(request, "people/schools.html", context)


@login_required
@form_view
def school(request: HttpRequest, slug: str, school: str) -> HttpResponse:
    district = _with_schools(request, slug)
    found = get_object_or_404(district_schools(district), slug=school)
    form = SchoolForm(request.POST or None, initial={"name": found.name, "nces_id": found.nces_id})
    for field in form.fields.values():
        field.show_hidden_initial = True
    if request.method == "POST" and form.is_valid():
        # What was left as the page showed it stays as it is: somebody else may have changed it meanwhile.
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            services.rename_school(actor=_actor(request), district=district, school=found, **changed)
        except ValidationError as error:
            add_errors(form, error)
            found.refresh_from_db()
        else:
            messages.success(request, _("The school is saved."))
            return redirect("people:schools", slug=slug)
    return render(
        request, "people/school.html", {**_frame(district, "schools"), "form": form, "school": found}
    )
