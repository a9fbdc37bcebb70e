"""One way in: its link and code, the poster, what it brought, what it cost, giving it up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.base.ids import token
from tongpin.core.books.costing import CostConflict, CostSeen, NoSuchBooking, book_cost, reverse_cost
from tongpin.core.books.queries import costs
from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.channel_costs.queries import entrances_of
from tongpin.loop.gather.entrances.actions import StrangeReason, close_entrance, reopen_entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen, entrance_seen
from tongpin.loop.gather.entrances.rules import REASONS
from tongpin.web.console.community_frame import about_a_community, head_of
from tongpin.web.console.community_words import code_word
from tongpin.web.console.entrances_code import link_of, opens_here_only, short_of, square
from tongpin.web.console.entrances_forms import CostForm
from tongpin.web.console.entrances_list import line_of, nobody_by
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say
from tongpin.web.look.wording import yuan

CLAUSES = re.compile(r"(?<=[，。；！？、,;!?])|\s*\n\s*")
"""Where the sentence of a poster may break before it must."""
LONG = 36
"""Characters above which it is set smaller."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """A cost in words, and whether it was taken back or can be."""

    seen: CostSeen
    word: str
    back: bool


def entrance_or_404(community_id: int, entrance_id: int) -> EntranceSeen:
    """The way in, if it is one of this community's."""
    seen = entrance_seen(entrance_id=entrance_id) if entrance_id < 1 << 63 else None
    if seen is None or seen.community_id != community_id:
        raise Http404
    return seen


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def entrance(request: StaffRequest, community_id: int, entrance_id: int) -> HttpResponse:
    """All about one way in."""
    entrance_or_404(community_id, entrance_id)
    return _page(request, community_id, entrance_id, CostForm(initial={"once": token(size=20)}))


def _page(request: StaffRequest, community_id: int, entrance_id: int, form: CostForm) -> HttpResponse:
    head = head_of(request, community_id)
    found = [one for one in entrances_of(community_id=community_id) if one.entrance.id == entrance_id]
    line = line_of(found[0], head.doors)
    may_money = request.staff.scope("money.see").holds(community_id)
    context = {
        "head": head,
        "line": line,
        "it": line.seen.entrance,
        "link": line.link,
        "short": short_of(line.link),
        "square": square(line.link),
        "here_only": opens_here_only(),
        "reasons": [(code, code_word("entrance_reason", code)) for code in REASONS],
        "form": form,
        "may_money": may_money,
        "costs": _costs(entrance_id) if may_money else [],
    }
    return render(request, "console/gather/entrance.html", context, status=422 if form.is_bound else 200)


def _costs(entrance_id: int) -> list[CostLine]:
    """Costs newest first; what was taken back stands with its word, the reversal itself is not listed. One query."""
    booked = costs(entrance=entrance_id)
    undone = {one.reverses for one in booked if one.reverses}
    return [
        CostLine(one, code_word("cost_kind", one.kind), one.id in undone)
        for one in reversed(booked)
        if one.reverses is None
    ]


@needs("places.edit", "money.see", community="community_id")
@require_POST
@about_a_community
def entrance_cost(request: StaffRequest, community_id: int, entrance_id: int) -> HttpResponse:
    """Books what it cost."""
    entrance_or_404(community_id, entrance_id)
    form = CostForm(request.POST)
    if not form.is_valid():
        return _page(request, community_id, entrance_id, form)
    given = form.cleaned_data
    try:
        booked = book_cost(
            cost_kind=given["kind"],
            amount_fen=given["amount"],
            community=community_id,
            entrance=entrance_id,
            first_day=given["first_day"],
            last_day=given["last_day"],
            at=present(),
            actor=actor_of(request),
            key=("entrance", entrance_id, given["once"]),
        )
    except CostConflict:
        form.add_error("amount", _("This form was sent once already with another amount. Open the page anew."))
        return _page(request, community_id, entrance_id, form)
    undo = reverse("console:entrance_cost_back", args=[community_id, entrance_id, booked.id])
    say(request, _("%(amount)s booked.") % {"amount": yuan(booked.amount_fen)}, undo=undo)
    return redirect("console:entrance", community_id, entrance_id)


@needs("places.edit", "money.see", community="community_id")
@require_POST
@about_a_community
def entrance_cost_back(request: StaffRequest, community_id: int, entrance_id: int, cost_id: int) -> HttpResponse:
    """Takes a cost back: it is booked again below zero, and both stay in the books."""
    entrance_or_404(community_id, entrance_id)
    if cost_id not in {one.id for one in costs(entrance=entrance_id) if one.reverses is None}:
        raise Http404
    try:
        back = reverse_cost(cost=cost_id, at=present(), actor=actor_of(request))
    except NoSuchBooking:
        raise Http404 from None
    say(request, _("%(amount)s taken back.") % {"amount": yuan(-back.amount_fen)})
    return redirect("console:entrance", community_id, entrance_id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def entrance_close(request: StaffRequest, community_id: int, entrance_id: int, reason: str) -> HttpResponse:
    """Gives it up. What is printed goes on showing who we are, and lets nobody apply."""
    seen = entrance_or_404(community_id, entrance_id)
    try:
        changed = close_entrance(entrance_id=seen.id, reason=reason, at=present(), actor=actor_of(request))
    except StrangeReason:
        raise Http404 from None
    undo = reverse("console:entrance_reopen", args=[community_id, seen.id]) if changed else ""
    text = _("«%(name)s» is given up. Its code still shows who you are; nobody can apply by it.") % {"name": seen.name}
    say(request, text, undo=undo)
    return redirect("console:entrance", community_id, seen.id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def entrance_reopen(request: StaffRequest, community_id: int, entrance_id: int) -> HttpResponse:
    """Uses it again."""
    seen = entrance_or_404(community_id, entrance_id)
    reopen_entrance(entrance_id=seen.id, at=present(), actor=actor_of(request))
    say(request, _("«%(name)s» is in use again.") % {"name": seen.name})
    return redirect("console:entrance", community_id, seen.id)


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def entrance_code(request: StaffRequest, community_id: int, entrance_id: int) -> HttpResponse:
    """The code alone as a picture that keeps sharp at any size, for one's own printed matter."""
    seen = entrance_or_404(community_id, entrance_id)
    drawn = square(link_of(seen.code))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.size} {drawn.size}" width="60mm" height="60mm" '
        f'shape-rendering="crispEdges"><path fill="white" d="M0 0h{drawn.size}v{drawn.size}h-{drawn.size}z"/>'
        f'<path d="{drawn.path}"/></svg>'
    )
    answer = HttpResponse(picture, content_type="image/svg+xml")
    answer["Content-Disposition"] = f'inline; filename="{seen.code}.svg"'
    return answer


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def entrance_poster(request: StaffRequest, community_id: int, entrance_id: int) -> HttpResponse:
    """An A4 sheet to print: the one thing, for whom, the code, what it opens."""
    head = head_of(request, community_id)
    seen = entrance_or_404(community_id, entrance_id)
    link = link_of(seen.code)
    said = head.thing or head.name
    context = {
        "head": head,
        "it": seen,
        "clauses": [clause for clause in CLAUSES.split(said) if clause.strip()],
        "long": len(said) > LONG,
        "short": short_of(link),
        "square": square(link),
        "here_only": opens_here_only(),
        "nobody": nobody_by(seen, head.doors),
        "ideal": head.positioning.canvas.ideal_member if head.positioning else "",
        "questions": len(questions_of(community_id=community_id) or ()),
    }
    return render(request, "console/gather/poster.html", context)
