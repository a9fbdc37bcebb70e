"""The team's pages: who works here, who is invited, in what roles, and how to help someone back in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.places.models import Community
from tongpin.core.team import actions, queries
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Held, may_manage
from tongpin.core.team.visits import visits_of
from tongpin.web.console.team_forms import InviteForm, RoleForm
from tongpin.web.console.team_words import ROLE_MEANS, ROLE_WORDS, place_in_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

MEANS = [(ROLE_WORDS[role], ROLE_MEANS[role]) for role in ROLE_WORDS]


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """One role in words. `code` is what the form sends back."""

    word: str | Promise
    where: str
    code: str


@dataclass(frozen=True, slots=True)
class Row:
    """A teammate in the list."""

    mate: Teammate
    roles: list[RoleSeen]
    is_me: bool


def community_names() -> dict[int, str]:
    """The communities one can give a role in, by name."""
    return dict(Community.objects.filter(closed_at__isnull=True).order_by("name").values_list("pk", "name"))


def role_code(held: Held) -> str:
    """A role as a form sends it."""
    return f"{held.role}.{held.community_id or ''}"


def roles_in_words(grants: Iterable[Held], names: dict[int, str]) -> list[RoleSeen]:
    """What someone holds, in words; `where` is empty for the whole house."""
    return [
        RoleSeen(
            ROLE_WORDS[held.role],
            "" if held.community_id is None else names.get(held.community_id, f"#{held.community_id}"),
            role_code(held),
        )
        for held in grants
    ]


def _list_page(request: StaffRequest, form: InviteForm | None = None) -> HttpResponse:
    names = community_names()
    rows = [Row(mate, roles_in_words(mate.grants, names), mate.id == request.staff.id) for mate in queries.team()]
    chosen = form or InviteForm(grants=request.staff.grants, communities=names.items(), initial={"role": "operator"})
    return render(
        request,
        "console/settings/team.html",
        {"rows": rows, "form": chosen, "means": MEANS},
        status=422 if chosen.is_bound else 200,
    )


@needs("team.manage")
@require_safe
def team(request: StaffRequest) -> HttpResponse:
    """Everybody who works here, and the form that invites."""
    return _list_page(request)


@sensitive_variables("token", "address")
def _link_page(request: StaffRequest, staff_id: int, token: str) -> HttpResponse:
    """A fresh link, shown once: it is not kept, so there is no address to come back to."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("console:open_link", args=[token])
    context = {"mate": queries.teammate(staff_id=staff_id), "address": address}
    return render(request, "console/settings/team_link.html", context)


@needs("team.manage")
@require_POST
def team_invite(request: StaffRequest) -> HttpResponse:
    """A new teammate; answers with the link to hand over."""
    form = InviteForm(request.POST, grants=request.staff.grants, communities=community_names().items())
    if not form.is_valid():
        return _list_page(request, form)
    given = form.cleaned_data
    try:
        made = actions.invite(
            actor=request.actor,
            login=given["login"],
            display_name=given["display_name"],
            roles=[form.held()],
            now=present(),
        )
    except actions.LoginTaken:
        form.add_error("login", _("Somebody has this name already."))
        return _list_page(request, form)
    return _link_page(request, made.staff_id, made.secret)


def _mate_or_404(staff_id: int) -> Teammate:
    mate = queries.teammate(staff_id=staff_id)
    if mate is None:
        raise Http404
    return mate


def _member_page(request: StaffRequest, mate: Teammate, form: RoleForm | None = None) -> HttpResponse:
    names = community_names()
    chosen = form or RoleForm(grants=request.staff.grants, communities=names.items(), initial={"role": "operator"})
    visits = visits_of(staff_id=mate.id, session_key=request.session.session_key)
    return render(
        request,
        "console/settings/team_member.html",
        {
            "mate": mate,
            "roles": roles_in_words(mate.grants, names),
            "form": chosen,
            "visits": [(visit, place_in_words(visit.place)) for visit in visits],
            "means": MEANS,
            "is_me": mate.id == request.staff.id,
            "may": may_manage(actor=request.staff.grants, target=mate.grants),
        },
        status=422 if chosen.is_bound else 200,
    )


@needs("team.manage")
@require_safe
def team_member(request: StaffRequest, staff_id: int) -> HttpResponse:
    """One teammate: roles, sessions, and what helps them back in."""
    return _member_page(request, _mate_or_404(staff_id))


def _set_roles(request: StaffRequest, mate: Teammate, roles: set[Held]) -> HttpResponse:
    try:
        actions.set_roles(actor=request.actor, staff_id=mate.id, roles=roles, now=present())
        say(request, _("Roles changed. They hold from the next page on."))
    except actions.NotAllowed:
        say(request, _("You may not change this teammate or give this role."), kind="bad")
    except actions.LastOwner:
        say(request, _("The house needs an owner. Make somebody else an owner first."), kind="bad")
    return redirect("console:team_member", staff_id=mate.id)


@needs("team.manage")
@require_POST
def team_role_give(request: StaffRequest, staff_id: int) -> HttpResponse:
    """One more role; it takes the place of the one held at the same place."""
    mate = _mate_or_404(staff_id)
    form = RoleForm(request.POST, grants=request.staff.grants, communities=community_names().items())
    if not form.is_valid():
        return _member_page(request, mate, form)
    given = form.held()
    others = {held for held in mate.grants if held.community_id != given.community_id}
    return _set_roles(request, mate, others | {given})


@needs("team.manage")
@require_POST
def team_role_take(request: StaffRequest, staff_id: int) -> HttpResponse:
    """One role less."""
    mate = _mate_or_404(staff_id)
    gone = request.POST.get("role", "")
    return _set_roles(request, mate, {held for held in mate.grants if role_code(held) != gone})


@needs("team.manage")
@require_POST
def team_link(request: StaffRequest, staff_id: int) -> HttpResponse:
    """A link for a new password, or the invitation once more; older ones stop working."""
    mate = _mate_or_404(staff_id)
    try:
        token = actions.make_password_link(actor=request.actor, staff_id=mate.id, now=present())
    except actions.NotAllowed:
        say(request, _("You may not change this teammate or give this role."), kind="bad")
        return redirect("console:team_member", staff_id=mate.id)
    return _link_page(request, mate.id, token)


@needs("team.manage")
@require_POST
def team_act(request: StaffRequest, staff_id: int, act: str) -> HttpResponse:
    """Switches a teammate off or on, lifts their second step, or ends their sessions."""
    mate, now = _mate_or_404(staff_id), present()
    try:
        match act:
            case "off":
                actions.switch_off(actor=request.actor, staff_id=mate.id, now=now)
                said = _("%(name)s can no longer sign in.")
            case "on":
                actions.switch_on(actor=request.actor, staff_id=mate.id, now=now)
                said = _("%(name)s can sign in again.")
            case "second-step-off":
                actions.lift_second_step(actor=request.actor, staff_id=mate.id, now=now)
                said = _("%(name)s now signs in with the password alone.")
            case "end-sessions":
                actions.end_sessions(actor=request.actor, staff_id=mate.id, keep=None, now=now)
                said = _("%(name)s is signed out everywhere.")
            case _:
                raise Http404
    except actions.NotAllowed:
        say(request, _("You may not change this teammate or give this role."), kind="bad")
    except actions.LastOwner:
        say(request, _("The house needs an owner. Make somebody else an owner first."), kind="bad")
    else:
        say(request, said % {"name": mate.display_name})
    return redirect("console:team_member", staff_id=mate.id)
