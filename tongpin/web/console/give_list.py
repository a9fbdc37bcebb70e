"""Talks (嘉宾分享) in a list, and planning one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongpin.base.clock import now as present
from tongpin.loop.give.talks.actions import BadTalk, plan_talk
from tongpin.loop.give.talks.queries import talks_of
from tongpin.loop.give.talks.seen import TalkLine
from tongpin.web.console.give_doors import bear_guest
from tongpin.web.console.give_forms import PlanForm
from tongpin.web.console.give_words import TALK_STATES
from tongpin.web.console.people_doors import actor_of, scope_in_view
from tongpin.web.console.sell_doors import community_choices, number_in
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip, Hint
from tongpin.web.look.toast import say

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A talk in words."""

    it: TalkLine
    state: str
    chip: str


@needs("places.see")
@require_safe
def give(request: StaffRequest) -> HttpResponse:
    """Talks to come, the next first; `?show=past` those that are over."""
    past = request.GET.get("show") == "past"
    behind = _behind(request)
    found = talks_of(scope=scope_in_view(request), when="past" if past else "coming", limit=SHOWN + 1, behind=behind)
    number = len(found) if len(found) <= SHOWN and behind is None else None
    address = reverse("console:give")
    here = f"{address}?show=past" if past else address
    context = {
        "lines": [Line(one, str(TALK_STATES[one.state][0]), TALK_STATES[one.state][1]) for one in found[:SHOWN]],
        "chips": [
            FilterChip(_("To come"), address, None if past else number, not past),
            FilterChip(_("Over"), f"{address}?show=past", number if past else None, past),
        ],
        "past": past,
        "older": _further(past, found[SHOWN - 1]) if len(found) > SHOWN else "",
        "first": here if behind else "",
        "may_plan": bool(request.staff.scope("places.edit")),
        "hints": _hints(),
        "by_community": True,
    }
    return render(request, "console/give/list.html", context)


def _behind(request: StaffRequest) -> tuple[datetime, int] | None:
    """Where the page before this one ended; None for the first."""
    number = number_in(request, "id")
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    return (at, number) if number is not None and at.tzinfo is not None else None


def _further(past: bool, last: TalkLine) -> str:
    held = {"show": "past"} if past else {}
    mark = {"at": last.starts_at.astimezone(UTC).isoformat(), "id": str(last.id)}
    return f"{reverse('console:give')}?{urlencode(held | mark)}"


def _hints() -> list[Hint]:
    return [
        Hint(_("Who can speak"), _("A member who did it, rather than a lecturer: twenty minutes from one's own life.")),
        Hint(_("What the guest needs"), _("A phone and the link you send. No account, nothing to install.")),
        Hint(_("Plain WeChat groups"), _("get two cards, before and after: you copy and paste each with one tap.")),
    ]


@needs("places.see", "places.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def talk_new(request: StaffRequest) -> HttpResponse:
    """Plans a talk. Nobody hears of it yet."""
    form = PlanForm(request.POST) if request.method == "POST" else PlanForm.fresh()
    where = [one for one in community_choices(request.scope) if one[0] != "0"]
    form.choose_among(where)
    bear_guest(request, form)
    if form.is_bound and form.is_valid():
        try:
            number = plan_talk(
                key=form.cleaned_data["once"],
                community_id=int(form.cleaned_data["community"]),
                at=present(),
                actor=actor_of(request),
                **form.terms(),
            )
        except BadTalk as wrong:
            form.refuse(wrong.reason)
        else:
            say(request, _("It is planned. Make the guest's link, then tell the groups."))
            return redirect("console:give_talk", number)
    context = {"form": form, "nowhere": not where}
    return render(request, "console/give/plan.html", context, status=422 if form.is_bound else 200)
