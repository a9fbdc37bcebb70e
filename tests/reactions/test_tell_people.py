"""Who applied, bought or joined a group hears what became of it: by mail where that is possible, else in the inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.loop.gather import cast as gather
from tests.loop.sell.cast import on_shelf, pay, people, refunds_arrive
from tongpin.core.ledger.entries import COLUMNS, from_rows
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.core.places.models import Community
from tongpin.core.sending import accounts
from tongpin.core.sending.models import Letter
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import TAKEN_BACK_WITHIN, accept, reconsider, refuse, take_back_accept
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.sell.orders import actions as orders
from tongpin.loop.sell.orders.rules import PAY_WITHIN
from tongpin.loop.sell.orders.settling import register as pay_for_orders
from tongpin.loop.sell.orders.wishing import ask_return, refuse_return
from tongpin.loop.sell.plays.group_buy.actions import close_due, join, open_group_buy
from tongpin.loop.sell.plays.group_buy.settling import register as pay_for_group_buys
from tongpin.loop.share.commissions.actions import accrue, release_due
from tongpin.loop.share.commissions.paying_out import pay_out, payout_returned, take_back_payout
from tongpin.reactions import phrases
from tongpin.reactions.table import LANES, table_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _payable() -> None:
    pay_for_orders()
    pay_for_group_buys()


def react(*kinds: str, twice: bool = True) -> None:
    """Hands every fact of these kinds to what tells people, twice: a lane that was killed hands it again."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from entry where kind = any(%s) order by seq", [list(kinds)])
        entries = list(from_rows(cursor.fetchall()))
    for entry in entries * (2 if twice else 1):
        for lane in LANES:
            for reaction in table_of(lane).get(entry.kind, ()):
                if reaction.call.__module__.endswith("tell_people"):
                    reaction.call(entry)


def letters() -> list[tuple[int | None, str, str]]:
    """(person, channel, subject), by number."""
    rows = Letter.objects.exclude(state="cancelled").order_by("pk")
    return [(row.person_id, row.channel, row.payload["subject"]) for row in rows]


def applied(noon: datetime, person: int) -> int:
    made = gather.opened(noon)
    return apply(
        community_id=made, person_id=person, answers=gather.ANSWERS, code_id=None, inviter_id=None,
        charter_edition=1, at=noon, actor=f"person:{person}",
    ).application_id  # fmt: skip


def test_being_let_in_is_told_when_it_can_no_longer_be_taken_back(noon: datetime) -> None:
    person = gather.somebody(noon)
    accept(application_id=applied(noon, person), at=noon, actor=gather.LIN)
    react("admission.accepted")
    ((who, channel, subject),) = letters()
    assert (who, channel, "青禾读书社" in subject) == (person, "web", True)
    row = Letter.objects.get()
    assert row.not_before == noon + TAKEN_BACK_WITHIN
    assert row.payload["card"]["url"].endswith(f"/c/{Community.objects.get().pk}/")


def test_a_slip_that_was_taken_back_is_never_told(noon: datetime) -> None:
    person = gather.somebody(noon)
    application = applied(noon, person)
    accept(application_id=application, at=noon, actor=gather.LIN)
    react("admission.accepted")
    take_back_accept(application_id=application, at=noon + timedelta(minutes=1), actor=gather.LIN)
    react("member.left")
    assert letters() == []
    assert Letter.objects.get().state == "cancelled"


def test_not_being_let_in_is_told_at_once(noon: datetime) -> None:
    person = gather.somebody(noon)
    refuse(application_id=applied(noon, person), reason="advertiser", at=noon, actor=gather.LIN)
    react("admission.refused")
    ((who, channel, _),) = letters()
    assert (who, channel) == (person, "web")


def connect_mail(noon: datetime) -> None:
    config = {"host": "smtp.example.com", "sender": "hello@example.com"}
    accounts.connect(kind="mail", config=config, at=noon, actor="staff:1")


@pytest.mark.parametrize(("connected", "known", "channel"), [(1, 1, "mail"), (1, 0, "web"), (0, 1, "web")])
def test_mail_is_chosen_where_the_house_has_it_and_the_person_too(
    noon: datetime, connected: int, known: int, channel: str
) -> None:
    signs = [sign("mail", "mei@example.org")] if known else []
    person = add_by_hand(nickname="小美", signs=signs, actor="staff:1", at=noon).person_id
    if connected:
        connect_mail(noon)
    accept(application_id=applied(noon, person), at=noon, actor=gather.LIN)
    react("admission.accepted")
    assert [one[1] for one in letters()] == [channel]


def paid_order(noon: datetime, person: int) -> Any:
    placed = orders.place_order(
        key="k", person_id=person, lines=[(on_shelf(noon), 1)], provider="manual", at=noon, actor=f"person:{person}"
    )
    pay(placed.payment.id, noon)
    return placed


def test_a_parcel_and_money_that_went_back_are_told_once(noon: datetime) -> None:
    (person,) = people(1, noon)
    placed = paid_order(noon, person)
    orders.ship(order_id=placed.order_id, carrier="顺丰", parcel="SF123", at=noon, actor="staff:1")
    react("order.shipped")
    (letter,) = Letter.objects.all()
    assert "顺丰 SF123" in letter.payload["text"]
    assert letter.payload["card"]["url"].endswith(f"/me/orders/{placed.number}/")
    orders.refund(order_id=placed.order_id, amount_fen=500, reason="quality", key="r", at=noon, actor="staff:1")
    refunds_arrive(noon)
    react("order.shipped", "order.refunded")
    assert [(who, channel) for who, channel, _ in letters()] == [(person, "web")] * 2
    assert "¥5.00" in Letter.objects.latest("pk").payload["subject"]


def test_money_that_came_too_late_for_what_is_gone_is_told_once_when_it_is_back(noon: datetime) -> None:
    slow, quick = people(2, noon)
    offer, later = on_shelf(noon, Terms(price_fen=6900, limit=1)), noon + PAY_WITHIN
    placed, other = (
        orders.place_order(
            key=f"k{person}", person_id=person, lines=[(offer, 1)], provider="manual", at=at, actor=f"person:{person}"
        )
        for person, at in ((slow, noon), (quick, later))
        if at == noon or orders.lapse_due(at=at)
    )
    pay(other.payment.id, later)
    pay(placed.payment.id, later + timedelta(minutes=1))
    react("payment.settled", "refund.asked", "refund.settled")
    assert letters() == []
    refunds_arrive(later + timedelta(minutes=2))
    react("refund.settled", "order.refunded")
    ((who, _, subject),) = letters()
    assert (who, "¥69.00" in subject, placed.number in subject) == (slow, True, True)
    assert Letter.objects.get().payload["card"]["url"].endswith(f"/me/orders/{placed.number}/")


def test_money_for_a_seat_that_nobody_has_any_more_is_told_when_it_is_back(noon: datetime) -> None:
    (person,) = people(1, noon)
    group = open_group_buy(key="g", offer_id=on_shelf(noon), seats=None, at=noon, actor="staff:1")
    held = join(group_id=group, person_id=person, provider="manual", at=noon, actor=f"person:{person}")
    end = noon + timedelta(days=2)
    close_due(at=end)
    pay(held.payment.id, end)
    refunds_arrive(end)
    react("group_buy.failed", "refund.settled", "order.refunded")
    assert [(who, "¥55.00" in subject) for who, _, subject in letters()] == [(person, True)]


def test_who_paid_an_order_twice_hears_that_one_of_them_is_back(noon: datetime) -> None:
    (person,) = people(1, noon)
    placed = orders.place_order(
        key="k", person_id=person, lines=[(on_shelf(noon), 1)], provider="sandbox", at=noon, actor=f"person:{person}"
    )
    again = orders.pay_otherwise(order_id=placed.order_id, provider="manual", at=noon, actor=f"person:{person}")
    for payment in (placed.payment, again):
        pay(payment.id, noon)
    refunds_arrive(noon)
    react("refund.settled", "order.refunded")
    assert [who for who, _, _ in letters()] == [person]
    orders.refund(order_id=placed.order_id, amount_fen=500, reason="quality", key="r", at=noon, actor="staff:1")
    refunds_arrive(noon)
    react("refund.settled", "order.refunded")
    assert [("¥69.00" in subject, "¥5.00" in subject) for _, _, subject in letters()] == [(True, False), (False, True)]


def group_of_three(noon: datetime, sitting: int) -> list[int]:
    who = people(sitting, noon)
    group = open_group_buy(key="g", offer_id=on_shelf(noon), seats=None, at=noon, actor="staff:1")
    for person in who:
        held = join(group_id=group, person_id=person, provider="manual", at=noon, actor=f"person:{person}")
        pay(held.payment.id, noon)
    return who


def test_everybody_in_a_full_group_is_told(noon: datetime) -> None:
    who = group_of_three(noon, 3)
    react("group_buy.filled")
    assert [one[0] for one in letters()] == who


def test_the_orders_of_a_group_are_asked_for_in_one_go(noon: datetime) -> None:
    group_of_three(noon, 3)
    with CaptureQueriesContext(connection) as seen:
        react("group_buy.filled", twice=False)
    asked = [one["sql"] for one in seen if 'FROM "shop_order"' in one["sql"] or 'FROM "order_line"' in one["sql"]]
    assert (len(asked), len(letters())) == (2, 3)


def test_of_a_group_that_failed_each_is_told_once_and_not_again_of_the_refund(noon: datetime) -> None:
    who = group_of_three(noon, 2)
    end = noon + timedelta(days=2)
    close_due(at=end)
    refunds_arrive(end)
    react("group_buy.failed", "order.refunded")
    assert [one[0] for one in letters()] == who
    assert {row.payload["text"].count("¥55.00") for row in Letter.objects.all()} == {1}


def test_letters_are_in_the_house_s_language_whoever_s_page_they_come_from(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    assert phrases.let_in(community="青禾", community_id=1).subject == "Welcome to 青禾"


def test_who_is_let_in_after_all_hears_it_once(noon: datetime) -> None:
    person = gather.somebody(noon)
    application = applied(noon, person)
    accept(application_id=application, at=noon, actor=gather.LIN)
    react("admission.accepted", "member.joined")
    assert len(letters()) == 1
    take_back_accept(application_id=application, at=noon + timedelta(minutes=1), actor=gather.LIN)
    react("member.left")
    again = noon + timedelta(minutes=2)
    accept(application_id=application, at=again, actor=gather.LIN)
    react("admission.accepted", "member.joined")
    assert [who for who, _, _ in letters()] == [person]


def paid_out(noon: datetime) -> tuple[int, int]:
    """(person, payout) of 8.80 yuan."""
    mei, lu = people(2, noon)
    accrue(order="A1", base_fen=11000, buyer=lu, introducer=mei, rate=800, held_days=0, at=noon)
    release_due(at=noon)
    made = pay_out(person_id=mei, amount_fen=880, nth=1, way="bank", reference="T-1", at=noon, actor="staff:1")
    return mei, made.id


def test_a_payout_is_told_when_it_can_no_longer_be_a_slip_and_again_where_it_bounced(noon: datetime) -> None:
    mei, payout = paid_out(noon)
    react("payout.settled")
    ((who, channel, subject),) = letters()
    assert (who, channel, "¥8.80" in subject) == (mei, "web", True)
    assert Letter.objects.get().not_before == noon + TAKEN_BACK_WITHIN
    Letter.objects.update(state="sent")
    payout_returned(payout_id=payout, at=noon + timedelta(days=3), actor="staff:1")
    react("payout.settled", "payout.failed")
    assert [one[0] for one in letters()] == [mei, mei]


def test_a_payout_that_was_a_slip_is_never_told(noon: datetime) -> None:
    _, payout = paid_out(noon)
    react("payout.settled")
    take_back_payout(payout_id=payout, at=noon + timedelta(minutes=1), actor="staff:1")
    react("payout.failed")
    assert (letters(), Letter.objects.get().state) == ([], "cancelled")


def test_a_refusal_taken_back_before_its_letter_left_is_never_told(noon: datetime) -> None:
    person = gather.somebody(noon)
    application = applied(noon, person)
    refuse(application_id=application, reason="advertiser", at=noon, actor=gather.LIN)
    react("admission.refused")
    reconsider(application_id=application, at=noon + timedelta(minutes=1), actor=gather.LIN)
    react("admission.reconsidered")
    assert letters() == []


def test_a_refusal_taken_back_later_is_told_and_so_is_each_decision_after_it(noon: datetime) -> None:
    person = gather.somebody(noon)
    application = applied(noon, person)
    accept(application_id=application, at=noon, actor=gather.LIN)
    react("admission.accepted", "member.joined")
    take_back_accept(application_id=application, at=noon, actor=gather.LIN)
    react("member.left")
    for reason in ("advertiser", "full"):
        refuse(application_id=application, reason=reason, at=noon, actor=gather.LIN)
        react("admission.refused")
        Letter.objects.filter(state="queued").update(state="sent")
        reconsider(application_id=application, at=noon, actor=gather.LIN)
        react("admission.reconsidered")
    assert [who for who, _, _ in letters()] == [person] * 4
    accept(application_id=application, at=noon, actor=gather.LIN)
    react("admission.accepted", "member.joined")
    assert len(letters()) == 5


def test_who_asked_for_money_back_and_gets_none_hears_why_once(noon: datetime) -> None:
    buyer = people(1, noon)[0]
    placed = orders.place_order(
        key="k", person_id=buyer, lines=[(on_shelf(noon), 1)], provider="manual", at=noon, actor="t"
    )
    pay(placed.payment.id, noon)
    orders.ship(order_id=placed.order_id, at=noon, actor="t")
    for answer in ("", "拆封后不能退"):
        ask_return(order_id=placed.order_id, reason="unwanted", at=noon, actor="t")
        if answer:
            refuse_return(order_id=placed.order_id, answer=answer, at=noon, actor="t")
        else:
            orders.refund(order_id=placed.order_id, amount_fen=1, reason="goodwill", key="a", at=noon, actor="t")
    react("return.settled")
    assert [row.payload["text"].count("拆封后不能退") for row in Letter.objects.all()] == [1]
    assert [who for who, _, _ in letters()] == [buyer]
