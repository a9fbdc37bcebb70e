"""What a person decides about money: it came, it went back, it is given up, a difference is explained."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.core.money.actions import (
    NoSuchDiscrepancy,
    NotForAHuman,
    clear_discrepancy,
    drop_refund,
    retry_refund,
    settle_by_hand,
    settle_refund_by_hand,
)
from tongpin.core.money.queries import payment_seen, refund_seen
from tongpin.core.money.seen import PaymentSeen, RefundSeen
from tongpin.loop.sell.orders.queries import order_seen
from tongpin.web.console.payments_forms import HOW
from tongpin.web.console.payments_page import by_hand, orders_of_payments
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import people_named
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.console.sell_words import provider_word, reason_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say
from tongpin.web.look.wording import yuan


@needs("settings.change", "money.see")
@require_http_methods(["GET", "HEAD", "POST"])
def payment_confirm(request: StaffRequest, payment_id: int) -> HttpResponse:
    """A teammate saw the money on the house's own account."""
    found = payment_seen(payment_id) if payment_id < 1 << 63 else None
    if found is None or found.provider not in by_hand():
        raise Http404
    if request.method == "POST":
        return _settled(request, found)
    if found.status == "paid":
        say(request, _("This payment was confirmed before."))
        return redirect("console:payments")
    return ask(request, _came(request, found))


def _came(request: StaffRequest, found: PaymentSeen) -> Sure:
    amount = yuan(found.amount_fen)
    order_id, number = orders_of_payments([found]).get(found.id, (0, ""))
    order = order_seen(order_id=order_id) if order_id else None
    if order is not None and order.paid_at is not None and not order.refunding_fen:
        then = _("is paid already, another way: this money goes back to the buyer. Is it not the same transfer?")
    elif found.status == "closed":
        then = _("its time had run out: if the goods can still be had the order is taken on, else the money goes back")
    else:
        then = _("is paid and goes on at once; the buyer is told on their page")
    return Sure(
        title=_("%(amount)s came in") % {"amount": amount},
        lead=_("Look at the account first: only what stands there, to the fen, from this payer or with this number."),
        label=_("Yes, %(amount)s are on the account") % {"amount": amount},
        back=reverse("console:payments"),
        effects=(
            (_("Order number on the transfer"), number or found.number),
            (_("Payer"), people_named(request, {found.person_id})[found.person_id].name),
            (_("For what"), found.title),
            (_("The order"), then),
        ),
        note=_("Who confirmed it stands in the ledger."),
        danger=False,
    )


def _settled(request: StaffRequest, found: PaymentSeen) -> HttpResponse:
    outcome = settle_by_hand(payment_id=found.id, at=present(), actor=actor_of(request))
    amount = {"amount": yuan(found.amount_fen)}
    told = {
        "settled": _("%(amount)s confirmed.") % amount,
        "late": _("%(amount)s confirmed, though late. The order says whether it could still be had.") % amount,
    }
    say(request, told.get(outcome, _("This payment was confirmed before.")))
    return redirect("console:payments")


def _refund_or_404(refund_id: int) -> RefundSeen:
    found = refund_seen(refund_id) if refund_id < 1 << 63 else None
    if found is None:
        raise Http404
    return found


def _not_any_more(request: StaffRequest) -> HttpResponse:
    say(request, _("This refund needs no decision any more. Nothing was changed."), kind="bad")
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_POST
def payment_refund_retry(request: StaffRequest, refund_id: int) -> HttpResponse:
    """The provider is asked again, under the same number."""
    _refund_or_404(refund_id)
    try:
        again = retry_refund(refund_id=refund_id, at=present(), actor=actor_of(request))
    except NotForAHuman:
        return _not_any_more(request)
    say(request, _("The provider is asked for %(amount)s again.") % {"amount": yuan(again.amount_fen)})
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_http_methods(["GET", "HEAD", "POST"])
def payment_refund_done(request: StaffRequest, refund_id: int) -> HttpResponse:
    """The house gave the money back by another way."""
    found = _refund_or_404(refund_id)
    if request.method != "POST":
        amount = yuan(found.amount_fen)
        return ask(
            request,
            Sure(
                title=_("You gave %(amount)s back yourself") % {"amount": amount},
                lead=_("Say so only when the money has left the house's account."),
                label=_("Yes, %(amount)s went back") % {"amount": amount},
                back=reverse("console:payments"),
                effects=(
                    *_about(request, found),
                    (_("From now on"), _("the buyer reads that they have it back, and the books say so")),
                    (_("Cannot be undone"), _("the provider is never asked for it again")),
                ),
            ),
        )
    try:
        settle_refund_by_hand(refund_id=refund_id, at=present(), actor=actor_of(request))
    except NotForAHuman:
        return _not_any_more(request)
    say(request, _("%(amount)s stand as given back.") % {"amount": yuan(found.amount_fen)})
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_http_methods(["GET", "HEAD", "POST"])
def payment_refund_drop(request: StaffRequest, refund_id: int) -> HttpResponse:
    """The house gives a refund up."""
    found = _refund_or_404(refund_id)
    if request.method != "POST":
        amount = yuan(found.amount_fen)
        return ask(
            request,
            Sure(
                title=_("Give up giving %(amount)s back") % {"amount": amount},
                lead=_("The buyer gets nothing by this refund."),
                label=_("Give this refund up"),
                back=reverse("console:payments"),
                effects=(
                    *_about(request, found),
                    (_("The order"), _("stays as it is; the amount can be asked back anew from its page")),
                ),
            ),
        )
    try:
        drop_refund(refund_id=refund_id, at=present(), actor=actor_of(request))
    except NotForAHuman:
        return _not_any_more(request)
    say(request, _("The refund over %(amount)s is given up.") % {"amount": yuan(found.amount_fen)})
    return redirect("console:payments")


def _about(request: StaffRequest, found: RefundSeen) -> tuple[tuple[str, str], ...]:
    paid = payment_seen(found.payment_id)
    assert paid is not None, "a refund is of a payment"
    return (
        (_("Money goes to"), people_named(request, {paid.person_id})[paid.person_id].name),
        (_("For what"), paid.title),
        (_("Paid by"), provider_word(paid.provider)),
        (_("Stuck because"), reason_word(found.failure)),
    )


@needs("settings.change", "money.see")
@require_POST
def payment_difference_clear(request: StaffRequest, discrepancy_id: int) -> HttpResponse:
    """A difference was explained or put right."""
    how = request.POST.get("how", "")
    if how not in HOW or discrepancy_id >= 1 << 63:
        raise Http404
    try:
        clear_discrepancy(discrepancy_id=discrepancy_id, how=how, at=present(), actor=actor_of(request))
    except NoSuchDiscrepancy:
        raise Http404 from None
    say(request, _("The difference is cleared."))
    return redirect("console:payments")
