"""Showing where a parcel goes: whoever packs sees it in full, and that they looked is recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tongpin.core.facts.people import ContactUnmasked
from tongpin.core.ledger.actions import record
from tongpin.loop.sell.orders.actions import OrderUnknown
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.queries import recipient_of
from tongpin.loop.sell.orders.writing import Recipient

FIELD = "order:recipient"


class NobodyNamed(LookupError):
    """Nobody is named on this order, or they asked to be erased."""


@transaction.atomic
def show_recipient(*, order_id: int, staff: int, actor: str, at: datetime) -> Recipient:
    """The recipient in plain words. The caller writes the audit line. Raises OrderUnknown, NobodyNamed."""
    order = Order.objects.filter(pk=order_id).only("person_id").first()
    if order is None:
        raise OrderUnknown("there is no such order; look the number up again")
    found = recipient_of(order_id=order_id)
    if found is None:
        raise NobodyNamed("nobody is named on this order")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('contact_view_seq')")
        view = int(cursor.fetchone()[0])
    record(ContactUnmasked(view=view, staff=staff, field=FIELD), at=at, person_id=order.person_id, actor=actor)
    return found
