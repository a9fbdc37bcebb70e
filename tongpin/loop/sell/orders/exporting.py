"""What a person gets of orders when they ask for their data: who their parcels went to, what they asked back.
The orders themselves come with the purchases of core/people."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tongpin.core.people.exporting import Section
from tongpin.core.team.keys import keyring
from tongpin.loop.sell.orders.models import Order, OrderReturn
from tongpin.loop.sell.orders.writing import SEALED_AS


def export_sell(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Recipients of their orders, oldest first."""
    ring = keyring()
    named = Order.objects.filter(person_id__in=person_ids, recipient_sealed__isnull=False).order_by("pk")
    rows = named.values_list("number", "placed_at", "recipient_sealed")
    yield Section(
        "bought",
        "recipients",
        [
            {"order": number, "at": at, **json.loads(ring.decrypt(sealed, context=SEALED_AS))}
            for number, at, sealed in rows
            if sealed is not None
        ],
    )
    wishes = OrderReturn.objects.filter(order__person_id__in=person_ids).order_by("pk").select_related("order")
    yield Section(
        "bought",
        "returns",
        [
            {
                "order": one.order.number,
                "at": one.asked_at,
                "reasons": one.reason,
                "words": one.words,
                "answer": one.answer,
            }
            for one in wishes
        ],
    )
