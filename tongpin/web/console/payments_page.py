"""Settings → Payments (设置 → 收款): which ways to pay are on, and what of money waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.cashier.configuration import BadConfig
from tongpin.core.files.refusal import PICTURE_MOST, FileRefused
from tongpin.core.money.collecting import set_up_transfer
from tongpin.core.money.models import Payment
from tongpin.core.money.queries import (
    open_discrepancies,
    open_payments,
    payment_of,
    refunds_waiting_for_a_human,
)
from tongpin.core.money.seen import DiscrepancySeen, PaymentSeen, RefundSeen, payment_as_seen
from tongpin.core.money.setting_up import TillSeen, open_till, set_up_till, till_settings, tills
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.queries import order_by_number, payments_of_order
from tongpin.loop.sell.orders.settling import ORDER
from tongpin.loop.sell.plays.group_buy.models import Seat
from tongpin.loop.sell.plays.group_buy.rules import SEAT
from tongpin.web.console.import_parts import way
from tongpin.web.console.payments_forms import ManualForm, ReferenceForm, how_choices
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import Who, number_in, people_named
from tongpin.web.console.sell_words import REFUND_STATES, difference_word, provider_word, reason_word
from tongpin.web.look.file_words import refusal_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money that a person must look for: a payment in words."""

    it: PaymentSeen
    who: Who
    order: str
    href: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Stuck:
    """A refund that waits for a person. `decidable`: the provider gave up, so a person may."""

    it: RefundSeen
    who: Who
    provider: str
    order: str
    href: str
    why: str
    state: str
    chip: str
    decidable: bool
    asked_again: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with a provider's bill in words."""

    it: DiscrepancySeen
    word: str
    provider: str


def by_hand() -> frozenset[str]:
    """Ways to pay of which a person must say whether money came. A query for each way that is set up."""
    return frozenset(one.kind for one in tills() if open_till(one.kind).capabilities.needs_human)


def orders_of_payments(payments: Iterable[PaymentSeen]) -> dict[int, tuple[int, str]]:
    """Payment → (order, its number), also of one that another replaced. Two queries at most."""
    about = {one.id: (one.about_kind, one.about) for one in payments}
    seats = {number for kind, number in about.values() if kind == SEAT}
    order_of = {(ORDER, number): number for kind, number in about.values() if kind == ORDER}
    if seats:
        order_of |= {(SEAT, pk): order for pk, order in Seat.objects.filter(pk__in=seats).values_list("pk", "order_id")}
    if not order_of:
        return {}
    numbers = dict(Order.objects.filter(pk__in=set(order_of.values())).values_list("pk", "number"))
    found = {payment: order_of[its] for payment, its in about.items() if its in order_of}
    return {payment: (order, numbers[order]) for payment, order in found.items() if order in numbers}


MEANT_FIRST = ("pending", "paid", "closed")
"""Which of several attempts to pay one order a transfer is for: never a second one while the first may be meant."""


def meant_by(typed: str) -> PaymentSeen | None:
    """The payment that a transfer with this note is for: the order's number stands on it, or the payment's own."""
    known = payment_of(typed.strip().lower())
    order = order_by_number(number=typed) if known is None else None
    kinds = by_hand()
    tried = [known] if known is not None else payments_of_order(order) if order is not None else []
    mine = [one for one in tried if one.provider in kinds]
    return min(mine, key=lambda one: MEANT_FIRST.index(one.status), default=None)


@needs("settings.change", "money.see")
@require_safe
def payments(request: StaffRequest) -> HttpResponse:
    """The whole page."""
    return _page(request)


def _page(
    request: StaffRequest, *, manual: ManualForm | None = None, reference: ReferenceForm | None = None
) -> HttpResponse:
    now, up = present(), {one.kind: one for one in tills()}
    kinds = by_hand()
    after = number_in(request, "after") or 0
    open_now = open_payments(providers=kinds, after=after, size=A_PAGE + 1) if kinds else []
    more, open_now = len(open_now) > A_PAGE, open_now[:A_PAGE]
    stuck = refunds_waiting_for_a_human()
    rows = Payment.objects.filter(pk__in={one.payment_id for one in stuck}) if stuck else ()
    about = {row.pk: payment_as_seen(row) for row in rows}
    ordered = orders_of_payments([*open_now, *about.values()])
    people = people_named(request, {*(one.person_id for one in open_now), *(p.person_id for p in about.values())})
    context: dict[str, Any] = {
        "sandbox": up.get("sandbox"),
        "manual": up.get("manual"),
        "code_picture": till_settings(kind="manual").get("picture_url", "") if "manual" in up else "",
        "on": [provider_word(one.kind) for one in up.values() if one.is_on],
        "sandbox_on": _is_on(up, "sandbox"),
        "manual_form": manual or _manual_form(up.get("manual")),
        "reference_form": reference or ReferenceForm(),
        "by_hand": bool(kinds),
        "waiting": [_waiting(one, people, ordered, now) for one in open_now],
        "further": f"{reverse('console:payments')}?after={open_now[-1].id}#coming" if more else "",
        "is_further": bool(after),
        "stuck": [_stuck(one, about[one.payment_id], people, ordered, kinds) for one in stuck],
        "differences": [
            Difference(one, difference_word(one.kind), provider_word(one.provider)) for one in open_discrepancies()
        ],
        "how": how_choices(),
    }
    return render(request, "console/payments/payments.html", context, status=422 if manual or reference else 200)


def _is_on(up: dict[str, TillSeen], kind: str) -> bool:
    return kind in up and up[kind].is_on


def _manual_form(seen: TillSeen | None) -> ManualForm:
    if seen is None:
        return ManualForm(initial={"is_on": True})
    return ManualForm(initial={"account": till_settings(kind="manual").get("account", ""), "is_on": seen.is_on})


def _waiting(one: PaymentSeen, people: dict[int, Who], ordered: dict[int, tuple[int, str]], now: datetime) -> Waiting:
    order, number = ordered.get(one.id, (0, ""))
    href = way("console:order", order) if order else ""
    return Waiting(one, people[one.person_id], number, href, one.due is not None and one.due < now)


def _stuck(
    one: RefundSeen,
    paid: PaymentSeen,
    people: dict[int, Who],
    ordered: dict[int, tuple[int, str]],
    kinds: frozenset[str],
) -> Stuck:
    order, number = ordered.get(paid.id, (0, ""))
    word, chip = REFUND_STATES[one.status]
    decidable = one.status == "failed"
    return Stuck(
        it=one,
        who=people[paid.person_id],
        provider=provider_word(paid.provider),
        order=number,
        href=way("console:order", order) if order else "",
        why=reason_word(one.failure) if decidable else _("the provider has not answered; it is asked again"),
        state=str(word),
        chip=chip,
        decidable=decidable,
        asked_again=paid.provider not in kinds,
    )


@needs("settings.change", "money.see")
@require_POST
def payments_sandbox(request: StaffRequest) -> HttpResponse:
    """The switch of the test way to pay."""
    on = request.POST.get("on") == "1"
    set_up_till(kind="sandbox", settings={}, is_on=on, at=present(), actor=actor_of(request))
    if on:
        say(
            request,
            _("Test payments are on: whoever orders may say “paid” without paying. Switch it off before you sell."),
        )
    else:
        say(request, _("Test payments are off. What was begun with them is followed to its end."))
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_POST
def payments_manual(request: StaffRequest) -> HttpResponse:
    """The house's own account."""
    form = ManualForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, manual=form)
    given = form.cleaned_data
    try:
        if given["picture"] and given["picture"].size > PICTURE_MOST:
            raise FileRefused("picture_too_heavy")  # before it is read into memory
        seen = set_up_transfer(
            account=given["account"],
            picture=given["picture"].read() if given["picture"] else None,
            drop_picture=given["drop_picture"],
            address_of=lambda name: reverse("files:whole", args=[name]),
            is_on=given["is_on"],
            at=present(),
            actor=actor_of(request),
        )
    except FileRefused as refused:
        form.add_error("picture", refusal_word(refused.code))
        return _page(request, manual=form)
    except BadConfig as bad:
        told = _("Say where to pay: holder, bank and number, one a line.")
        is_account = bad.setting == "account"
        form.add_error("account" if is_account else None, told if is_account else _("This cannot be."))
        return _page(request, manual=form)
    say(request, _("Members may pay by transfer.") if seen.is_on else _("Kept. Members cannot pay by transfer."))
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_POST
def payments_find(request: StaffRequest) -> HttpResponse:
    """The payment of the order whose number stands on a transfer; also one whose time ran out."""
    form = ReferenceForm(request.POST)
    if form.is_valid():
        found = meant_by(form.cleaned_data["reference"])
        if found is not None:
            return redirect("console:payment_confirm", found.id)
        form.add_error(
            "reference",
            _(
                "No transfer was asked for with this number. Look above for the amount and the payer, or open the order."
            ),
        )
    return _page(request, reference=form)
