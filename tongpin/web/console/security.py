"""One's own account (我的账号): name, password, second step, recovery codes, sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.team import actions
from tongpin.core.team.entry import password_is_right, seen_at, staff_to_let_in
from tongpin.core.team.limits import FRESH_LINK_LASTS
from tongpin.core.team.second_step import (
    WrongCode,
    begin_second_step,
    confirm_second_step,
    end_second_step,
    new_recovery_codes,
    recovery_codes_left,
    setup_address,
    waiting_secret,
)
from tongpin.core.team.tries import TooManyTries
from tongpin.core.team.visits import end_visit, move_visit, visits_of
from tongpin.web.console.entry import door_shut, keep_language
from tongpin.web.console.entry_forms import CodeForm
from tongpin.web.console.team_forms import NameForm, OwnPasswordForm, PresentPasswordForm
from tongpin.web.console.team_words import HOW_WORDS, place_in_words
from tongpin.web.look.gate import StaffRequest, signed_in
from tongpin.web.look.toast import say


def _fresh_from_link(request: StaffRequest, now: datetime) -> bool:
    began = seen_at(request.session.get("by_link"))
    return began is not None and now - began < FRESH_LINK_LASTS


@sensitive_variables("secret", "address")
def _square(request: StaffRequest) -> dict[str, str] | None:
    """The square code to scan while the second step is being set up, and the same as text for typing."""
    secret = waiting_secret(staff_id=request.staff.id)
    if secret is None:
        return None
    address = setup_address(secret=secret, login=request.staff.login)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return {"picture": picture, "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))}


def _page(request: StaffRequest, **forms: Form) -> HttpResponse:
    """The whole page, with the form in hand as it was typed."""
    me, now = request.staff, present()
    fresh = _fresh_from_link(request, now)
    visits = visits_of(staff_id=me.id, session_key=request.session.session_key)
    context: dict[str, Any] = {
        "me": me,
        "fresh": fresh,
        "name_form": NameForm(initial={"display_name": me.display_name, "language": me.language}),
        "password_form": OwnPasswordForm(ask_present=not fresh),
        "code_form": CodeForm(),
        "off_form": PresentPasswordForm(prefix="off"),
        "codes_form": PresentPasswordForm(prefix="codes"),
        "square": None if me.has_second_step else _square(request),
        "codes_left": recovery_codes_left(staff_id=me.id) if me.has_second_step else 0,
        "visits": [(visit, HOW_WORDS.get(visit.how, visit.how), place_in_words(visit.place)) for visit in visits],
        **forms,
    }
    return render(request, "console/settings/team_me.html", context, status=422 if forms else 200)


@signed_in
@require_safe
def security(request: StaffRequest) -> HttpResponse:
    """One's own account."""
    return _page(request)


@signed_in
@require_POST
def security_name(request: StaffRequest) -> HttpResponse:
    """One's own name and language."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form)
    given = form.cleaned_data
    actions.set_name_and_language(
        staff_id=request.staff.id, display_name=given["display_name"], language=given["language"]
    )
    say(request, _("Saved."))
    answer = redirect("console:security")
    if given["language"]:
        keep_language(answer, given["language"])
    return answer


def _renew_session(request: StaffRequest) -> None:
    """This session goes on under a new key after the others were ended."""
    old = str(request.session.session_key)
    update_session_auth_hash(request, staff_to_let_in(staff_id=request.staff.id))
    move_visit(old_key=old, new_key=str(request.session.session_key))


def _wrong_present(request: StaffRequest, form: Form, now: datetime) -> bool:
    """Whether the present password is wrong; says so in the form."""
    if password_is_right(staff_id=request.staff.id, password=form.cleaned_data["present"], now=now):
        return False
    form.add_error("present", _("This is not your present password."))
    return True


@signed_in
@sensitive_post_parameters("present", "password", "repeat")
@require_POST
def security_password(request: StaffRequest) -> HttpResponse:
    """A new password; every other session ends."""
    now = present()
    fresh = _fresh_from_link(request, now)
    form = OwnPasswordForm(request.POST, ask_present=not fresh)
    try:
        if not form.is_valid() or (not fresh and _wrong_present(request, form, now)):
            return _page(request, password_form=form)
    except TooManyTries as shut:
        return door_shut(request, shut.opens_at)
    actions.set_password(
        actor=request.actor,
        staff_id=request.staff.id,
        password=form.cleaned_data["password"],
        keep=request.session.session_key,
        now=now,
    )
    request.session.pop("by_link", None)
    _renew_session(request)
    say(request, _("The new password holds. You are signed out everywhere else."))
    return redirect("console:security")


@signed_in
@require_POST
def security_second_step(request: StaffRequest) -> HttpResponse:
    """Begins setting the second step up: a secret is made and shown as a square code."""
    begin_second_step(staff_id=request.staff.id)
    return redirect("console:security")


@sensitive_variables("codes")
def _codes_page(request: StaffRequest, codes: list[str]) -> HttpResponse:
    """Recovery codes, shown once."""
    return render(request, "console/settings/team_codes.html", {"codes": codes})


@signed_in
@sensitive_post_parameters("code")
@require_POST
def security_confirm(request: StaffRequest) -> HttpResponse:
    """The first right code turns the second step on; answers with the recovery codes."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            codes = confirm_second_step(
                staff_id=request.staff.id, code=form.cleaned_data["code"], actor=request.actor, now=present()
            )
        except TooManyTries as shut:
            return door_shut(request, shut.opens_at)
        except WrongCode:
            form.add_error("code", _("This code does not fit. Is the clock of your phone right? Try the next code."))
        else:
            return _codes_page(request, codes)
    return _page(request, code_form=form)


@signed_in
@sensitive_post_parameters("off-present")
@require_POST
def security_second_step_off(request: StaffRequest) -> HttpResponse:
    """Turns one's own second step off."""
    now, form = present(), PresentPasswordForm(request.POST, prefix="off")
    try:
        if not form.is_valid() or _wrong_present(request, form, now):
            return _page(request, off_form=form)
    except TooManyTries as shut:
        return door_shut(request, shut.opens_at)
    end_second_step(staff_id=request.staff.id, actor=request.actor, now=now)
    say(request, _("The second step is off."))
    return redirect("console:security")


@signed_in
@sensitive_post_parameters("codes-present")
@require_POST
def security_codes(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes; the old ones are void."""
    now, form = present(), PresentPasswordForm(request.POST, prefix="codes")
    if not request.staff.has_second_step:
        return redirect("console:security")
    try:
        if not form.is_valid() or _wrong_present(request, form, now):
            return _page(request, codes_form=form)
    except TooManyTries as shut:
        return door_shut(request, shut.opens_at)
    return _codes_page(request, new_recovery_codes(staff_id=request.staff.id, actor=request.actor, now=now))


@signed_in
@require_POST
def security_end_session(request: StaffRequest, visit_id: int) -> HttpResponse:
    """Ends one of one's own other sessions."""
    end_visit(visit_id=visit_id, staff_id=request.staff.id, actor=request.actor, now=present())
    return redirect("console:security")


@signed_in
@require_POST
def security_end_sessions(request: StaffRequest) -> HttpResponse:
    """Signs out everywhere else."""
    actions.end_sessions(
        actor=request.actor, staff_id=request.staff.id, keep=request.session.session_key, now=present()
    )
    _renew_session(request)
    say(request, _("You are signed out everywhere else."))
    return redirect("console:security")
