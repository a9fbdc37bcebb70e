"""What follows for introducers when somebody comes, buys, receives, sends back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.loop.gather.cast import community
from tests.loop.sell.cast import TOWEL, on_shelf, pay, refunds_arrive
from tests.loop.share.cast import people, told
from tests.reactions.reading import caught_up
from tongpin.core.books.queries import crooked_accounts, trial_balance
from tongpin.core.places.codes import open_code
from tongpin.core.places.joining import join as join_place
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.sell.orders.actions import cancel, place_order, receive, refund, ship
from tongpin.loop.sell.orders.settling import register as pay_for_orders
from tongpin.loop.sell.plays.group_buy.actions import close_due, join, open_group_buy
from tongpin.loop.sell.plays.group_buy.settling import register as pay_for_group_buys
from tongpin.loop.share.commissions.actions import set_terms
from tongpin.loop.share.commissions.queries import Earnings, LineSeen, earnings_of, lines_of_order
from tongpin.loop.share.referrals.actions import count_from, own_link
from tongpin.loop.share.referrals.coming import Coming, bind_newcomer, first_coming
from tongpin.loop.share.referrals.queries import LinkSeen, referral_of
from tongpin.reactions.share_rewards import release_rewards

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _reading(noon: datetime) -> Iterator[None]:
    pay_for_orders()
    pay_for_group_buys()
    caught_up()
    set_terms(community_id=0, rate=1000, held_days=7, at=noon - DAY, actor="staff:1")
    yield
    assert (set(trial_balance().values()) <= {0}, crooked_accounts()) == (True, [])


def link_to(person: int, offer: int, noon: datetime) -> LinkSeen:
    return own_link(person_id=person, target_kind="offer", target=offer, at=noon, actor="t")


def bought(
    person: int, offer: int, at: datetime, *, code: int = 0, key: str = "a", quantity: int = 1
) -> tuple[int, str]:
    """A paid order: its number inside and its number as people type it."""
    placed = place_order(
        key=key, person_id=person, lines=[(offer, quantity)], provider="sandbox", tracked_code=code, at=at, actor="t"
    )
    pay(placed.payment.id, at)
    caught_up()
    return placed.order_id, placed.number


def line(order: str) -> LineSeen:
    (found,) = lines_of_order(order=order)
    return found


def test_a_newcomers_first_order_by_a_link_binds_them_qualifies_and_earns(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    link = link_to(mei, offer, noon)
    _, number = bought(lu, offer, noon, code=link.code_id)
    bond = referral_of(person_id=lu, now=noon)
    assert bond is not None
    assert (bond.inviter, bond.generation, bond.state, bond.order) == (mei, 1, "in_return_period", number)
    held = line(number)
    assert (held.introducer, held.base_fen, held.rate, held.accrued_fen) == (mei, 6900, 1000, 690)
    assert held.held_until == noon + 7 * DAY
    _, second = bought(lu, offer, noon + DAY, key="b")
    assert line(second).accrued_fen == 690


def test_who_bought_or_joined_before_is_nobodys_newcomer(noon: datetime) -> None:
    mei, old, other = people(3, noon)
    offer = on_shelf(noon)
    link = link_to(mei, offer, noon)
    bought(old, offer, noon)
    _, number = bought(old, offer, noon + DAY, code=link.code_id, key="b")
    assert (referral_of(person_id=old, now=noon + DAY), lines_of_order(order=number)) == (None, [])
    bought(mei, offer, noon, code=link.code_id)
    assert (first_coming(person_id=mei), referral_of(person_id=mei, now=noon)) == (Coming(noon, link.code_id, 0), None)
    assert (first_coming(person_id=other), bind_newcomer(person_id=other)) == (None, None)


def test_whoever_joins_by_a_link_is_brought_by_its_owner_and_the_next_is_the_second_generation(noon: datetime) -> None:
    mei, lu, niu = people(3, noon)
    made = community(noon)
    place = web_place_of(community_id=made, at=noon, actor="t")
    for inviter, newcomer in ((mei, lu), (lu, niu)):
        link = own_link(person_id=inviter, target_kind="community", target=made, at=noon, actor="t")
        join_place(person_id=newcomer, place_id=place, code_id=link.code_id, actor="t", at=noon)
        caught_up()
    bonds = [referral_of(person_id=one, now=noon) for one in (lu, niu)]
    assert [(one.inviter, one.generation, one.community) for one in bonds if one] == [(mei, 1, made), (lu, 2, made)]


def test_a_link_that_is_followed_is_told_with_whose_it_is(noon: datetime) -> None:
    mei, lu = people(2, noon)
    link = link_to(mei, 1, noon)
    open_code(code=link.code, person_id=None, at=noon)
    open_code(code=link.code, person_id=mei, at=noon)
    open_code(code=link.code, person_id=lu, at=noon)
    caught_up()
    facts = told("referral_link.opened")
    assert [(who, body["inviter"], body.get("itself", False)) for _, who, body in facts] == [
        (None, mei, False), (mei, mei, True), (lu, mei, False),
    ]  # fmt: skip


def test_a_reward_waits_until_the_goods_can_no_longer_go_back_and_is_free_then(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    order, number = bought(lu, offer, noon, code=link_to(mei, offer, noon).code_id)
    # Not sent yet on the seventh day: the days have not even begun.
    assert (release_rewards(at=noon + 7 * DAY), line(number).held_until) == (0, noon + 14 * DAY)
    ship(order_id=order, at=noon + 8 * DAY, actor="t")
    receive(order_id=order, at=noon + 9 * DAY, actor="t")
    caught_up()
    assert line(number).held_until == noon + 16 * DAY
    assert (release_rewards(at=noon + 15 * DAY), release_rewards(at=noon + 16 * DAY)) == (0, 1)
    assert earnings_of(person_id=mei) == Earnings(690, 0, 0, 0, 690, 1)
    refund(order_id=order, amount_fen=2900, reason="quality", key="k", at=noon + 17 * DAY, actor="t")
    refunds_arrive(noon + 17 * DAY)
    caught_up()
    assert earnings_of(person_id=mei) == Earnings(400, 0, 290, 0, 690, 1)


def test_what_was_sent_and_never_confirmed_counts_as_arrived_after_a_while(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    order, number = bought(lu, offer, noon, code=link_to(mei, offer, noon).code_id)
    ship(order_id=order, at=noon, actor="t")
    freed = [release_rewards(at=noon + day * DAY) for day in (7, 14, 21, 22)]
    assert (freed, line(number).state) == ([0, 0, 0, 1], "free")


def test_all_the_goods_back_undo_reward_and_referral_and_the_next_order_qualifies_anew(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    order, number = bought(lu, offer, noon, code=link_to(mei, offer, noon).code_id)
    cancel(order_id=order, at=noon + DAY, actor="t")
    refunds_arrive(noon + DAY)
    caught_up()
    assert (line(number).state, line(number).stays_fen) == ("taken_back", 0)
    assert [one.state for one in (referral_of(person_id=lu, now=noon + DAY),) if one] == ["returned"]
    _, second = bought(lu, offer, noon + 2 * DAY, key="b")
    again = referral_of(person_id=lu, now=noon + 2 * DAY)
    assert again is not None
    assert (again.state, again.order) == ("in_return_period", second)
    assert earnings_of(person_id=mei) == Earnings(0, 690, 690, 0, 1380, 2)


def test_an_order_that_went_back_before_it_was_read_earns_nothing_in_the_end(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    placed = place_order(
        key="a", person_id=lu, lines=[(offer, 1)], provider="sandbox", tracked_code=link_to(mei, offer, noon).code_id,
        at=noon, actor="t",
    )  # fmt: skip
    pay(placed.payment.id, noon)
    cancel(order_id=placed.order_id, at=noon, actor="t")
    refunds_arrive(noon)
    caught_up()
    assert earnings_of(person_id=mei) == Earnings(0, 0, 690, 0, 690, 1)


def test_the_terms_are_those_of_the_moment_it_was_paid_and_an_order_earns_no_more_than_they_say(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    code = link_to(mei, offer, noon).code_id
    set_terms(community_id=0, rate=1000, held_days=7, most_fen=1000, at=noon - timedelta(hours=1), actor="staff:1")
    set_terms(community_id=0, rate=5000, held_days=0, at=noon + DAY, actor="staff:1")
    order, number = bought(lu, offer, noon, code=code, quantity=2)
    assert (line(number).base_fen, line(number).accrued_fen, line(number).held_days) == (13800, 1000, 7)
    # Two thirds of the goods go back: what stays sold earns less than the most, and only then is something taken back.
    for key, fen, stays in (("1", 3800, 1000), ("2", 5000, 500)):
        refund(order_id=order, amount_fen=fen, reason="quality", key=key, at=noon, actor="t")
        refunds_arrive(noon)
        caught_up()
        assert line(number).stays_fen == stays


def test_where_nothing_is_promised_bonds_are_made_and_nothing_is_earned(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    set_terms(community_id=0, rate=0, held_days=7, at=noon - timedelta(hours=1), actor="staff:1")
    _, number = bought(lu, offer, noon, code=link_to(mei, offer, noon).code_id)
    bond = referral_of(person_id=lu, now=noon)
    assert (bond is not None and bond.state, lines_of_order(order=number)) == ("in_return_period", [])


def test_a_plain_order_and_a_full_group_ask_their_buyers_once_to_tell_a_friend(noon: datetime) -> None:
    mei, lu, niu = people(3, noon)
    offer = on_shelf(noon, TOWEL)
    order, _ = bought(mei, offer, noon)
    group = open_group_buy(key="g", offer_id=offer, seats=2, at=noon, actor="staff:1")
    for one in (lu, niu):
        held = join(group_id=group, person_id=one, provider="sandbox", at=noon, actor="t")
        pay(held.payment.id, noon)
        caught_up()
    asked = [(who, body["about_kind"], body["about"]) for _, who, body in told("share.asked")]
    assert sorted(asked, key=str) == sorted(
        [(mei, "order", order), (lu, "group_buy", group), (niu, "group_buy", group)], key=str
    )


def test_a_group_that_nobody_fills_leaves_no_reward_behind(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon, TOWEL)
    group = open_group_buy(key="g", offer_id=offer, at=noon, actor="staff:1")
    link = own_link(person_id=mei, target_kind="group_buy", target=group, at=noon, actor="t")
    held = join(group_id=group, person_id=lu, provider="sandbox", tracked_code=link.code_id, at=noon, actor="t")
    pay(held.payment.id, noon)
    caught_up()
    assert earnings_of(person_id=mei).in_return_period_fen == 550
    close_due(at=noon + 2 * DAY)
    refunds_arrive(noon + 2 * DAY)
    caught_up()
    assert earnings_of(person_id=mei) == Earnings(0, 0, 550, 0, 550, 1)
    assert told("share.asked") == []


def test_a_referral_counts_from_when_the_goods_can_no_longer_go_back(noon: datetime) -> None:
    mei, lu = people(2, noon)
    offer = on_shelf(noon)
    order, number = bought(lu, offer, noon, code=link_to(mei, offer, noon).code_id)

    def counts() -> datetime | None:
        caught_up()
        bond = referral_of(person_id=lu, now=noon)
        return bond.counts_from if bond else None

    assert counts() == noon + 22 * DAY
    ship(order_id=order, at=noon + 10 * DAY, actor="t")
    assert counts() == noon + 32 * DAY
    receive(order_id=order, at=noon + 12 * DAY, actor="t")
    assert counts() == noon + 19 * DAY
    assert not count_from(newcomer=lu, order="another", moment=noon)
    refund(order_id=order, amount_fen=6900, reason="quality", key="k", at=noon + 18 * DAY, actor="t")
    refunds_arrive(noon + 18 * DAY)
    caught_up()
    assert not count_from(newcomer=lu, order=number, moment=noon)
    assert [one.state for one in (referral_of(person_id=lu, now=noon + 30 * DAY),) if one] == ["returned"]
