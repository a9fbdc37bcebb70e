"""The entrance: sign in, second step, owner link and invitation, sign out, and the page of a locked door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.team import actions, queries
from tongpin.core.team.entry import lock_opens_at, note_lock_out, seen_at, staff_to_let_in, waiting_staff
from tongpin.core.team.limits import SECOND_STEP_LASTS
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import Actor, device_of, login_form, network_of
from tongpin.core.team.second_step import WrongCode, take_second_step
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.core.team.visits import begin_visit, leave
from tongpin.web.console.entry_forms import CodeForm, FirstOwnerForm, NewPasswordForm, SignInForm
from tongpin.web.look.gate import client_address, open_to_all, signed_in

HOME = "/"
BACKEND = "tongpin.core.team.entry.StaffBackend"
OWED = "second_step"


def _safe_next(request: HttpRequest, wanted: str) -> str:
    """An address of this house, or its front page."""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own else HOME


def _come_in(request: HttpRequest, staff: Staff, *, how: str, own_device: bool, wanted: str) -> HttpResponse:
    """Begins a session under a new key and goes where one wanted to go."""
    now = present()
    request.session.pop(OWED, None)
    login(request, staff, backend=BACKEND)
    request.session["seen"] = now.isoformat()
    request.session["own_device"] = own_device
    request.session["by_link"] = now.isoformat() if how == "owner_link" else ""
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if own_device else 0)
    begin_visit(
        staff_id=staff.pk,
        session_key=str(request.session.session_key),
        how=how,
        device=device_of(request.headers.get("User-Agent", "")),
        actor=Actor("staff", staff.pk, network_of(client_address(request))),
        now=now,
    )
    answer = redirect(_safe_next(request, wanted))
    if staff.language:
        keep_language(answer, staff.language)
    return answer


def keep_language(answer: HttpResponse, language: str) -> None:
    """The language somebody chose, for this browser."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _after_password(request: HttpRequest, staff: Staff, *, how: str, own_device: bool, wanted: str) -> HttpResponse:
    """In, or on to the second step."""
    if staff.totp_since is None:
        return _come_in(request, staff, how=how, own_device=own_device, wanted=wanted)
    request.session[OWED] = {
        "staff": staff.pk,
        "stamp": staff.get_session_auth_hash(),
        "at": present().isoformat(),
        "own_device": own_device,
        "next": wanted,
    }
    return redirect("console:second_step")


@open_to_all(reason="one must be able to come in")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. Too many wrong ones: django-axes answers with `locked_out`."""
    if request.method != "POST":
        wanted = request.GET.get("next", "")
        if request.user.is_authenticated:
            return redirect(_safe_next(request, wanted))
        return render(request, "console/entry/sign_in.html", {"form": SignInForm(initial={"next": wanted})})
    form = SignInForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        staff = authenticate(request, login=login_form(given["login"]), password=given["password"])
        if isinstance(staff, Staff):
            return _after_password(request, staff, how="password", own_device=given["own_device"], wanted=given["next"])
        form.add_error(None, _("Name or password is not right. If you forgot it, ask an owner for a new link."))
    return render(request, "console/entry/sign_in.html", {"form": form}, status=422)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What django-axes shows after too many wrong passwords: when the door opens again."""
    tried = credentials or getattr(request, "axes_credentials", None)
    note_lock_out(request, credentials=tried, place=network_of(client_address(request)), now=present())
    return door_shut(request, lock_opens_at(request, credentials=tried))


def door_shut(request: HttpRequest, opens_at: datetime | None) -> HttpResponse:
    """Too many tries: when one may try again, and who can help before."""
    answer = render(request, "console/entry/locked.html", {"opens_at": opens_at}, status=429)
    if opens_at:
        answer["Retry-After"] = str(max(1, int((opens_at - present()).total_seconds())))
    return answer


@open_to_all(reason="the second half of signing in")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, or a recovery code, within five minutes of the password."""
    owed = request.session.get(OWED) or {}
    began, now = seen_at(owed.get("at")), present()
    staff = waiting_staff(staff_id=owed.get("staff"), stamp=owed.get("stamp"))
    if staff is None or began is None or now - began > SECOND_STEP_LASTS:
        request.session.pop(OWED, None)
        return redirect("console:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor = Actor("staff", staff.pk, network_of(client_address(request)))
        try:
            how = take_second_step(staff_id=staff.pk, code=form.cleaned_data["code"], actor=actor, now=now)
        except TooManyTries as shut:
            return door_shut(request, shut.opens_at)
        except WrongCode:
            form.add_error("code", _("This code is wrong or was used. Wait for the next one."))
        else:
            return _come_in(request, staff, how=how, own_device=bool(owed["own_device"]), wanted=str(owed["next"]))
    return render(request, "console/entry/second_step.html", {"form": form}, status=422 if form.is_bound else 200)


@open_to_all(reason="the link is its own key, and opening it changes nothing")
@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """An owner link or invitation: shows what it will do. Only the button does it, so previews burn nothing."""
    answer = _link_page(request, token, None)
    # The address holds the token; a page that is opened from here must not hear it.
    answer["Referrer-Policy"] = "strict-origin"
    return answer


def _link_page(request: HttpRequest, token: str, form: NewPasswordForm | None) -> HttpResponse:
    link = queries.find_link(token=token, now=present())
    if link is None:
        return _no_such_link(request)
    if form is None and link.staff is None:
        form = FirstOwnerForm()
    elif form is None and link.kind == "invite":
        form = NewPasswordForm()
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "console/entry/link.html", {"link": link, "form": form, "token": token}, status=status)


def _no_such_link(request: HttpRequest) -> HttpResponse:
    try:
        take_try(kind="link", whom=client_address(request) or "", now=present())
    except TooManyTries as shut:
        return door_shut(request, shut.opens_at)
    return render(request, "console/entry/link_closed.html", status=410)


@open_to_all(reason="the token in the form is its own key")
@sensitive_post_parameters("token", "password", "repeat")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Uses an owner link or invitation up: makes the first owner, signs the owner in, or sets a password."""
    if request.method != "POST":  # somebody typed the address, or changed the language on the page of an error
        return redirect("console:sign_in")
    token, now = request.POST.get("token", "")[:200], present()
    link = queries.find_link(token=token, now=now)
    if link is None:
        return _no_such_link(request)
    place = network_of(client_address(request))
    form: NewPasswordForm | None = None
    try:
        if link.kind == "owner" and link.staff is not None:
            staff_id, how = actions.enter_by_owner_link(secret=token, place=place, now=now), "owner_link"
        elif link.kind == "owner":
            form = FirstOwnerForm(request.POST)
            if not form.is_valid():
                return _link_page(request, token, form)
            staff_id, how = _first_owner(form, token, place, now), "owner_link"
        else:
            form = NewPasswordForm(request.POST)
            if not form.is_valid():
                return _link_page(request, token, form)
            password = form.cleaned_data["password"]
            staff_id, how = actions.join(secret=token, password=password, place=place, now=now), "invitation"
    except actions.LinkSpent:
        return _no_such_link(request)
    except actions.LoginTaken:
        if form is not None:
            form.add_error("login", _("Somebody has this name already."))
        return _link_page(request, token, form)
    staff = staff_to_let_in(staff_id=staff_id)
    if how == "invitation":
        return _after_password(request, staff, how=how, own_device=False, wanted=HOME)
    wanted = HOME if link.staff is None else reverse("console:security")
    return _come_in(request, staff, how=how, own_device=False, wanted=wanted)


def _first_owner(form: NewPasswordForm, token: str, place: str, now: datetime) -> int:
    given = form.cleaned_data
    return actions.make_first_owner(
        secret=token,
        login=given["login"],
        display_name=given["display_name"],
        password=given["password"],
        language=get_language() or "",
        place=place,
        now=now,
    )


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    leave(session_key=str(request.session.session_key))
    logout(request)
    return redirect("console:sign_in")
