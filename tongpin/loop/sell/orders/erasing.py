"""What is erased of a person in orders: who the parcels went to. Numbers and money stay: the law keeps them."""

from __future__ import annotations

from tongpin.core.people.erasure import Erasing
from tongpin.loop.sell.orders.models import Order


def erase_from_sell(erasing: Erasing) -> None:
    """Empties the recipients of their orders, also of those still on their way."""
    Order.objects.filter(person_id__in=erasing.person_ids).update(recipient_sealed=None)
