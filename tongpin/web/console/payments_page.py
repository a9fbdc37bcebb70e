"""Settings → Payments (设置 → 收款): which ways to pay are on, and what of money waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.cashier.configuration import BadConfig
from tongpin.core.money.models import Payment
from tongpin.core.money.queries import (
    open_discrepancies,
    open_payments,
    payment_of,
    refunds_waiting_for_a_human,
)
from tongpin.core.money.seen import DiscrepancySeen, PaymentSeen, RefundSeen
from tongpin.core.money.setting_up import TillSeen, open_till, set_up_till, till_settings, tills
from tongpin.loop.sell.orders.models import Order
from tongpin.web.console.import_parts import way
from tongpin.web.console.payments_forms import ManualForm, ReferenceForm, how_choices
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import Who, people_named
from tongpin.web.console.sell_words import REFUND_STATES, difference_word, provider_word, reason_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


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


def orders_of_payments(payment_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Payment → (order, its number). One query, or none."""
    wanted = list(payment_ids)
    if not wanted:
        return {}
    rows = Order.objects.filter(payment_id__in=wanted).values_list("payment_id", "pk", "number")
    return {payment: (pk, number) for payment, pk, number in rows if payment is not None}


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
    open_now = [one for one in open_payments() if one.provider in kinds and one.begun_at is not None]
    stuck = refunds_waiting_for_a_human()
    about = Payment.objects.in_bulk([one.payment_id for one in stuck]) if stuck else {}
    ordered = orders_of_payments({*(one.id for one in open_now), *about})
    people = people_named(request, {*(one.person_id for one in open_now), *(p.person_id for p in about.values())})
    context: dict[str, Any] = {
        "sandbox": up.get("sandbox"),
        "manual": up.get("manual"),
        "on": [provider_word(one.kind) for one in up.values() if one.is_on],
        "sandbox_on": _is_on(up, "sandbox"),
        "manual_form": manual or _manual_form(up.get("manual")),
        "reference_form": reference or ReferenceForm(),
        "by_hand": bool(kinds),
        "waiting": [_waiting(one, people, ordered, now) for one in reversed(open_now)],
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
    return ManualForm(initial={**till_settings(kind="manual"), "is_on": seen.is_on} if seen else {"is_on": True})


def _waiting(one: PaymentSeen, people: dict[int, Who], ordered: dict[int, tuple[int, str]], now: datetime) -> Waiting:
    order, number = ordered.get(one.id, (0, ""))
    href = way("console:order", order) if order else ""
    return Waiting(one, people[one.person_id], number, href, one.due is not None and one.due < now)


def _stuck(
    one: RefundSeen, paid: Payment, people: dict[int, Who], ordered: dict[int, tuple[int, str]], kinds: frozenset[str]
) -> Stuck:
    order, number = ordered.get(paid.pk, (0, ""))
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
    form = ManualForm(request.POST)
    if not form.is_valid():
        return _page(request, manual=form)
    given = form.cleaned_data
    try:
        seen = set_up_till(
            kind="manual",
            settings={"account": given["account"], "picture_url": given["picture_url"]},
            is_on=given["is_on"],
            at=present(),
            actor=actor_of(request),
        )
    except BadConfig as bad:
        told = {
            "account": _("Say where to pay: holder, bank and number, one a line."),
            "picture_url": _("This is the address of a picture, beginning with https://, or left out."),
        }
        form.add_error(bad.setting if bad.setting in told else None, told.get(bad.setting, _("This cannot be.")))
        return _page(request, manual=form)
    say(request, _("Members may pay by transfer.") if seen.is_on else _("Kept. Members cannot pay by transfer."))
    return redirect("console:payments")


@needs("settings.change", "money.see")
@require_POST
def payments_find(request: StaffRequest) -> HttpResponse:
    """The payment whose reference stands on a transfer; also one whose time ran out."""
    form = ReferenceForm(request.POST)
    if form.is_valid():
        found = payment_of(form.cleaned_data["reference"].strip())
        if found is not None and found.provider in by_hand():
            return redirect("console:payment_confirm", found.id)
        form.add_error(
            "reference", _("We asked nobody to pay with this reference. Read it once more from the transfer.")
        )
    return _page(request, reference=form)
