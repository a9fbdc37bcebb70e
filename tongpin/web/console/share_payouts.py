"""Paying rewards out by hand (发放): to whom, by which way, under which number; and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.team.rules import Everything
from tongpin.loop.share.commissions import paying_out
from tongpin.loop.share.commissions.payable import (
    Payable,
    PayoutSeen,
    next_payout_of,
    payable_to,
    payables,
    payout_seen,
    payouts,
)
from tongpin.loop.share.commissions.paying_out import TAKEN_BACK_WITHIN, AmountChanged, PaidMeanwhile
from tongpin.web.console.community_frame import writers
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_doors import about_a_person, actor_of, done, root_or_404
from tongpin.web.console.sell_doors import PAGE, Who, below_in, people_named
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say
from tongpin.web.look.wording import yuan

WAYS: dict[str, Promise] = {
    "wechat_transfer": gettext_lazy("WeChat transfer"),
    "bank": gettext_lazy("Bank transfer"),
    "voucher": gettext_lazy("Voucher"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "": (gettext_lazy("paid out"), "good"),
    "slip": (gettext_lazy("taken back, nothing was paid"), "na"),
    "returned": (gettext_lazy("came back, stands free again"), "warn"),
}


class Comeback(Protocol):
    """How a payout comes back. False where it did before."""

    def __call__(self, *, payout_id: int, at: datetime, actor: str) -> bool: ...


class PayoutForm(forms.Form):
    """How it was paid. Amount and number are what the page showed: they tell a second click from a second payout."""

    way = forms.ChoiceField(label=gettext_lazy("How you paid"), choices=[(code, word) for code, word in WAYS.items()])
    reference = forms.CharField(
        label=gettext_lazy("Number of the transfer or voucher"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = forms.IntegerField(min_value=1, max_value=10**15, widget=forms.HiddenInput)
    nth = forms.IntegerField(min_value=1, max_value=10**6, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class ToPay:
    """Somebody to whom something can be paid out."""

    it: Payable
    who: Who
    href: str


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A payout in words. `back` and `returned` are addresses to take it back by; empty where that cannot be."""

    it: PayoutSeen
    who: Who
    way: str
    by: str
    state: str
    chip: str
    back: str
    returned: str


def to_pay(request: StaffRequest) -> tuple[list[ToPay], int]:
    """The first of those to whom something can be paid out, the most first, and how many there are."""
    found = payables()
    shown = found[:PAGE]
    people = people_named(request, {one.person_id for one in shown})
    rows = [ToPay(one, people[one.person_id], way("console:share_pay", one.person_id)) for one in shown]
    return rows, len(found)


def may_pay(request: StaffRequest) -> bool:
    """Money leaves the house where somebody may change its settings."""
    return bool(request.staff.scope("settings.change")) and isinstance(request.staff.scope("people.see"), Everything)


@needs("money.see", "people.see")
@require_safe
def paid(request: StaffRequest) -> HttpResponse:
    """Everything that was paid out, the newest first."""
    found = payouts(older_than=below_in(request), size=PAGE + 1)
    people = people_named(request, {one.person_id for one in found[:PAGE]})
    staff = writers(*{one.paid_by for one in found})
    now, pays = present(), may_pay(request)
    # A purse is of the whole house: whoever runs one community sees what their own people got.
    rows = [one for one in found[:PAGE] if isinstance(request.scope, Everything) or people[one.person_id].href]
    address = reverse("console:share_payouts")
    context = {
        "tab": "payouts",
        "lines": [_line(one, people[one.person_id], staff, now, pays=pays) for one in rows],
        "older": f"{address}?below={found[PAGE - 1].id}" if len(found) > PAGE else "",
        "first": address if below_in(request) else "",
        "minutes": int(TAKEN_BACK_WITHIN.total_seconds() // 60),
    }
    return render(request, "console/share/payouts.html", context)


def _line(one: PayoutSeen, who: Who, staff: dict[str, str], now: datetime, *, pays: bool) -> PaidLine:
    state, chip = STATES[one.back_reason]
    stands = pays and one.back_at is None
    fresh = now <= one.paid_at + TAKEN_BACK_WITHIN
    return PaidLine(
        it=one,
        who=who,
        way=str(WAYS.get(one.way, one.way)),
        by=staff.get(one.paid_by, ""),
        state=str(state),
        chip=chip,
        back=way("console:share_payout_back", one.id) if stands and fresh else "",
        returned=way("console:share_payout_returned", one.id) if stands and not fresh else "",
    )


@needs("settings.change", "money.see", "people.see")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_person
def pay(request: StaffRequest, person_id: int) -> HttpResponse:
    """Writes down that all that stands free for somebody was paid by hand."""
    root = root_or_404(request, person_id)
    stands = payable_to(person_id=root)
    if request.method == "POST":
        form = PayoutForm(request.POST)
        if form.is_valid():
            return _pay(request, root, form.cleaned_data)
        return _form(request, stands, form, status=422)
    told = {"amount": stands.free_fen, "nth": next_payout_of(person_id=root)}
    return _form(request, stands, PayoutForm(initial=told), status=200)


def _form(request: StaffRequest, stands: Payable, form: PayoutForm, *, status: int) -> HttpResponse:
    who = people_named(request, {stands.person_id})[stands.person_id]
    last = payouts(root=stands.person_id, size=3)
    context = {
        "stands": stands,
        "who": who,
        "form": form,
        "last": [_line(one, who, {}, present(), pays=False) for one in last],
    }
    return render(request, "console/share/pay.html", context, status=status)


def _pay(request: StaffRequest, root: int, given: dict[str, Any]) -> HttpResponse:
    try:
        made = paying_out.pay_out(
            person_id=root,
            amount_fen=given["amount"],
            nth=given["nth"],
            way=given["way"],
            reference=given["reference"],
            at=present(),
            actor=actor_of(request),
        )
    except AmountChanged as changed:
        text = _("Meanwhile another amount stands free: %(amount)s. Nothing was written down; look again.")
        return done(request, text % {"amount": yuan(changed.free_fen)}, "console:share_pay", root, kind="bad")
    except PaidMeanwhile:
        text = _("Something was paid out to them since you opened this page. Nothing was written down; look again.")
        return done(request, text, "console:share_pay", root, kind="bad")
    told = {"amount": yuan(made.amount_fen), "name": people_named(request, {root})[root].name}
    if made.back_at is not None:
        return done(request, _("This payout was taken back before."), "console:share_payouts", kind="bad")
    undo = reverse("console:share_payout_back", args=[made.id])
    text = _("%(amount)s to %(name)s are written down as paid out.") % told
    return done(request, text, "console:share_payouts", undo=undo)


def _payout_or_404(payout_id: int) -> PayoutSeen:
    seen = payout_seen(payout_id=payout_id) if payout_id < 1 << 63 else None
    if seen is None:
        raise Http404
    return seen


@needs("settings.change", "money.see", "people.see")
@require_POST
def payout_back(request: StaffRequest, payout_id: int) -> HttpResponse:
    """A slip: nothing was paid."""
    seen = _payout_or_404(payout_id)
    return _come_back(request, seen, paying_out.take_back_payout)


@needs("settings.change", "money.see", "people.see")
@require_http_methods(["GET", "HEAD", "POST"])
def payout_returned(request: StaffRequest, payout_id: int) -> HttpResponse:
    """The transfer came back to the house's account."""
    seen = _payout_or_404(payout_id)
    if request.method == "POST":
        return _come_back(request, seen, paying_out.payout_returned)
    amount = {"amount": yuan(seen.amount_fen)}
    return ask(
        request,
        Sure(
            title=_("%(amount)s came back") % amount,
            lead=_("Say so only when the money stands on the house's account again."),
            label=_("Yes, %(amount)s came back") % amount,
            back=reverse("console:share_payouts"),
            effects=(
                (_("To whom"), people_named(request, {seen.person_id})[seen.person_id].name),
                (_("How you paid"), f"{WAYS.get(seen.way, seen.way)} {seen.reference}".strip()),
                (_("From now on"), _("it stands free again, they are told, and you can pay it out anew")),
            ),
            step="share",
        ),
    )


def _come_back(request: StaffRequest, seen: PayoutSeen, deed: Comeback) -> HttpResponse:
    amount = {"amount": yuan(seen.amount_fen)}
    try:
        changed = deed(payout_id=seen.id, at=present(), actor=actor_of(request))
    except paying_out.TooLate:
        text = _("That was more than ten minutes ago, and they were told. Where the money came back, say that.")
        say(request, text, kind="bad")
    except PersonIsErased:
        say(request, _("This person was erased at their wish. Nothing was changed."), kind="bad")
    else:
        text = _("%(amount)s stand free again.") if changed else _("These %(amount)s stood free again before.")
        say(request, text % amount)
    return redirect("console:share_payouts")
