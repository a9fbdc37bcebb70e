"""Orders of one person, page by page."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.conftest import NOON
from tests.examples import examples
from tongpin.core.people.models import Purchase
from tongpin.core.people.ordering import orders_of
from tongpin.core.people.seen import OrderSeen

days = st.one_of(st.none(), st.integers(0, 3).map(lambda day: NOON - timedelta(days=day)))
orders = st.lists(st.tuples(days, days, st.integers(1, 2)), max_size=12)


def dated(one: OrderSeen) -> datetime | None:
    return one.paid_at or one.placed_at


class Paging(TestCase):
    @settings(max_examples=examples(40), deadline=None)
    @given(orders, st.integers(1, 5))
    def test_pages_laid_end_to_end_hold_every_order_once_newest_first(
        self, made: list[tuple[datetime | None, datetime | None, int]], size: int
    ) -> None:
        for number, (paid, placed, place) in enumerate(made):
            Purchase.objects.create(
                place_id=place, order=f"A{number}", person_id=7, paid_at=paid, placed_at=placed, paid_fen=100, facts=1
            )
        Purchase.objects.create(place_id=1, order="other", person_id=8, paid_at=NOON, facts=1)
        read: list[OrderSeen] = []
        page = orders_of(person_ids=[7], limit=size)
        read += page.orders
        while page.after is not None:
            page = orders_of(person_ids=[7], after=page.after, limit=size)
            read += page.orders
        assert sorted(one.number for one in read) == sorted(f"A{number}" for number in range(len(made)))
        moments = [dated(one) for one in read]
        known = [at for at in moments if at is not None]
        assert moments == sorted(known, reverse=True) + [None] * (len(moments) - len(known))
