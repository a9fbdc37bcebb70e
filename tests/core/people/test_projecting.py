"""Purchases, spending and activity folded from the ledger."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.people.cast import Meet, nameless, read_all, sequence
from tests.examples import examples
from tongpin.core.facts.form import Fact
from tongpin.core.facts.imports import FactRestored
from tongpin.core.facts.orders import (
    OrderAmended,
    OrderCancelled,
    OrderClaimed,
    OrderItemAdded,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
)
from tongpin.core.facts.people import NoteWritten
from tongpin.core.facts.places import MemberJoined
from tongpin.core.facts.tracking import PageViewed
from tongpin.core.ledger.actions import FactConflict, record
from tongpin.core.ledger.projections import Projection, fold_once, rebuild
from tongpin.core.ledger.withdrawing import withdraw_blocks
from tongpin.core.people.erasure import erase
from tongpin.core.people.merging import AlreadyOne, MergeUnknown, merge, part
from tongpin.core.people.models import Activity, Person, Purchase, Spending
from tongpin.core.people.projecting import PROJECTIONS
from tongpin.core.people.roots import PersonIsErased

SHOP = 7


def tell(fact: Fact, at: datetime, person: int | None = None, place: int | None = SHOP) -> int:
    with transaction.atomic():
        return record(fact, at=at, person_id=person, place_id=place).seq


def withdraw(seq: int, at: datetime) -> None:
    assert withdraw_blocks(blocks=[(seq, seq)], actor="staff:1", source="", at=at) == 1


def restore(seq: int, at: datetime) -> None:
    """No action does this yet; the vocabulary knows it."""
    with connection.cursor() as cursor:
        cursor.execute("select kind from entry where seq = %s", [seq])
        tell(FactRestored(entry=seq, restored_kind=cursor.fetchone()[0]), at, place=None)
        cursor.execute("delete from entry_withdrawn where seq = %s", [seq])


def tables() -> dict[str, list[Any]]:
    return {
        "purchase": list(Purchase.objects.order_by("place_id", "order").values()),
        "spending": list(Spending.objects.order_by("pk").values()),
        "activity": list(Activity.objects.order_by("pk").values()),
    }


def test_an_order_is_what_its_facts_say(meet: Meet, noon: datetime) -> None:
    buyer = meet("小美", "13812345678")
    tell(OrderPlaced(order="A1", payable_fen=9000), noon, buyer)
    tell(OrderItemAdded(order="A1", line="1", amount_fen=6000), noon, buyer)
    tell(OrderItemAdded(order="A1", line="2", amount_fen=3000), noon, buyer)
    tell(OrderItemAdded(order="A1", line="3", amount_fen=-500, returned=True), noon, buyer)
    tell(OrderPaid(order="A1", amount_fen=8900), noon + timedelta(minutes=1), buyer)
    tell(OrderRefunded(order="A1", refund="R1", amount_fen=1000), noon, buyer)
    read_all()
    assert Purchase.objects.values().get() == {
        "place_id": SHOP,
        "order": "A1",
        "person_id": buyer,
        "placed_at": noon,
        "paid_at": noon + timedelta(minutes=1),
        "cancelled_at": None,
        "items": 3,
        "items_fen": 9000,
        "returned_fen": 500,
        "paid_fen": 8900,
        "told_fen": 8900,
        "amendments": None,
        "refunds": 1,
        "refunded_fen": 1000,
        "currency": "CNY",
        "claimed": False,
        "before_claim": None,
        "facts": 6,
    }
    assert Spending.objects.values().get() == {
        "person_id": buyer,
        "orders": 1,
        "net_fen": 7900,
        "currency": "CNY",
        "last_at": noon + timedelta(minutes=1),
    }


def test_a_paid_order_of_which_no_sum_was_told_counts_its_lines(meet: Meet, noon: datetime) -> None:
    buyer = meet("小美", "13812345678")
    tell(OrderItemAdded(order="A1", line="1", amount_fen=6000), noon, buyer)
    tell(OrderPaid(order="A1"), noon, buyer)
    read_all()
    assert Spending.objects.values_list("net_fen", "orders").get() == (6000, 1)


def test_an_order_goes_with_its_last_fact_and_comes_back_with_it(meet: Meet, noon: datetime) -> None:
    buyer = meet("小美", "13812345678")
    placed = tell(OrderPlaced(order="A1"), noon, buyer)
    paid = tell(OrderPaid(order="A1", amount_fen=8900), noon, buyer)
    read_all()
    whole = Purchase.objects.values().get()
    withdraw(paid, noon)
    read_all()
    assert Purchase.objects.values_list("paid_at", "paid_fen", "facts").get() == (None, None, 1)
    assert Spending.objects.values_list("orders", "net_fen").get() == (0, 0)
    withdraw(placed, noon)
    read_all()
    assert (Purchase.objects.count(), Spending.objects.count()) == (0, 0)
    restore(placed, noon)
    restore(paid, noon)
    read_all()
    assert Purchase.objects.values().get() == whole


def test_a_withdrawn_amendment_gives_way_to_the_one_before(meet: Meet, noon: datetime) -> None:
    buyer = meet("小美", "13812345678")
    tell(OrderPaid(order="A1", amount_fen=8900), noon, buyer)
    tell(OrderAmended(order="A1", occurrence=1, paid_fen=8000), noon, buyer)
    second = tell(OrderAmended(order="A1", occurrence=2, paid_fen=7000), noon, buyer)
    read_all()
    assert Purchase.objects.values_list("paid_fen", "told_fen").get() == (7000, 8900)
    withdraw(second, noon)
    read_all()
    assert Purchase.objects.values_list("paid_fen", "told_fen").get() == (8000, 8900)


def test_a_claim_gives_an_order_of_nobody_a_buyer_until_it_is_withdrawn(meet: Meet, noon: datetime) -> None:
    buyer = meet("小美", "13812345678")
    tell(OrderPaid(order="A1", amount_fen=8900), noon)
    claimed = tell(OrderClaimed(order="A1", proof="number"), noon, buyer)
    read_all()
    assert Purchase.objects.get().person_id == buyer
    withdraw(claimed, noon)
    read_all()
    assert Purchase.objects.get().person_id is None
    assert not Spending.objects.exists()


def test_spending_stands_with_the_root_of_merged_records(meet: Meet, noon: datetime) -> None:
    a, b = meet("小美", "13812345678"), meet("阿强", "13912345678")
    tell(OrderPaid(order="A1", amount_fen=100), noon, a)
    tell(OrderPaid(order="A2", amount_fen=23), noon, b)
    read_all()
    before = tables()["spending"]
    number = merge(kept=a, gone=b, reasons=[], actor="staff:1", at=noon)
    read_all()
    assert list(Spending.objects.values_list("person_id", "orders", "net_fen")) == [(a, 2, 123)]
    part(merge_id=number, actor="staff:1", at=noon)
    read_all()
    assert tables()["spending"] == before


def test_activity_counts_every_step_and_the_last_own_act_is_the_last_day(meet: Meet, noon: datetime) -> None:
    person, inviter = meet("小美", "13812345678"), meet("阿强", "13912345678")
    then = noon - timedelta(days=400)
    tell(PageViewed(write_key=1, message="m1"), then, person, None)
    tell(OrderPaid(order="A1", amount_fen=100), then + timedelta(days=1), person)
    tell(MemberJoined(inviter=inviter), then + timedelta(days=2), person, 3)
    tell(NoteWritten(note=1, length=3), noon, person, None)
    read_all()
    day = date(2025, 10, 20)
    assert Activity.objects.values().get(pk=person) == {
        "person_id": person,
        "first_at": then,
        "last_day": day,
        "acted": True,
        "gather": 2,
        "give": 2,
        "sell": 1,
        "share": 0,
        "other": 0,
    }
    assert Activity.objects.values_list("gather", "acted").get(pk=inviter) == (2, True)


def test_who_never_did_anything_shows_the_day_we_met_them(noon: datetime, db: None) -> None:
    person = nameless("d1", noon)
    read_all()
    assert Activity.objects.values_list("last_day", "acted").get(pk=person) == (date(2026, 11, 22), False)


def test_a_withdrawn_act_gives_its_day_back(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    tell(PageViewed(write_key=1, message="m1"), noon - timedelta(days=9), person, None)
    late = tell(PageViewed(write_key=1, message="m2"), noon - timedelta(days=1), person, None)
    read_all()
    withdraw(late, noon)
    read_all()
    assert Activity.objects.values_list("last_day", "give").get(pk=person) == (date(2026, 11, 13), 1)


def test_erased_people_stand_in_no_projection_and_their_orders_keep_the_money(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    tell(OrderPaid(order="A1", amount_fen=100), noon, person)
    read_all()
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert Purchase.objects.values_list("person_id", "paid_fen").get() == (None, 100)
    read_all()
    assert (Activity.objects.count(), Spending.objects.count()) == (0, 0)
    assert Purchase.objects.values_list("person_id", "paid_fen").get() == (None, 100)


FACTS: list[Any] = [
    lambda n: OrderPlaced(order=f"A{n % 3}", currency="CNY" if n % 2 else "USD"),
    lambda n: OrderPaid(order=f"A{n % 3}", amount_fen=1000 + n % 3),
    lambda n: OrderCancelled(order=f"A{n % 3}"),
    lambda n: OrderItemAdded(order=f"A{n % 3}", line=str(n), amount_fen=10 * n, returned=n % 4 == 0),
    lambda n: OrderRefunded(order=f"A{n % 3}", refund=str(n), amount_fen=n),
    lambda n: OrderAmended(order=f"A{n % 3}", occurrence=n + 1, paid_fen=n or None),
    lambda n: OrderClaimed(order=f"A{n % 3}", proof="number"),
    lambda n: PageViewed(write_key=1, message=str(n)),
    lambda n: NoteWritten(note=n, length=1),
    lambda n: MemberJoined(occurrence=n + 1),
]
STEPS = st.lists(
    st.tuples(st.sampled_from(["tell"] * 6 + ["withdraw"] * 2 + ["read", "merge", "part", "erase"]),
              st.integers(0, len(FACTS) - 1), st.integers(0, 8), st.integers(0, 3)),
    max_size=30,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=examples(40), deadline=None)
@given(STEPS)
def test_a_rebuild_gives_the_same_tables_however_the_feed_was_cut(steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        play(steps)
        transaction.set_rollback(True)


def play(steps: list[tuple[str, int, int, int]]) -> None:
    noon = datetime.fromisoformat("2026-11-22T04:00:00+00:00")
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate entry, entry_key, entry_person, entry_withdrawn, fresh, feed, reader, purchase, person_spending,"
            " person_activity, merge, merge_suggestion, person cascade"
        )
    people = [Person.objects.create(via="test", created_at=noon).pk for _ in range(3)]
    told: list[int] = []
    gone: set[int] = set()
    merges: list[int] = []
    for n, (deed, which, number, who) in enumerate(steps):
        at = noon - timedelta(days=number * 3, minutes=n)
        if deed == "tell":
            person = people[who] if who < 3 else None
            with suppress(FactConflict), transaction.atomic():
                told.append(tell(FACTS[which](number), at, person))
        elif deed == "withdraw" and (left := sorted(set(told) - gone)):
            gone.add(left[number % len(left)])
            withdraw(left[number % len(left)], at)
        elif deed == "read":
            read_all()
        elif deed in ("merge", "part", "erase"):
            with suppress(AlreadyOne, MergeUnknown, PersonIsErased), transaction.atomic():
                if deed == "merge":
                    merges.append(merge(kept=people[which % 3], gone=people[number % 3], reasons=[], actor="t", at=at))
                elif deed == "part" and merges:
                    part(merge_id=merges[number % len(merges)], actor="t", at=at)
                elif deed == "erase" and number == 0:
                    erase(person_id=people[which % 3], with_words=False, actor="t", at=at)
    read_all()
    live = tables()
    for projection in PROJECTIONS:
        rebuild(projection)
    assert tables() == live
    for projection in PROJECTIONS:
        again = Projection(projection.name, projection.kinds, projection.tables, projection.fold, limit=1)
        with connection.cursor() as cursor:
            cursor.execute("delete from reader where name = %s", [projection.name])
            cursor.execute(f"truncate {', '.join(projection.tables)}")
        while fold_once(again):
            pass
    assert tables() == live


def test_a_rebuild_keeps_reading_on_where_the_live_table_was(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    read_all()
    tell(PageViewed(write_key=1, message="m1"), noon, person, None)
    sequence()
    for projection in PROJECTIONS:
        rebuild(projection)
        assert fold_once(projection) == 0
    assert Activity.objects.get(pk=person).give == 1
