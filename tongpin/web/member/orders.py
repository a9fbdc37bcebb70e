"""My orders (我的订单): how each stands, what comes next, paying, cancelling, confirming, and where a refund is."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.cashier.port import CashierError
from tongpin.core.money.actions import PaymentNotOpen
from tongpin.core.money.queries import payment_seen
from tongpin.core.money.tills import NoSuchTill
from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import members_of
from tongpin.loop.sell.orders.actions import NotNow, cancel, receive
from tongpin.loop.sell.orders.queries import OrderSeen, order_by_number, recipient_of, refunds_of_order, returns_of
from tongpin.loop.sell.orders.rules import RETURN_REASONS, why_no_return
from tongpin.loop.sell.orders.wishing import ReasonMissing, ask_return
from tongpin.loop.sell.plays.group_buy.queries import group_seen, seat_of
from tongpin.loop.sell.plays.group_buy.rules import PLAY
from tongpin.web.look.gate import MemberRequest, for_members
from tongpin.web.look.toast import say
from tongpin.web.member import shop_words
from tongpin.web.member.orders_rows import rows_of
from tongpin.web.member.till_paying import begun, go_to_pay, home_of, tills_on

A_PAGE = 20


@for_members
@require_safe
def orders(request: MemberRequest) -> HttpResponse:
    """The tab 我的: all orders, newest first."""
    below = request.GET.get("below", "")
    before = int(below) if below.isdecimal() and len(below) < 19 else None
    rows = rows_of(person=request.member, now=present(), below=before, limit=A_PAGE + 1)
    context = {
        "called": display_names(person_ids=[request.member]).get(request.member, ""),
        "rows": rows[:A_PAGE],
        "older": rows[A_PAGE - 1].order.order_id if len(rows) > A_PAGE else None,
        "is_first": before is None,
        "tab": "mine",
    }
    return render(request, "member/orders.html", context)


@for_members
@require_safe
def order(request: MemberRequest, number: str) -> HttpResponse:
    """One order with everything that can be done about it now."""
    now, mine = present(), members_of(root=request.member)
    seen = _own(request, number)
    is_group = seen.play == PLAY
    seat = seat_of(group_id=seen.play_id, person_ids=mine, now=now) if is_group else None
    group = group_seen(group_id=seen.play_id, now=now) if is_group else None
    refunds = refunds_of_order(order_id=seen.order_id) if seen.refunding_fen else ()
    waits_for_group = is_group and not seen.ready
    is_open = seen.state == "placed" and seen.due_at > now
    context = {
        "order": seen,
        "told": shop_words.order_told(seen, seat),
        "group": group,
        "is_open": is_open,
        "recipient": recipient_of(order_id=seen.order_id) if seen.has_recipient else None,
        "refunds": [{"refund": one, "steps": shop_words.steps_of(one)} for one in refunds],
        "ways": [
            {"kind": one, "name": shop_words.till_name(one), "note": shop_words.till_note(one),
             "chosen": one == seen.provider} for one in tills_on()
        ] if is_open else [],
        "till": shop_words.till_name(seen.provider) if seen.paid_at else "",
        "may_cancel": not waits_for_group and (is_open or seen.state == "paid"),
        "may_leave": waits_for_group and seen.state in ("placed", "paid"),
        "back_fen": seen.paid_fen - seen.refunding_fen,
        **_returns(seen),
        "share_offer": _worth_telling(seen),
        "tab": "mine",
    }  # fmt: skip
    return render(request, "member/order.html", context)


def _returns(seen: OrderSeen) -> dict[str, object]:
    """What the buyer asked back of goods that were sent, and whether they may ask."""
    asked = returns_of(order_id=seen.order_id) if seen.shipped_at is not None else ()
    is_open = bool(asked) and asked[-1].state == "asked"
    left = seen.paid_fen - seen.refunding_fen
    may = why_no_return(seen.state, left_fen=left, is_open=is_open, asked=len(asked)) is None
    return {
        "returns": [{"it": one, "why": shop_words.return_reason(one.reason)} for one in reversed(asked)],
        "why_back": [(one, shop_words.return_reason(one)) for one in RETURN_REASONS] if may else [],
    }


def _worth_telling(seen: OrderSeen) -> int:
    """The offer to tell a friend about: once it is paid and comes about, unless money goes back. 0: none."""
    stays = seen.state in ("paid", "shipped", "received") and seen.ready and not seen.refunding_fen
    return seen.lines[0].offer_id if stays and seen.lines else 0


@for_members
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: MemberRequest, number: str) -> HttpResponseBase:
    """POST goes to the till; GET shows the lines to follow where one pays by hand."""
    now, seen = present(), _own(request, number)
    if request.method == "POST":
        kind = request.POST.get("till", seen.provider)
        if kind not in tills_on():
            say(request, _("Choose how you pay."), kind="bad")
            return redirect("member:order", number)
        return go_to_pay(request, seen, kind=kind, at=now)
    payment = payment_seen(seen.payment_id) if seen.payment_id is not None else None
    if payment is None or payment.status != "pending" or seen.due_at <= now:
        return redirect("member:order", number)
    try:
        way = begun(payment, order=seen, at=now)
    except (PaymentNotOpen, NoSuchTill, CashierError):
        return redirect("member:order", number)
    if way.way != "lines":
        return redirect("member:order", number)
    context = {
        "order": seen,
        "lines": [
            {
                "name": shop_words.line_name(one.code) if not at or way.lines[at - 1].code != one.code else "",
                "line": one,
            }
            for at, one in enumerate(way.lines)
        ],
        "picture": way.url,
        "until": shop_words.by_the_clock(seen.due_at),
        "back": home_of(seen),
    }
    return render(request, "member/pay_lines.html", context)


@for_members
@require_POST
def cancel_order(request: MemberRequest, number: str) -> HttpResponse:
    """Ends an order before it is sent; what was paid goes back."""
    seen = _own(request, number)
    try:
        cancel(order_id=seen.order_id, at=present(), actor=f"person:{request.member}")
    except NotNow:
        say(request, _("It cannot be cancelled any more. Look below how it stands."), kind="bad")
    else:
        say(request, _("Cancelled. What you paid goes back.") if seen.paid_at else _("Cancelled. Nothing was charged."))
    return redirect("member:order", number)


@for_members
@require_POST
def receive_order(request: MemberRequest, number: str) -> HttpResponse:
    """The buyer has the goods."""
    seen = _own(request, number)
    try:
        receive(order_id=seen.order_id, at=present(), actor=f"person:{request.member}")
    except NotNow:
        say(request, _("It was not sent yet."), kind="bad")
    return redirect("member:order", number)


@for_members
@require_POST
def return_order(request: MemberRequest, number: str) -> HttpResponse:
    """The buyer wants money back for what was sent: a person decides."""
    seen = _own(request, number)
    try:
        ask_return(
            order_id=seen.order_id,
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", ""),
            at=present(),
            actor=f"person:{request.member}",
        )
    except ReasonMissing:
        say(request, _("Choose what is wrong with it."), kind="bad")
    except NotNow:
        say(request, _("It cannot be asked for now. Look below how it stands."), kind="bad")
    else:
        say(request, _("Noted. A person looks at it, and the answer stands here."))
    return redirect("member:order", number)


def _own(request: MemberRequest, number: str) -> OrderSeen:
    """An order of this member; somebody else's is not there."""
    seen = order_by_number(number=number)
    if seen is None or seen.person_id not in members_of(root=request.member):
        raise Http404
    return seen
