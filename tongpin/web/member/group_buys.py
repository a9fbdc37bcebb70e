"""A group buy (拼团) in all its states: for strangers, for who has a seat held, for who paid; leaving it, sharing it."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import members_of
from tongpin.loop.sell.offers.queries import offer_seen
from tongpin.loop.sell.plays.group_buy.actions import CannotLeave, GroupUnknown, leave
from tongpin.loop.sell.plays.group_buy.queries import GroupSeen, SeatSeen, group_seen, running_groups, seat_of
from tongpin.loop.sell.plays.group_buy.rules import PLAY
from tongpin.loop.share.referrals.actions import own_link
from tongpin.loop.share.referrals.queries import link_of
from tongpin.web.look.gate import MemberRequest, for_members, member_of, open_to_all
from tongpin.web.look.toast import say
from tongpin.web.member import shop_words
from tongpin.web.member.phrases import shown_name
from tongpin.web.member.share_card import card_of

SHOWN_FACES = 8
SHOWN_EMPTY = 3


@open_to_all(reason="a shared group buy opens for whoever holds its link, before anything is asked of them")
@require_safe
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who is in, how many are missing, until when, and what happens; for who has a seat, how it stands."""
    now = present()
    seen = _group(group_id)
    member = member_of(request)
    mine = members_of(root=member) if member is not None else []
    seat = seat_of(group_id=group_id, person_ids=mine, now=now) if mine else None
    over = seen.why_not in ("filled", "failed", "unpaid", "over", "all_held")
    has_seat = seat is not None and seat.state in ("held", "waiting", "filled")
    others: tuple[GroupSeen, ...] = ()
    if over and not has_seat:
        others = tuple(
            one for one in running_groups(offer_id=seen.offer_id, now=now, limit=5)
            if one.why_not is None and one.group_id != group_id
        )[:2]  # fmt: skip
    offer = offer_seen(offer_id=seen.offer_id, now=now)
    refund = seat.refunds[-1] if seat is not None and seat.refunds else None
    context = {
        "group": seen,
        "offer": offer,
        "seat": seat,
        "view": _view(seen, seat),
        "total": seen.price_fen + seen.postage_fen,
        "until": shop_words.by_the_clock(seen.ends),
        "held_until": shop_words.by_the_clock(seat.until) if seat is not None and seat.until else "",
        **_seats(seen, mine),
        "why_not": shop_words.why_not_joined(seen.why_not) if seen.why_not else "",
        "others": [{"group": one, "until": shop_words.by_the_clock(one.ends)} for one in others],
        "may_buy": offer is not None and offer.why_not is None,
        "refund": refund,
        "steps": shop_words.steps_of(refund) if refund is not None else [],
        "ago": shop_words.by_the_clock(seen.failed_at or seen.ends),
        "card": card_of(request=request, picture=offer.picture if offer is not None else None),
    }
    return render(request, "member/group.html", context)


def _view(seen: GroupSeen, seat: SeatSeen | None) -> str:
    """Which of the page's faces is shown: held, waiting, filled, failed, too_late, left, or the open and shut ones."""
    if seat is not None and seat.state in ("held", "waiting", "filled", "failed", "too_late"):
        return seat.state
    return "shut" if seen.why_not is not None else "open"


def _seats(seen: GroupSeen, mine: list[int]) -> dict[str, object]:
    people = [one.person_id for one in seen.sitting[:SHOWN_FACES]]
    if seen.opened_by is not None:
        people.append(seen.opened_by)
    names = display_names(person_ids=people)
    faces = [
        {
            "name": shown_name(names.get(one.person_id, "")) or _("A member"),
            "is_opener": one.opened,
            "is_me": one.person_id in mine,
            "since": one.since,
        }
        for one in seen.sitting[:SHOWN_FACES]
    ]
    empty = min(seen.missing, SHOWN_EMPTY) if seen.state == "running" else 0
    return {
        "faces": faces,
        "empty": range(empty),
        "more_in": len(seen.sitting) - len(faces),
        "more_empty": seen.missing - empty if seen.state == "running" else 0,
        "opener": shown_name(names.get(seen.opened_by, "")) if seen.opened_by is not None else "",
    }


@for_members
@require_POST
def leave_group(request: MemberRequest, group_id: int) -> HttpResponse:
    """Gives one's seat back; what was paid is refunded."""
    seat = seat_of(group_id=group_id, person_ids=members_of(root=request.member), now=present())
    if seat is None:
        raise Http404
    try:
        leave(seat_id=seat.seat_id, at=present(), actor=f"person:{request.member}")
    except (CannotLeave, GroupUnknown):
        say(request, _("The seat cannot be given back any more. Look below."), kind="bad")
    else:
        was_paid = seat.state == "waiting"
        say(request, _("You left the group. What you paid goes back.") if was_paid else _("Your seat is free again."))
    return redirect("member:group", group_id)


@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: MemberRequest, group_id: int) -> HttpResponseBase:
    """One's own link to a group, made when it is first asked for, with words to send along."""
    seen = _group(group_id)
    if request.method == "POST":
        own_link(
            person_id=request.member,
            target_kind=PLAY,
            target=group_id,
            at=present(),
            actor=f"person:{request.member}",
        )
        return redirect("member:group_share", group_id)
    own = link_of(person_id=request.member, target_kind=PLAY, target=group_id)
    if own is None or seen.why_not not in (None, "all_held"):
        return redirect("member:group", group_id)
    link = settings.PUBLIC_URL.rstrip("/") + reverse("member:follow", args=[own.code])
    told = {"n": seen.missing, "title": seen.title, "amount": shop_words.amount(seen.price_fen + seen.postage_fen),
            "when": shop_words.on_the_day(seen.ends)}  # fmt: skip
    words = ngettext(
        "One more is needed for %(title)s at %(amount)s, until %(when)s. If it is not full, all is refunded.",
        "%(n)s more are needed for %(title)s at %(amount)s, until %(when)s. If it is not full, all is refunded.",
        seen.missing,
    )
    context = {
        "group": seen,
        "link": link,
        "words": words % told,
        "picture": segno.make(link, error="m", micro=False).svg_data_uri(scale=4, border=4),
    }
    return render(request, "member/group_share.html", context)


def _group(group_id: int) -> GroupSeen:
    seen = group_seen(group_id=group_id, now=present())
    if seen is None:
        raise Http404
    return seen
