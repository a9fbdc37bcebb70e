"""What is erased of a person in orders: who the parcels went to, and their words. Numbers and money stay by law."""

from __future__ import annotations

from tongpin.core.people.erasure import Erasing
from tongpin.loop.sell.orders.models import Order, OrderReturn


def erase_from_sell(erasing: Erasing) -> None:
    """Empties the recipients of their orders, also of those still on their way, and what was said of returns."""
    OrderReturn.objects.filter(order__person_id__in=erasing.person_ids).update(words="", answer="")
    Order.objects.filter(person_id__in=erasing.person_ids).update(recipient_sealed=None)
