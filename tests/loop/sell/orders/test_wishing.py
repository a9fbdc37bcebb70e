"""A buyer asks for money back after the goods were sent; the house gives it back, or says why not."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.at_once import at_once
from tests.loop.sell.cast import on_shelf, pay, people, refunds_arrive, told
from tongpin.core.books.queries import trial_balance
from tongpin.core.people.erasure import Erasing
from tongpin.loop.sell.orders.actions import NotNow, OrderUnknown, place_order, refund, ship
from tongpin.loop.sell.orders.erasing import erase_from_sell
from tongpin.loop.sell.orders.exporting import export_sell
from tongpin.loop.sell.orders.models import Order, OrderReturn
from tongpin.loop.sell.orders.queries import ReturnSeen, orders_by_state, orders_in, returns_of
from tongpin.loop.sell.orders.wishing import ReasonMissing, ask_return, refuse_return

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sent(noon: datetime, *, is_sent: bool = True) -> tuple[int, int]:
    """(order, buyer) of two towels."""
    buyer = people(1, noon)[0]
    placed = place_order(
        key="k", person_id=buyer, lines=[(on_shelf(noon), 2)], provider="sandbox", at=noon, actor=f"person:{buyer}"
    )
    pay(placed.payment.id, noon)
    if is_sent:
        ship(order_id=placed.order_id, at=noon, actor="staff:1")
    return placed.order_id, buyer


def ask(order: int, at: datetime, *, reason: str = "damaged", words: str = " 盖子碎了 ") -> int:
    return ask_return(order_id=order, reason=reason, words=words, at=at, actor="person:1")


def give(order: int, at: datetime, fen: int, key: str = "r") -> None:
    refund(order_id=order, amount_fen=fen, reason="damaged", key=key, at=at, actor="staff:1")


def test_money_back_answers_what_the_buyer_asked_for(noon: datetime) -> None:
    order, _ = sent(noon)
    assert [ask(order, noon + HOUR) for _ in range(2)] == [1, 1]
    assert [one.order_id for one in orders_in(asked_back=True)] == [order]
    assert orders_by_state()["asked_back"].n == 1
    for _ in range(2):
        give(order, noon + 2 * HOUR, 1000)
    number, product = Order.objects.get().number, told("order.item_added")[0][1]["product"]
    assert returns_of(order_id=order) == (
        ReturnSeen(1, "damaged", "盖子碎了", "refunded", "", noon + HOUR, noon + 2 * HOUR),
    )
    assert told("return.asked", "return.settled") == [
        (
            "return.asked",
            {"order": number, "return_number": "R1", "reason": "damaged", "product": product, "quantity": 2},
        ),
        ("return.settled", {"order": number, "return_number": "R1", "outcome": "refunded"}),
    ]
    assert (orders_in(asked_back=True), Order.objects.get().state) == ((), "shipped")
    # A part is left: they may ask again, until nothing is.
    assert ask(order, noon + 3 * HOUR) == 2
    give(order, noon + 4 * HOUR, 2 * 6900 - 1000, "rest")
    with pytest.raises(NotNow, match="refunding"):
        ask(order, noon + 5 * HOUR)
    assert refunds_arrive(noon + 5 * HOUR) == 2
    assert [one.state for one in returns_of(order_id=order)] == ["refunded"] * 2
    assert set(trial_balance().values()) == {0}


def test_a_refusal_says_why_and_moves_no_money(noon: datetime) -> None:
    order, _ = sent(noon)
    ask(order, noon)
    with pytest.raises(ReasonMissing):
        refuse_return(order_id=order, answer=" ", at=noon, actor="staff:1")
    found = [refuse_return(order_id=order, answer=" 拆封后不能退 ", at=noon + HOUR, actor="staff:1") for _ in range(2)]
    assert found == [True, False]
    assert [(one.state, one.answer) for one in returns_of(order_id=order)] == [("refused", "拆封后不能退")]
    assert [body["outcome"] for _, body in told("return.settled")] == ["refused"]
    assert (Order.objects.get().refunding_fen, refunds_arrive(noon)) == (0, 0)
    for n in (2, 3):
        assert ask(order, noon + n * HOUR) == n
        refuse_return(order_id=order, answer="不行", at=noon + n * HOUR, actor="staff:1")
    with pytest.raises(NotNow, match="asked_often"):
        ask(order, noon + 4 * HOUR)


def test_before_it_is_sent_and_without_a_reason_nothing_is_asked(noon: datetime) -> None:
    order, _ = sent(noon, is_sent=False)
    with pytest.raises(NotNow, match="paid"):
        ask(order, noon)
    with pytest.raises(ReasonMissing):
        ask(order, noon, reason="because")
    with pytest.raises(OrderUnknown):
        ask(order + 99, noon)
    with pytest.raises(OrderUnknown):
        refuse_return(order_id=order + 99, answer="x", at=noon, actor="staff:1")
    assert (OrderReturn.objects.count(), told("return.asked")) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_there_is_one_wish_and_one_answer(noon: datetime) -> None:
    order, _ = sent(noon)
    assert at_once(*[partial(ask, order, noon)] * 6) == [1] * 6
    deeds = [partial(refuse_return, order_id=order, answer="不行", at=noon, actor="staff:1")] * 3
    found = at_once(*deeds, partial(give, order, noon, 500))
    assert not [one for one in found if isinstance(one, Exception)]
    assert (len(told("return.asked")), len(told("return.settled"))) == (1, 1)


def test_what_was_said_is_handed_out_and_erased(noon: datetime) -> None:
    order, buyer = sent(noon)
    ask(order, noon)
    refuse_return(order_id=order, answer="拆封后不能退", at=noon, actor="staff:1")
    asked = next(section for section in export_sell((buyer,)) if section.code == "returns")
    told_to_them = {"at": noon, "reasons": "damaged", "words": "盖子碎了", "answer": "拆封后不能退"}
    assert asked.rows == [{"order": Order.objects.get().number, **told_to_them}]
    erase_from_sell(Erasing((buyer,), False, (), noon))
    assert OrderReturn.objects.values_list("words", "answer", "state").get() == ("", "", "refused")
