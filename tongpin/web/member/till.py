"""The till page of the test gateway (测试收款): whoever tries the shop decides there what a payer would."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.cashier.sandbox.gateway import Sandbox
from tongpin.cashier.sandbox.rules import CannotDecide, Taken
from tongpin.core.money.actions import take_notice
from tongpin.core.money.tills import NoSuchTill, till
from tongpin.web.look.gate import open_to_all
from tongpin.web.look.toast import say


@open_to_all(reason="a payment provider's page asks for no account of ours; the number cannot be guessed")
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, number: str) -> HttpResponse:
    """Pay, or let it be refused. The notice goes the same way as one that came over the hook."""
    gateway, now = _gateway(), present()
    charge = gateway.at_the_till(number=number, now=now)
    if charge is None:
        raise Http404
    if request.method == "POST":
        try:
            outcome = "paid" if request.POST.get("outcome") == "paid" else "refused"
            delivery = gateway.decide(number=number, outcome="paid" if outcome == "paid" else "refused", now=now)
        except CannotDecide:
            return redirect("member:till_sandbox", number)
        take_notice(provider=gateway, headers=delivery.headers, body=delivery.body, at=now)
        if outcome == "paid":
            return redirect(_back(charge))
        say(request, _("This attempt was refused. Nothing was charged; you may try again."), kind="bad")
        return redirect("member:till_sandbox", number)
    return render(request, "member/till_sandbox.html", {"charge": charge, "back": _back(charge)})


def _gateway() -> Sandbox:
    try:
        opened = till("sandbox")
    except NoSuchTill:
        raise Http404 from None
    if not isinstance(opened, Sandbox):
        raise Http404
    return opened


def _back(charge: Taken) -> str:
    """Where the shop wants the payer back, within this house only."""
    house = settings.PUBLIC_URL.rstrip("/")
    inside = charge.return_url.removeprefix(house)
    return inside if inside.startswith("/") and not inside.startswith("//") else reverse("member:shop")
