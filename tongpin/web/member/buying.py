"""Buying (下单): alone, by joining a group, by opening one. One form, one button with the amount, then the till."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, members_of
from tongpin.core.people.visitors import Visit
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.loop.sell.offers.queries import OfferSeen, offer_seen
from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.actions import NotForSale, NotNow, address_order, place_order
from tongpin.loop.sell.orders.queries import OrderSeen, order_seen, recipient_of
from tongpin.loop.sell.plays.group_buy.actions import CannotJoin, GroupUnknown, NoGroupBuy, join, open_group_buy
from tongpin.loop.sell.plays.group_buy.queries import group_seen, seat_of
from tongpin.web.look.gate import client_address, member_of, open_to_all
from tongpin.web.member import shop_words
from tongpin.web.member.buying_form import MOST, Plan, Typed, fresh, judge, no_till, read, ways
from tongpin.web.member.buying_once import order_key, visitor
from tongpin.web.member.session import sign_in, way_of
from tongpin.web.member.till_paying import go_to_pay, home_of, tills_on

BUYERS_HAVE_NO_ACCOUNT = "somebody who buys for the first time has no account yet: the form asks what it needs"


@dataclass(frozen=True, slots=True)
class Bought:
    """The order of a press of the button, and the session of somebody new."""

    order: OrderSeen
    visit: Visit | None


@open_to_all(reason=BUYERS_HAVE_NO_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def alone(request: HttpRequest, offer_id: int) -> HttpResponseBase:
    """Buys a product by oneself."""
    offer = _offer(offer_id)
    if offer.why_not is not None and request.method != "POST":
        return redirect("member:product", offer_id)
    most = min(MOST, offer.left or MOST, offer.per_person or MOST)
    plan = Plan(
        "buy", offer_id, offer.title, offer.price_fen, offer.postage_fen, most,
        _("Until it is sent you can cancel, and all is refunded."), reverse("member:product", args=[offer_id]),
    )  # fmt: skip
    return _checkout(request, plan, community=offer.community)


@open_to_all(reason=BUYERS_HAVE_NO_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: HttpRequest, offer_id: int) -> HttpResponseBase:
    """Opens a group buy and takes its first seat."""
    offer = _offer(offer_id)
    if (offer.why_not is not None or offer.group_price_fen is None) and request.method != "POST":
        return redirect("member:product", offer_id)
    promise = _("Your group runs for %(hours)s hours. If it is not full by then, all is refunded.")
    plan = Plan(
        "open", offer_id, offer.title, offer.group_price_fen or offer.price_fen, offer.postage_fen, 1,
        promise % {"hours": offer.group_hours}, reverse("member:product", args=[offer_id]),
    )  # fmt: skip
    return _checkout(request, plan, community=offer.community)


@open_to_all(reason=BUYERS_HAVE_NO_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def join_in(request: HttpRequest, group_id: int) -> HttpResponseBase:
    """Takes a seat in a running group."""
    now = present()
    group = group_seen(group_id=group_id, now=now)
    if group is None:
        raise Http404
    member = member_of(request)
    if request.method != "POST":
        seat = seat_of(group_id=group_id, person_ids=members_of(root=member), now=now) if member is not None else None
        if group.why_not is not None or (seat is not None and seat.can_leave):
            return redirect("member:group", group_id)
    fen = group.price_fen + group.postage_fen
    told = {"when": shop_words.by_the_clock(group.ends), "amount": shop_words.amount(fen)}
    promise = _("Not full by %(when)s: %(amount)s refunded in full. Until it is full you can leave.") % told
    plan = Plan(
        "join", group_id, group.title, group.price_fen, group.postage_fen, 1, promise,
        reverse("member:group", args=[group_id]),
    )  # fmt: skip
    return _checkout(request, plan, community=group.community)


def _offer(offer_id: int) -> OfferSeen:
    offer = offer_seen(offer_id=offer_id, now=present())
    if offer is None:
        raise Http404
    return offer


def _checkout(request: HttpRequest, plan: Plan, *, community: int) -> HttpResponseBase:
    member = member_of(request)
    if request.method != "POST":
        mine = members_of(root=member) if member is not None else []
        return _form(request, plan, fresh(person_ids=mine))
    typed = read(request, plan)
    if request.POST.get("set"):
        return _form(request, plan, typed)
    judge(typed, is_known=member is not None, on=tills_on(), trapped=bool(request.POST.get("website")))
    bought = None if typed.wrong else _buy(request, plan, typed, community, member)
    if bought is None:
        return _form(request, plan, typed, status=422)
    if bought.order.state == "placed":
        answer = go_to_pay(request, bought.order, kind=typed.till, at=present())
    else:
        answer = redirect(home_of(bought.order))
    if bought.visit is not None:
        sign_in(answer, bought.visit)
    return answer


def _form(request: HttpRequest, plan: Plan, typed: Typed, *, status: int = 200) -> HttpResponse:
    on = ways(typed)
    context = {
        "plan": plan,
        "typed": typed,
        "wrong": typed.wrong,
        "is_known": member_of(request) is not None,
        "ways": on,
        "no_till": "" if on else no_till(),
        "total": plan.total(typed.count),
        "goods": plan.unit_fen * typed.count,
        "fewer": typed.count - 1,
        "more": typed.count + 1 if typed.count < plan.most else 0,
    }
    return render(request, "member/checkout.html", context, status=status)


def _buy(request: HttpRequest, plan: Plan, typed: Typed, community: int, member: int | None) -> Bought | None:
    """The order, or None with what is wrong noted in the form."""
    now, wrong = present(), typed.wrong
    try:
        if member is None:
            take_try(kind="apply", whom=client_address(request) or "", now=now)
        with transaction.atomic():  # nobody is met whose order is not taken
            visit = visitor(key=typed.key, nickname=typed.nickname, at=now) if member is None else None
            person = visit.person_id if visit is not None else member
            assert person is not None
            order_id = _order(plan, typed, person, community, way_of(request) or 0, now)
            if recipient_of(order_id=order_id) != typed.recipient:
                _address(order_id, typed)
    except TooManyTries:
        wrong["form"] = _("Many orders came from this network just now. Try again in a quarter of an hour.")
    except SoldOut:
        wrong["form"] = shop_words.why_not_sold("sold_out")
    except (NotForSale, NoGroupBuy) as error:
        wrong["form"] = shop_words.why_not_sold(error.reason)
    except CannotJoin as error:
        wrong["form"] = shop_words.why_not_joined(error.reason)
    except (GroupUnknown, PersonUnknown, PersonIsErased):
        wrong["form"] = shop_words.why_not_sold("")
    else:
        order = order_seen(order_id=order_id)
        assert order is not None
        return Bought(order, visit)
    return None


def _order(plan: Plan, typed: Typed, person: int, community: int, way: int, now: datetime) -> int:
    actor = f"person:{person}"
    if plan.verb == "buy":
        placed = place_order(
            key=order_key(typed.key, plan.about, typed.count), person_id=person, lines=[(plan.about, typed.count)],
            provider=typed.till, recipient=typed.recipient, community=community, tracked_code=way, at=now, actor=actor,
        )  # fmt: skip
        return placed.order_id
    group_id = plan.about
    if plan.verb == "open":
        group_id = open_group_buy(
            key=order_key(typed.key, "group", plan.about), offer_id=plan.about, person_id=person, community=community,
            tracked_code=way, at=now, actor=actor,
        )  # fmt: skip
    held = join(
        group_id=group_id, person_id=person, provider=typed.till, recipient=typed.recipient, tracked_code=way, at=now,
        actor=actor,
    )  # fmt: skip
    return held.order_id


def _address(order_id: int, typed: Typed) -> None:
    """The same order again with another address: the newer one counts until it is sent."""
    try:
        address_order(order_id=order_id, recipient=typed.recipient)
    except NotNow:
        return
