"""Whoever packs may see where the parcel goes, and that they looked is recorded."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.loop.sell.cast import on_shelf, people, told
from tongpin.core.people.erasure import Erasing
from tongpin.loop.sell.orders.actions import OrderUnknown, place_order
from tongpin.loop.sell.orders.erasing import erase_from_sell
from tongpin.loop.sell.orders.showing import NobodyNamed, show_recipient
from tongpin.loop.sell.orders.writing import Recipient

pytestmark = pytest.mark.django_db
HOME = Recipient(name="林小美", phone="13812345678", address="杭州市西湖区文一西路 1 号")


def ordered(noon: datetime, recipient: Recipient | None) -> tuple[int, int]:
    (person,) = people(1, noon)
    placed = place_order(
        key="k",
        person_id=person,
        lines=[(on_shelf(noon), 1)],
        provider="sandbox",
        recipient=recipient,
        at=noon,
        actor=f"person:{person}",
    )
    return placed.order_id, person


def test_each_look_is_recorded_without_what_was_seen(noon: datetime) -> None:
    order, _ = ordered(noon, HOME)
    assert [show_recipient(order_id=order, staff=3, actor="staff:3", at=noon) for _ in range(2)] == [HOME, HOME]
    looks = [body for _, body in told("contact.unmasked")]
    assert [(one["staff"], one["field"]) for one in looks] == [(3, "order:recipient")] * 2
    assert len({one["view"] for one in looks}) == 2
    assert "138" not in str(looks)


def test_where_nobody_is_named_there_is_nothing_to_see(noon: datetime) -> None:
    order, _ = ordered(noon, None)
    with pytest.raises(NobodyNamed):
        show_recipient(order_id=order, staff=3, actor="staff:3", at=noon)
    with pytest.raises(OrderUnknown):
        show_recipient(order_id=order + 1, staff=3, actor="staff:3", at=noon)
    assert told("contact.unmasked") == []


def test_after_an_erasure_nobody_is_named(noon: datetime) -> None:
    order, person = ordered(noon, HOME)
    erase_from_sell(Erasing((person,), False, (), noon))
    with pytest.raises(NobodyNamed):
        show_recipient(order_id=order, staff=3, actor="staff:3", at=noon)
