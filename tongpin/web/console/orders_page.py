"""One order: what was bought by whom, its money and where that is, the parcel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.money.queries import payment_seen
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.team.trail import audit
from tongpin.loop.sell.orders.actions import NotNow, cancel, receive, ship
from tongpin.loop.sell.orders.queries import (
    OrderSeen,
    RefundTrace,
    ReturnSeen,
    order_seen,
    payments_of_order,
    recipient_of,
    refunds_of_order,
    returns_of,
)
from tongpin.loop.sell.orders.showing import NobodyNamed, show_recipient
from tongpin.loop.sell.orders.wishing import refuse_return
from tongpin.web.console.orders_list import line_of, standing
from tongpin.web.console.payments_page import by_hand
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import communities_named, people_named, within
from tongpin.web.console.sell_forms import CANCEL_REASONS, RefuseForm, ShipForm
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.console.sell_words import (
    PAYMENT_STATES,
    REFUND_STATES,
    RETURN_STATES,
    not_now_word,
    provider_word,
    reason_word,
)
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say
from tongpin.web.look.wording import yuan

SHOWN = ("name", "phone", "address")
"""Parts of a recipient that whoever packs may look at."""


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment in words. `may_come`: a transfer that this teammate may say has come."""

    it: PaymentSeen
    provider: str
    state: str
    chip: str
    why: str
    may_come: bool


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A refund in words."""

    it: RefundTrace
    why: str
    state: str
    chip: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A wish for money back in words."""

    it: ReturnSeen
    why: str
    state: str
    chip: str


def left_of(seen: OrderSeen) -> int:
    """Fen that can still go back, as the till knows it: a refund that was given up is to be had again. One query."""
    known = payment_seen(seen.payment_id) if seen.payment_id is not None else None
    return known.left_fen if known is not None else 0


def order_or_404(request: StaffRequest, order_id: int) -> OrderSeen:
    """The order, if the view's rights reach it."""
    seen = order_seen(order_id=order_id) if order_id < 1 << 63 else None
    if seen is None or not within(request.scope, seen.community):
        raise Http404
    return seen


@needs("goods.see", "money.see")
@require_safe
def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """All about one order."""
    return _page(request, order_or_404(request, order_id))


def _page(
    request: StaffRequest,
    seen: OrderSeen,
    form: ShipForm | None = None,
    opened: dict[str, str] | None = None,
    no: RefuseForm | None = None,
) -> HttpResponse:
    may_edit = within(request.staff.scope("goods.edit"), seen.community)
    now_at = standing(seen)
    payments = payments_of_order(seen)
    looks = _looked_for(request, payments)
    left = next((one.left_fen for one in payments if one.id == seen.payment_id), 0)
    context: dict[str, Any] = {
        "line": line_of(seen, people_named(request, {seen.person_id})),
        "it": seen,
        "community": communities_named([seen.community])[seen.community] if seen.community else "",
        "reason": reason_word(seen.reason),
        "payments": [_payment(one, looks) for one in payments],
        "refunds": [_refund(one) for one in refunds_of_order(order_id=seen.order_id)],
        "recipient": recipient_of(order_id=seen.order_id) if seen.has_recipient else None,
        "opened": opened or {},
        "may_look": within(request.staff.scope("people.contact"), seen.community),
        "group_href": reverse("console:group_buy", args=[seen.play_id]) if seen.play == "group_buy" else "",
        "left_fen": left,
        "may_ship": may_edit and now_at == "to_ship",
        "may_receive": may_edit and seen.state == "shipped",
        "may_refund": may_edit and left > 0 and now_at in ("to_ship", "shipped", "received", "refunding"),
        "may_cancel": may_edit and (now_at == "to_ship" or (seen.state == "placed" and not seen.play)),
        "form": form or ShipForm(),
        "returns": [_wish(one) for one in returns_of(order_id=seen.order_id)],
        "may_answer": may_edit,
        "no_form": no or RefuseForm(),
    }
    return render(request, "console/sell/order.html", context, status=422 if form or no else 200)


@needs("goods.see", "people.contact")
@require_POST
def order_show(request: StaffRequest, order_id: int, part: str) -> HttpResponse:
    """Where the parcel goes, one part in full: a fragment for the script, else the whole page. It is audited."""
    seen, at = order_or_404(request, order_id), present()
    if part not in SHOWN:
        raise Http404
    try:
        with transaction.atomic():
            found = show_recipient(order_id=order_id, staff=request.staff.id, actor=actor_of(request), at=at)
            told: dict[str, str | int] = {"field": f"order:{part}", "order": order_id}
            subject = ("person", seen.person_id)
            audit(actor=request.actor, action="person.contact_seen", at=at, subject=subject, details=told)
    except NobodyNamed:
        raise Http404 from None
    value = str(getattr(found, part))
    if request.headers.get("HX-Request"):
        return HttpResponse(format_html('<span class="masked">{}</span>', value))
    return _page(request, seen, opened={part: value})


def _looked_for(request: StaffRequest, payments: list[PaymentSeen]) -> frozenset[str]:
    """Ways to pay of which this teammate says whether money came; asked only where one of them was used."""
    may = bool(request.staff.scope("settings.change")) and bool(request.staff.scope("money.see"))
    unpaid = [one for one in payments if one.status != "paid" and one.begun_at is not None]
    return by_hand() if may and unpaid else frozenset()


def _payment(one: PaymentSeen, looks: frozenset[str]) -> PaymentLine:
    word, chip = PAYMENT_STATES[one.status]
    why = reason_word(one.close_reason) if one.status == "closed" else ""
    may_come = one.provider in looks and one.status != "paid" and one.begun_at is not None
    return PaymentLine(one, provider_word(one.provider), str(word), chip, why, may_come)


def _refund(one: RefundTrace) -> RefundLine:
    word, chip = REFUND_STATES[one.status]
    return RefundLine(one, reason_word(one.reason), str(word), chip)


def _wish(one: ReturnSeen) -> ReturnLine:
    word, chip = RETURN_STATES[one.state]
    return ReturnLine(one, reason_word(one.reason), str(word), chip)


def refused(request: StaffRequest, order_id: int, reason: str) -> HttpResponse:
    """Back to the order with why it does not allow this."""
    say(request, f"{not_now_word(reason)} {_('Nothing was changed.')}", kind="bad")
    return redirect("console:order", order_id)


@needs("goods.see", "money.see", "goods.edit")
@require_POST
def order_ship(request: StaffRequest, order_id: int) -> HttpResponse:
    """The goods left the house."""
    seen, form = order_or_404(request, order_id), ShipForm(request.POST)
    if not form.is_valid():
        return _page(request, seen, form)
    given = form.cleaned_data
    try:
        new = ship(
            order_id=order_id,
            carrier=given["carrier"],
            parcel=given["parcel"],
            at=present(),
            actor=actor_of(request),
        )
    except NotNow as no:
        return refused(request, order_id, no.reason)
    say(request, _("Shipped. The buyer sees it on their page.") if new else _("It was sent already."))
    return redirect("console:order", order_id)


@needs("goods.see", "money.see", "goods.edit")
@require_POST
def order_receive(request: StaffRequest, order_id: int) -> HttpResponse:
    """The buyer said that they have the goods."""
    order_or_404(request, order_id)
    try:
        receive(order_id=order_id, at=present(), actor=actor_of(request))
    except NotNow as no:
        return refused(request, order_id, no.reason)
    say(request, _("The buyer has the goods."))
    return redirect("console:order", order_id)


@needs("goods.see", "money.see", "goods.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def order_cancel(request: StaffRequest, order_id: int) -> HttpResponse:
    """Ends an order before it is sent, after saying what that means."""
    seen = order_or_404(request, order_id)
    if request.method == "POST":
        chosen = request.POST.get("reason", "")
        reason = chosen if chosen in CANCEL_REASONS else "house"
        try:
            ended = cancel(order_id=order_id, reason=reason, at=present(), actor=actor_of(request))
        except NotNow as no:
            return refused(request, order_id, no.reason)
        say(request, _("The order ended.") if ended else _("It had ended before."))
        return redirect("console:order", order_id)
    left = left_of(seen)
    money = _("%(amount)s go back the way they came") % {"amount": yuan(left)} if left else _("nothing was paid")
    return ask(
        request,
        Sure(
            title=_("End the order %(number)s") % {"number": seen.number},
            lead=_("It happens at once and cannot be taken back."),
            label=_("End it and give %(amount)s back") % {"amount": yuan(left)} if left else _("End it now"),
            back=reverse("console:order", args=[order_id]),
            effects=((_("Money"), money), (_("Goods"), _("stand on the shelf again"))),
            choices=tuple((one, reason_word(one)) for one in CANCEL_REASONS),
        ),
    )


@needs("goods.see", "money.see", "goods.edit")
@require_POST
def order_return_refuse(request: StaffRequest, order_id: int) -> HttpResponse:
    """The house gives nothing back for what was sent, and tells the buyer why."""
    seen, form = order_or_404(request, order_id), RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, seen, no=form)
    if refuse_return(order_id=order_id, answer=form.cleaned_data["answer"], at=present(), actor=actor_of(request)):
        say(request, _("Refused. The buyer reads why on their page and in a letter."))
    else:
        say(request, _("Nothing was open any more. Nothing was changed."), kind="bad")
    return redirect("console:order", order_id)
