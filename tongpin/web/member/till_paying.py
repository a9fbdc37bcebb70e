"""From an order to the till (去付款): which ways are on, and where a chosen one leads."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpin.cashier.port import Begun, CashierError, Way
from tongpin.core.money.actions import AlreadyPaid, PaymentNotOpen, begin
from tongpin.core.money.seen import PaymentSeen
from tongpin.core.money.setting_up import tills
from tongpin.core.money.tills import NoSuchTill, till
from tongpin.loop.sell.orders.actions import NotNow, pay_otherwise
from tongpin.loop.sell.orders.queries import OrderSeen
from tongpin.loop.sell.plays.group_buy.rules import PLAY
from tongpin.web.look.toast import say

log = logging.getLogger(__name__)
WAYS: tuple[Way, ...] = ("page", "lines")
"""What these pages can follow without a script."""


def tills_on() -> list[str]:
    """Ways to pay that take new payments. One query."""
    return [one.kind for one in tills() if one.is_on]


def home_of(order: OrderSeen) -> str:
    """Where an order's buyer looks after paying: the group while it is of one, else the order."""
    if order.play == PLAY:
        return reverse("member:group", args=[order.play_id])
    return reverse("member:order", args=[order.number])


def begun(payment: PaymentSeen, *, order: OrderSeen, at: datetime) -> Begun:
    """The way to pay an order's payment; again: the same. Raises what `begin` raises, NoSuchTill and CashierError."""
    house = settings.PUBLIC_URL.rstrip("/")
    return begin(
        payment_id=payment.id,
        provider=till(payment.provider),
        return_url=house + home_of(order),
        notice_url=house + reverse("hooks:pay", args=[payment.provider]),
        ways=WAYS,
        reference=order.number,
        at=at,
    )


def go_to_pay(request: HttpRequest, order: OrderSeen, *, kind: str, at: datetime) -> HttpResponseBase:
    """Sends a buyer to pay an order by a way of their choice. Not inside a transaction: the provider is asked.

    Whatever stands in the way is said on the order's page, which offers to try again.
    """
    try:
        payment = pay_otherwise(order_id=order.order_id, provider=kind, at=at, actor=f"person:{order.person_id}")
        way = begun(payment, order=order, at=at)
    except (NotNow, PaymentNotOpen, AlreadyPaid):
        return redirect(home_of(order))
    except (NoSuchTill, CashierError) as error:
        log.warning("the till %s could not begin a payment: %s", kind, type(error).__name__)
        say(
            request,
            _("The till cannot be reached. Nothing was charged, and your place is kept: try again."),
            kind="bad",
        )
        return redirect("member:order", order.number)
    if way.way == "page" and way.url:
        return redirect(way.url)
    return redirect("member:order_pay", order.number)
