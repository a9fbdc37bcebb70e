"""A group from opening to filling, leaving and failing, with everything that is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.core.people.cast import read_all
from tests.loop.sell.cast import TOWEL, kinds_told, on_shelf, pay, people, refunds_arrive, told
from tongpin.base.counted import Counted
from tongpin.core.books.queries import balance, trial_balance
from tongpin.core.books.rules import Account
from tongpin.core.people.erasure import erase
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Purchase
from tongpin.core.people.roots import PersonIsErased
from tongpin.loop.sell.offers.actions import close_offer, price_offer
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.actions import NotNow, cancel, refund, ship
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy import closing
from tongpin.loop.sell.plays.group_buy.actions import (
    CannotJoin,
    CannotLeave,
    GroupUnknown,
    Held,
    NoGroupBuy,
    close_due,
    end_unpaid,
    join,
    lapse_due,
    leave,
    open_group_buy,
)
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat
from tongpin.loop.sell.plays.group_buy.queries import (
    Sitting,
    due_group_buys,
    group_seen,
    groups_by_state,
    groups_in,
    running_groups,
    seat_of,
    seat_seen,
    seats_of,
)
from tongpin.loop.sell.plays.group_buy.rules import HOLD, LINGER

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def opened(noon: datetime, *, key: str = "g1", seats: int | None = None, offer: int | None = None) -> int:
    return open_group_buy(key=key, offer_id=offer or on_shelf(noon), seats=seats, at=noon, actor="staff:1")


def sit(group: int, person: int, at: datetime) -> Held:
    return join(group_id=group, person_id=person, provider="sandbox", at=at, actor=f"person:{person}")


def counts(group: int) -> tuple[str, int, int]:
    return GroupBuy.objects.values_list("state", "taken", "held").get(pk=group)


def test_a_group_fills_and_its_orders_go_on_their_way(noon: datetime) -> None:
    offer = on_shelf(noon)
    mei, dou, qiang = people(3, noon)
    group = open_group_buy(key="x", offer_id=offer, person_id=mei, at=noon, actor=f"person:{mei}")
    assert Offer.objects.get(pk=offer).stock_left == 27
    held = [sit(group, person, noon + n * MINUTE) for n, person in enumerate((mei, dou, qiang))]
    assert counts(group) == ("running", 0, 3)
    for n, one in enumerate(held[:2]):
        assert pay(one.payment.id, noon + (3 + n) * MINUTE) == "settled"
    seen = group_seen(group_id=group, now=noon + 5 * MINUTE)
    assert seen is not None
    assert (seen.missing, seen.held, seen.free, seen.why_not) == (1, 1, 0, "all_held")
    assert seen.sitting == (Sitting(mei, noon + 3 * MINUTE, True), Sitting(dou, noon + 4 * MINUTE, False))
    with pytest.raises(NotNow, match="held_by_its_play"):
        ship(order_id=held[0].order_id, at=noon, actor="staff:1")
    assert pay(held[2].payment.id, noon + 6 * MINUTE) == "settled"
    assert counts(group) == ("filled", 3, 0)
    assert set(Order.objects.values_list("state", "ready_at")) == {("paid", noon + 6 * MINUTE)}
    assert [body.get("missing", 0) for _, body in told("group_buy.joined")] == [2, 1, 0]
    assert kinds_told("group_buy.") == [
        "group_buy.opened",
        *["group_buy.joined"] * 3,
        "group_buy.filled",
    ]
    assert ship(order_id=held[0].order_id, at=noon, actor="staff:1")
    assert balance(Account("cash:sandbox")) == 3 * 5500
    assert balance(Account("sales")) == -3 * 5500
    assert set(trial_balance().values()) == {0}
    with pytest.raises(CannotLeave, match="filled"):
        leave(seat_id=held[0].seat_id, at=noon, actor="person:1")
    with pytest.raises(CannotJoin, match="filled"):
        sit(group, people(1, noon)[0], noon)


def test_an_order_made_here_stands_on_the_buyers_page_like_an_imported_one(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    seat = sit(group, buyer, noon)
    pay(seat.payment.id, noon + MINUTE)
    shop = Offer.objects.get().shop
    assert [kind for kind in kinds_told("order.", "payment.")] == [
        "order.placed", "order.item_added", "payment.asked", "payment.settled", "order.paid",
    ]  # fmt: skip
    product = Offer.objects.get().product_id
    assert told("order.placed", "order.item_added", "order.paid") == [
        ("order.placed", {"order": seat.number, "payable_fen": 5500, "goods_fen": 5500, "postage_fen": 0,
                          "play": "group_buy", "play_id": group}),
        ("order.item_added", {"order": seat.number, "line": "1", "product": product, "unit_fen": 5500,
                              "amount_fen": 5500, "offer": Offer.objects.get().pk}),
        ("order.paid", {"order": seat.number, "amount_fen": 5500, "via": "sandbox"}),
    ]  # fmt: skip
    read_all()
    row = Purchase.objects.get(place_id=shop, order=seat.number)
    assert (row.person_id, row.paid_fen, row.paid_at, row.items) == (buyer, 5500, noon + MINUTE, 1)


def test_taking_a_seat_and_paying_for_it_asks_little_of_the_database(noon: datetime) -> None:
    """Every buyer of a hot group waits for the one before: a statement more is a wait more for each of them."""
    group, (first, buyer) = opened(noon), people(2, noon)
    pay(sit(group, first, noon).payment.id, noon)
    with CaptureQueriesContext(connection) as joining:
        seat = sit(group, buyer, noon)
    with CaptureQueriesContext(connection) as paying:
        pay(seat.payment.id, noon)
    around = 2  # the savepoint that stands for the transaction here, and its release
    asked_by_pay = 2  # the amount, and the payment's row
    assert (len(joining) - around, len(paying) - around - asked_by_pay) == (9, 9)


def test_whoever_joins_twice_has_one_seat(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    first = sit(group, buyer, noon)
    assert sit(group, buyer, noon + MINUTE) == first
    pay(first.payment.id, noon + MINUTE)
    again = sit(group, buyer, noon + 2 * MINUTE)
    assert (again.seat_id, again.payment.status) == (first.seat_id, "paid")
    assert pay(first.payment.id, noon + 3 * MINUTE) == "known"
    assert counts(group) == ("running", 1, 0)
    assert (Order.objects.count(), len(told("group_buy.joined")), len(told("order.paid"))) == (1, 1, 1)


def test_merged_records_have_one_seat_between_them(noon: datetime) -> None:
    group, (one, other) = opened(noon), people(2, noon)
    seat = sit(group, one, noon)
    merge(kept=other, gone=one, reasons=[], actor="staff:1", at=noon)
    assert sit(group, other, noon).seat_id == seat.seat_id
    assert Seat.objects.count() == 1


def test_the_limit_per_person_holds_across_groups_and_merged_records(noon: datetime) -> None:
    offer = on_shelf(noon, replace(TOWEL, per_person=1))
    one, other = people(2, noon)
    first, second = (opened(noon, key=key, offer=offer) for key in ("a", "b"))
    seat = sit(first, one, noon)
    merge(kept=other, gone=one, reasons=[], actor="staff:1", at=noon)
    with pytest.raises(CannotJoin, match="person_limit"):
        sit(second, other, noon)
    leave(seat_id=seat.seat_id, at=noon, actor="person:1")
    assert sit(second, other, noon).group_id == second


def test_the_price_of_a_seat_is_that_of_the_opening(noon: datetime) -> None:
    offer = on_shelf(noon)
    group = opened(noon, offer=offer)
    price_offer(offer_id=offer, price_fen=9900, group_price_fen=8800, at=noon + MINUTE, actor="staff:1")
    close_offer(offer_id=offer, at=noon + MINUTE, actor="staff:1")
    assert sit(group, people(1, noon)[0], noon + 2 * MINUTE).payment.amount_fen == 5500


def test_a_seat_not_paid_in_time_is_free_before_anybody_sweeps(noon: datetime) -> None:
    group, (slow, b, c, d) = opened(noon), people(4, noon)
    lapsed = sit(group, slow, noon)
    for person in (b, c):
        pay(sit(group, person, noon).payment.id, noon)
    with pytest.raises(CannotJoin, match="all_held"):
        sit(group, d, noon + HOLD - MINUTE)
    taken = sit(group, d, noon + HOLD)
    assert counts(group) == ("running", 2, 1)
    seen = seat_of(group_id=group, person_ids=[slow], now=noon + HOLD)
    assert seen is not None
    assert (seen.state, seen.until) == ("lapsed", None)
    # The slow one pays after all, while somebody else is at the till with the last seat: the money goes back.
    assert pay(lapsed.payment.id, noon + HOLD + MINUTE) == "settled"
    seen = seat_seen(seat_id=lapsed.seat_id, now=noon + HOLD + MINUTE)
    assert seen is not None
    assert (seen.state, seen.order_state) == ("too_late", "refunding")
    assert [(one.amount_fen, one.status, one.reason) for one in seen.refunds] == [(5500, "waiting", "came_too_late")]
    assert refunds_arrive(noon + HOLD + 2 * MINUTE) == 1
    assert pay(taken.payment.id, noon + HOLD + 3 * MINUTE) == "settled"
    assert counts(group) == ("filled", 3, 0)
    assert Order.objects.get(pk=lapsed.order_id).state == "refunded"
    assert balance(Account("cash:sandbox")) == 3 * 5500
    assert balance(Account("receivable", "order", lapsed.order_id)) == 0
    assert len(told("order.paid")) == 3
    assert told("order.refunded") == []
    assert set(trial_balance().values()) == {0}


def test_who_pays_late_sits_all_the_same_while_a_seat_is_free(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    seat = sit(group, buyer, noon)
    assert lapse_due(at=noon + HOLD) == 1
    assert lapse_due(at=noon + HOLD) == 0
    assert counts(group) == ("running", 0, 0)
    assert Order.objects.get(pk=seat.order_id).state == "cancelled"
    assert pay(seat.payment.id, noon + HOLD + MINUTE) == "late"
    assert counts(group) == ("running", 1, 0)
    assert Order.objects.values_list("state", "paid_fen").get(pk=seat.order_id) == ("paid", 5500)
    leave(seat_id=seat.seat_id, at=noon + HOLD + MINUTE, actor="person:1")
    assert len(told("order.cancelled")) == 1


def test_who_took_a_new_seat_and_then_pays_the_old_one_gets_that_money_back(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    old = sit(group, buyer, noon)
    new = sit(group, buyer, noon + HOLD)
    assert new.seat_id != old.seat_id
    assert pay(old.payment.id, noon + HOLD + MINUTE) == "settled"
    assert pay(new.payment.id, noon + HOLD + MINUTE) == "settled"
    assert counts(group) == ("running", 1, 0)
    assert dict(Seat.objects.values_list("pk", "state")) == {old.seat_id: "too_late", new.seat_id: "taken"}
    assert refunds_arrive(noon + HOLD + 2 * MINUTE) == 1
    assert balance(Account("cash:sandbox")) == 5500


def test_leaving_frees_the_seat_and_gives_the_money_back(noon: datetime) -> None:
    group, (paid, waiting) = opened(noon), people(2, noon)
    first, second = sit(group, paid, noon), sit(group, waiting, noon)
    pay(first.payment.id, noon)
    for seat in (first, second):
        assert leave(seat_id=seat.seat_id, at=noon + MINUTE, actor="person:1")
        assert not leave(seat_id=seat.seat_id, at=noon + 2 * MINUTE, actor="person:1")
    assert counts(group) == ("running", 0, 0)
    assert [body for _, body in told("group_buy.left")] == [
        {"group_buy": group, "seat": first.seat_id, "order": first.number}
    ]
    assert dict(Order.objects.values_list("pk", "state")) == {first.order_id: "refunding", second.order_id: "cancelled"}
    assert refunds_arrive(noon + 3 * MINUTE) == 1
    assert Order.objects.get(pk=first.order_id).state == "refunded"
    assert balance(Account("cash:sandbox")) == 0
    assert sit(group, paid, noon + 4 * MINUTE).seat_id not in (first.seat_id, second.seat_id)
    # Paid at the till in the moment of leaving: the money comes back.
    assert pay(second.payment.id, noon + 5 * MINUTE) == "late"
    assert refunds_arrive(noon + 5 * MINUTE) == 1
    assert Seat.objects.get(pk=second.seat_id).state == "left"
    assert balance(Account("cash:sandbox")) == 0


def test_at_the_deadline_everybody_has_the_money_back_once(noon: datetime) -> None:
    offer = on_shelf(noon)
    group, (a, b, c) = opened(noon, offer=offer), people(3, noon)
    end = noon + timedelta(hours=24)
    seats = [sit(group, person, end - 5 * MINUTE) for person in (a, b, c)]
    for seat in seats[:2]:
        pay(seat.payment.id, end - 2 * MINUTE)
    assert close_due(at=end - MINUTE) == 0
    assert due_group_buys(now=end) == (group,)
    with pytest.raises(CannotJoin, match="over"):
        sit(group, people(1, noon)[0], end)
    assert [close_due(at=end + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert lapse_due(at=end) == 1
    assert counts(group) == ("failed", 2, 0)
    assert Offer.objects.get(pk=offer).stock_left == 30
    assert told("group_buy.failed") == [
        ("group_buy.failed", {"group_buy": group, "product": Offer.objects.get().product_id, "seats": 3, "joined": 2})
    ]
    assert [body["reason"] for _, body in told("order.cancelled")] == ["group_failed", "group_failed", "unpaid"]
    seen = seat_of(group_id=group, person_ids=[a], now=end)
    assert seen is not None
    assert (seen.state, [one.status for one in seen.refunds]) == ("failed", ["waiting"])
    assert refunds_arrive(end + MINUTE) == 2
    assert refunds_arrive(end + MINUTE) == 0
    assert len(told("order.refunded")) == 2
    # Who pays after it failed has the money back too.
    assert pay(seats[2].payment.id, end + MINUTE) == "late"
    assert refunds_arrive(end + 2 * MINUTE) == 1
    assert balance(Account("cash:sandbox")) == 0
    assert set(trial_balance().values()) == {0}
    seen = seat_of(group_id=group, person_ids=[a], now=end + MINUTE)
    assert seen is not None
    assert (seen.order_state, [one.status for one in seen.refunds]) == ("refunded", ["done"])
    sitting = group_seen(group_id=group, now=end)
    assert sitting is not None
    assert [one.person_id for one in sitting.sitting] == [a, b]


def test_a_deadline_that_was_cut_short_is_taken_up_by_the_next_run(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = opened(noon)
    end = GroupBuy.objects.get().ends
    seats = [sit(group, person, end - 5 * MINUTE) for person in people(2, noon)]
    for seat in seats:
        pay(seat.payment.id, end - 4 * MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(closing, "give_back_all", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            close_due(at=end)
    assert counts(group) == ("failed", 2, 0)
    assert refunds_arrive(end) == 0
    assert close_due(at=end + MINUTE) == 0
    assert refunds_arrive(end + MINUTE) == 2
    assert balance(Account("cash:sandbox")) == 0


def test_money_that_came_in_time_counts_though_the_notice_came_after(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    end = noon + timedelta(hours=24)
    seat = sit(group, buyer, end - 5 * MINUTE)
    assert pay(seat.payment.id, end + MINUTE, paid_at=end - MINUTE) == "settled"
    assert counts(group) == ("running", 1, 0)
    with pytest.raises(CannotJoin, match="over"):
        sit(group, people(1, noon)[0], end + MINUTE)


def test_money_that_came_after_the_end_goes_back_before_the_clock_ran(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    end = noon + timedelta(hours=24)
    seat = sit(group, buyer, end - 5 * MINUTE)
    pay(seat.payment.id, end + MINUTE)
    assert counts(group) == ("running", 0, 0)
    assert Seat.objects.get().state == "too_late"
    close_due(at=end + MINUTE)
    assert refunds_arrive(end + MINUTE) == 1
    assert balance(Account("cash:sandbox")) == 0


def test_what_a_filled_group_sold_is_refunded_as_any_order(noon: datetime) -> None:
    group = opened(noon, seats=2)
    offer = Offer.objects.get()
    assert offer.stock_left == 28
    seats = [sit(group, person, noon) for person in people(2, noon)]
    pay(seats[0].payment.id, noon)
    for act in (
        lambda: cancel(order_id=seats[0].order_id, at=noon, actor="staff:1"),
        lambda: refund(order_id=seats[0].order_id, amount_fen=1, reason="x", key="1", at=noon, actor="staff:1"),
    ):
        with pytest.raises(NotNow, match="held_by_its_play"):
            act()
    pay(seats[1].payment.id, noon)
    assert cancel(order_id=seats[0].order_id, at=noon, actor="staff:1")
    assert not cancel(order_id=seats[0].order_id, at=noon, actor="staff:1")
    assert Offer.objects.get().stock_left == 29
    assert counts(group) == ("filled", 2, 0)


def test_a_group_needs_goods_for_all_its_seats(noon: datetime) -> None:
    offer = on_shelf(noon, replace(TOWEL, limit=5))
    opened(noon, offer=offer)
    with pytest.raises(SoldOut), transaction.atomic():
        opened(noon, key="g2", offer=offer)
    assert GroupBuy.objects.count() == 1
    assert Offer.objects.get().stock_left == 2


def test_a_group_is_opened_once(noon: datetime) -> None:
    offer, member = on_shelf(noon), people(1, noon)[0]
    assert opened(noon, offer=offer) == opened(noon, offer=offer)
    own = [open_group_buy(key=key, offer_id=offer, person_id=member, at=noon, actor="person:1") for key in "ab"]
    assert own[0] == own[1]
    assert Offer.objects.get().stock_left == 24
    assert len(told("group_buy.opened")) == 2


def test_a_group_is_not_opened_for_what_is_not_sold_so(noon: datetime) -> None:
    plain = on_shelf(noon, replace(TOWEL, group_price_fen=None, group_seats=None), key="plain")
    with pytest.raises(NoGroupBuy, match="not_offered"):
        opened(noon, offer=plain)
    closed = on_shelf(noon)
    close_offer(offer_id=closed, at=noon, actor="staff:1")
    with pytest.raises(NoGroupBuy, match="withdrawn"):
        opened(noon, offer=closed)
    with pytest.raises(NoGroupBuy, match="seats_out_of_range"):
        opened(noon, offer=on_shelf(noon, key="b"), seats=1)


def test_nobody_unknown_or_erased_sits(noon: datetime) -> None:
    group, buyer = opened(noon), people(1, noon)[0]
    with pytest.raises(GroupUnknown):
        sit(group + 99, buyer, noon)
    with pytest.raises(GroupUnknown):
        leave(seat_id=99, at=noon, actor="x")
    erase(person_id=buyer, with_words=False, actor="staff:1", at=noon)
    with pytest.raises(PersonIsErased):
        sit(group, buyer, noon)
    assert counts(group) == ("running", 0, 0)


def test_the_table_itself_refuses_a_seat_too_many(noon: datetime) -> None:
    group = opened(noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupBuy.objects.filter(pk=group).update(taken=2, held=2)


def test_lists_say_what_there_is(noon: datetime) -> None:
    offer = on_shelf(noon)
    soon, later = opened(noon, key="a", offer=offer), opened(noon + MINUTE, key="b", offer=offer)
    buyer = people(1, noon)[0]
    open_group_buy(key="c", offer_id=offer, ends=noon + MINUTE, at=noon, actor="staff:1")
    close_due(at=noon + 2 * MINUTE)
    seat = sit(soon, buyer, noon + 2 * MINUTE)
    assert [one.group_id for one in running_groups(offer_id=offer, now=noon + 2 * MINUTE)] == [soon, later]
    assert groups_by_state() == {
        "running": Counted(2), "filled": Counted(0), "failed": Counted(1), "unpaid": Counted(0),
    }  # fmt: skip
    assert [one.state for one in groups_in(states=["failed"], now=noon)] == ["failed"]
    assert [one.group_id for one in groups_in(now=noon, below=later)] == [soon]
    mine = seats_of(person_ids=[buyer], now=noon + 2 * MINUTE)
    assert [(one.seat_id, one.state, one.until) for one in mine] == [(seat.seat_id, "held", seat.until)]
    assert group_seen(group_id=soon + 99, now=noon) is None
    assert seat_of(group_id=later, person_ids=[buyer], now=noon) is None


def opened_by(person: int, offer: int, at: datetime, key: str = "own") -> int:
    return open_group_buy(key=key, offer_id=offer, person_id=person, at=at, actor=f"person:{person}")


OVER = HOLD + LINGER


def test_whoever_opens_a_group_and_does_not_pay_holds_the_goods_no_longer_than_a_seat(noon: datetime) -> None:
    offer, (stranger, friend) = on_shelf(noon), people(2, noon)
    group = opened_by(stranger, offer, noon)
    seat = sit(group, stranger, noon)
    assert Offer.objects.get().stock_left == 27
    assert (lapse_due(at=noon + HOLD), end_unpaid(at=noon + OVER - MINUTE)) == (1, 0)
    before = kinds_told("group_buy.", "order.")
    assert [end_unpaid(at=noon + OVER + n * MINUTE) for n in range(2)] == [1, 0]
    assert (counts(group), Offer.objects.get().stock_left) == (("unpaid", 0, 0), 30)
    assert kinds_told("group_buy.", "order.") == before, "it ends without noise"
    assert (Seat.objects.get().state, Order.objects.get().state) == ("lapsed", "cancelled")
    with pytest.raises(CannotJoin, match="unpaid"):
        sit(group, friend, noon + OVER)
    seen = group_seen(group_id=group, now=noon + OVER)
    assert seen is not None
    assert (seen.why_not, seen.failed_at, seen.missing) == ("unpaid", noon + OVER, 3)
    assert running_groups(offer_id=offer, now=noon + OVER) == ()
    assert close_due(at=noon + timedelta(days=2)) == 0
    # They may begin again, and so may anybody with these goods.
    anew = opened_by(stranger, offer, noon + OVER, key="again")
    assert (anew != group, sit(anew, stranger, noon + OVER).group_id, seat.group_id) == (True, anew, group)


def test_a_group_lives_on_while_somebody_in_it_paid_or_is_at_the_till(noon: datetime) -> None:
    offer, (stranger, friend, other) = on_shelf(noon), people(3, noon)
    paid, at_the_till = opened_by(stranger, offer, noon), opened_by(friend, offer, noon, key="b")
    sit(paid, stranger, noon)
    pay(sit(paid, other, noon).payment.id, noon + MINUTE)
    sit(at_the_till, friend, noon)
    sit(at_the_till, other, noon + HOLD)
    by_the_team = opened(noon, key="team", offer=offer)
    lapse_due(at=noon + OVER)
    assert end_unpaid(at=noon + OVER) == 0
    assert {counts(one)[0] for one in (paid, at_the_till, by_the_team)} == {"running"}
    lapse_due(at=noon + HOLD + OVER)
    assert end_unpaid(at=noon + HOLD + OVER) == 1
    assert [counts(one) for one in (paid, at_the_till)] == [("running", 1, 0), ("unpaid", 0, 0)]


def test_a_group_that_its_only_buyer_left_ends_and_the_money_goes_back(noon: datetime) -> None:
    stranger = people(1, noon)[0]
    group = opened_by(stranger, on_shelf(noon), noon)
    seat = sit(group, stranger, noon)
    pay(seat.payment.id, noon)
    leave(seat_id=seat.seat_id, at=noon + timedelta(hours=1), actor="person:1")
    assert end_unpaid(at=noon + timedelta(hours=1)) == 1
    assert (refunds_arrive(noon + timedelta(hours=1)), Offer.objects.get().stock_left) == (1, 30)
    assert balance(Account("cash:sandbox")) == 0
    assert pay(seat.payment.id, noon + timedelta(hours=2)) == "known"


def test_money_that_comes_late_opens_an_unpaid_group_again_while_there_are_goods(noon: datetime) -> None:
    stranger = people(1, noon)[0]
    group = opened_by(stranger, on_shelf(noon), noon)
    seat = sit(group, stranger, noon)
    lapse_due(at=noon + HOLD)
    end_unpaid(at=noon + OVER)
    assert pay(seat.payment.id, noon + timedelta(hours=1)) == "late"
    assert (counts(group), Offer.objects.get().stock_left) == (("running", 1, 0), 27)
    assert GroupBuy.objects.get().failed_at is None
    assert (Seat.objects.get().state, Order.objects.get().state) == ("taken", "paid")
    assert kinds_told("group_buy.") == ["group_buy.opened", "group_buy.joined"]
    for person in people(2, noon):
        pay(sit(group, person, noon + timedelta(hours=2)).payment.id, noon + timedelta(hours=2))
    assert counts(group) == ("filled", 3, 0)
    assert set(trial_balance().values()) == {0}


@pytest.mark.parametrize("gone", ["goods", "time", "another"])
def test_money_that_comes_too_late_for_an_unpaid_group_goes_back(noon: datetime, gone: str) -> None:
    offer, stranger = on_shelf(noon, replace(TOWEL, limit=6)), people(1, noon)[0]
    group = opened_by(stranger, offer, noon)
    seat = sit(group, stranger, noon)
    lapse_due(at=noon + HOLD)
    end_unpaid(at=noon + OVER)
    late = noon + timedelta(hours=25 if gone == "time" else 1)
    if gone == "goods":
        for key in ("b", "c"):
            opened(noon + OVER, key=key, offer=offer)
    if gone == "another":
        sit(opened_by(stranger, offer, noon + OVER, key="again"), stranger, noon + OVER)
    left = Offer.objects.get().stock_left
    assert pay(seat.payment.id, late) == "late"
    assert (counts(group), Offer.objects.get().stock_left) == (("unpaid", 0, 0), left)
    assert Seat.objects.get(pk=seat.seat_id).state == "too_late"
    assert refunds_arrive(late) == 1
    assert Order.objects.get(pk=seat.order_id).state == "refunded"
    assert (balance(Account("cash:sandbox")), set(trial_balance().values())) == (0, {0})
