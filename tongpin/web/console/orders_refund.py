"""Giving money of an order back (退款): amount and reason first, then what will happen, then the deed, once."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.money.actions import RefundTooMuch
from tongpin.loop.sell.orders.actions import NotNow, refund
from tongpin.loop.sell.orders.queries import OrderSeen, returns_of
from tongpin.web.console.orders_page import left_of, order_or_404, refused
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import people_named
from tongpin.web.console.sell_forms import REFUND_REASONS, RefundForm, yuan_of
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.console.sell_words import not_now_word, provider_word, reason_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say
from tongpin.web.look.wording import yuan


@needs("goods.see", "money.see", "goods.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def order_refund(request: StaffRequest, order_id: int) -> HttpResponse:
    """The form; a first POST says what will happen, the second (with `sure`) does it."""
    seen = order_or_404(request, order_id)
    left = left_of(seen)
    form = RefundForm(request.POST) if request.method == "POST" else _fresh(seen, left)
    if not form.is_bound or not form.is_valid():
        return _form_page(request, seen, form)
    if request.POST.get("sure") == "1":
        return _done(request, seen, form)
    if form.cleaned_data["amount"] > left:
        form.add_error("amount", not_now_word("amount_out_of_range"))
        return _form_page(request, seen, form)
    return ask(request, _sure(request, seen, form))


def _fresh(seen: OrderSeen, left: int) -> RefundForm:
    """All that is left, for the reason the buyer told where they asked."""
    asked = next((one.reason for one in returns_of(order_id=seen.order_id) if one.state == "asked"), REFUND_REASONS[0])
    form: RefundForm = RefundForm.fresh(amount=yuan_of(left), reason=asked)
    return form


def _form_page(request: StaffRequest, seen: OrderSeen, form: RefundForm) -> HttpResponse:
    context = {"it": seen, "form": form, "left_fen": left_of(seen)}
    return render(request, "console/sell/refund.html", context, status=422 if form.is_bound else 200)


def _sure(request: StaffRequest, seen: OrderSeen, form: RefundForm) -> Sure:
    given, left = form.cleaned_data, left_of(seen)
    amount, whole = yuan(given["amount"]), given["amount"] >= left
    who = people_named(request, {seen.person_id})[seen.person_id].name
    order = _("is over: nothing is left of what was paid") if whole else _("stays as it is")
    goods = (
        _("will not be sent, and are not put back on the shelf; end the order instead if they should be")
        if whole and seen.state == "paid"
        else _("stay where they are")
    )
    return Sure(
        title=_("Give %(amount)s back to %(name)s") % {"amount": amount, "name": who},
        lead=_("It is asked of the provider at once and cannot be taken back."),
        label=_("Give %(amount)s back now") % {"amount": amount},
        back=reverse("console:order_refund", args=[seen.order_id]),
        effects=(
            (_("Way back"), provider_word(seen.provider)),
            (_("Why"), reason_word(given["reason"])),
            (_("The order"), order),
            (_("Goods"), goods),
        ),
        hidden=(
            ("once", given["once"]),
            ("amount", yuan_of(given["amount"])),
            ("reason", given["reason"]),
            ("sure", "1"),
        ),
        note=_("Pressed twice it goes back once."),
    )


def _done(request: StaffRequest, seen: OrderSeen, form: RefundForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        asked = refund(
            order_id=seen.order_id,
            amount_fen=given["amount"],
            reason=given["reason"],
            key=f"console:{given['once']}",
            at=present(),
            actor=actor_of(request),
        )
    except (NotNow, RefundTooMuch) as no:
        reason = no.reason if isinstance(no, NotNow) else "amount_out_of_range"
        if reason != "amount_out_of_range":
            return refused(request, seen.order_id, reason)
        form.add_error("amount", not_now_word(reason))
        return _form_page(request, seen, form)
    say(request, _("%(amount)s are on their way back.") % {"amount": yuan(asked.amount_fen)})
    return redirect("console:order", seen.order_id)
