"""Commissions held, released, taken back; books that sum to zero throughout."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from tests.loop.share.cast import found_to_be_one, people, told
from tongpin.core.books.actions import post
from tongpin.core.books.queries import balance, crooked_accounts, trial_balance
from tongpin.core.books.rules import Account, Transfer, purse
from tongpin.core.people.models import Person
from tongpin.loop.share.commissions.actions import (
    HOUSE,
    AccruedOtherwise,
    BadTerms,
    GenerationForbidden,
    TakenBackOtherwise,
    accrue,
    hold_longer,
    release_due,
    set_terms,
    take_back,
)
from tongpin.loop.share.commissions.models import Commission, CommissionTerms, TakenBack
from tongpin.loop.share.commissions.queries import (
    Earnings,
    LineSeen,
    earnings_of,
    editions_of,
    latest_terms,
    line_seen,
    lines_of,
    lines_of_order,
    terms_in,
)
from tongpin.loop.share.commissions.rules import Terms

pytestmark = pytest.mark.django_db
KINDS = ("commission.accrued", "commission.released", "commission.clawed_back", "commission.withheld")


def sale(introducer: int, buyer: int, noon: datetime, order: str = "A1", **other: Any) -> LineSeen | None:
    """110.00 yuan at 8 %, held for a week."""
    wanted = {"base_fen": 11000, "rate": 800, "held_days": 7} | other
    return accrue(order=order, buyer=buyer, introducer=introducer, at=noon, **wanted)


def draw(person: int, amount: int, noon: datetime, key: int = 1) -> None:
    """What a payout does."""
    moved = Transfer(amount, purse("commission", part="free", person_id=person), Account("payable", "person", person))
    post([moved], about_kind="payout", about=key, reason="drawn", at=noon, actor="t", key=("test", person, key))


def sound() -> bool:
    return set(trial_balance().values()) <= {0} and not crooked_accounts()


def test_a_sale_is_held_for_its_introducer_and_once(noon: datetime) -> None:
    mei, lu = people(2, noon)
    line = sale(mei, lu, noon)
    assert line is not None
    assert line == LineSeen(
        id=line.id,
        order="A1",
        generation=1,
        introducer=mei,
        buyer=lu,
        community=0,
        base_fen=11000,
        refunded_fen=0,
        rate=800,
        most_fen=0,
        held_days=7,
        accrued_fen=880,
        taken_fen=0,
        owed_fen=0,
        state="held",
        held_until=noon + timedelta(days=7),
        accrued_at=noon,
        released_at=None,
    )
    assert sale(mei, lu, noon + timedelta(days=1)) == line == line_seen(commission_id=line.id)
    assert earnings_of(person_id=mei) == Earnings(0, 880, 0, 0, 880, 1)
    assert balance(HOUSE) == -880
    with pytest.raises(AccruedOtherwise):
        sale(mei, lu, noon, rate=900)
    said = {"commission": line.id, "order": "A1", "base_fen": 11000, "rate": 800, "amount_fen": 880}
    assert told(*KINDS) == [("commission.accrued", mei, said | {"held_until": "2026-11-29", "buyer": lu})]
    assert sound()


def test_nothing_is_earned_by_ones_own_purchase_without_a_rate_or_by_somebody_gone(noon: datetime) -> None:
    mei, mei_again, lu, gone = people(4, noon)
    found_to_be_one(mei, mei_again, noon)
    Person.objects.filter(pk=gone).update(erased_at=noon)
    assert sale(mei, mei, noon) is None
    assert sale(mei, mei_again, noon) is None
    assert sale(gone, lu, noon) is None
    assert sale(999_999, lu, noon) is None
    assert sale(mei, lu, noon, rate=0) is None
    assert sale(mei, lu, noon, base_fen=4, rate=1000) is None
    assert sale(mei, lu, noon, base_fen=-5) is None
    with pytest.raises(BadTerms):
        sale(mei, lu, noon, rate=9000)
    assert not Commission.objects.exists()
    assert told(*KINDS) == []


def test_a_second_generation_is_refused_unless_the_house_switched_it_on(noon: datetime, settings: Settings) -> None:
    lin, mei, lu = people(3, noon)
    sale(mei, lu, noon)
    with pytest.raises(GenerationForbidden):
        sale(lin, lu, noon, generation=2, rate=200)
    assert len(lines_of_order(order="A1")) == 1
    settings.COMMISSION_GENERATIONS = 9
    with pytest.raises(GenerationForbidden):
        sale(lin, lu, noon, generation=3, rate=200)
    second = sale(lin, lu, noon, generation=2, rate=200)
    assert second is not None
    assert [(one.introducer, one.accrued_fen) for one in lines_of_order(order="A1")] == [(mei, 880), (lin, 220)]
    assert take_back(order="A1", refund="R1", refunded_fen=11000, at=noon) == 1100
    assert sound()


def test_a_commission_is_released_once_its_return_period_is_over(noon: datetime) -> None:
    mei, lu = people(2, noon)
    line = sale(mei, lu, noon)
    assert line is not None
    week = noon + timedelta(days=7)
    assert release_due(at=week - timedelta(seconds=1)) == ()
    assert release_due(at=week) == (line.id,)
    assert release_due(at=week) == ()
    assert earnings_of(person_id=mei) == Earnings(880, 0, 0, 0, 880, 1)
    seen = line_seen(commission_id=line.id)
    assert seen is not None
    assert (seen.state, seen.released_at, seen.stays_fen) == ("free", week, 880)
    assert told("commission.released") == [("commission.released", mei, {"commission": line.id, "amount_fen": 880})]
    assert sound()


def test_goods_that_arrive_late_are_held_longer_never_shorter(noon: datetime) -> None:
    mei, lu = people(2, noon)
    line = sale(mei, lu, noon)
    assert line is not None
    later = noon + timedelta(days=12)
    assert hold_longer(order="A1", until=later, reason="arrived", at=noon)
    assert not hold_longer(order="A1", until=later, reason="arrived", at=noon)
    assert not hold_longer(order="A1", until=noon, reason="arrived", at=noon)
    assert not hold_longer(order="A2", until=later, reason="arrived", at=noon)
    assert release_due(at=noon + timedelta(days=8)) == ()
    assert release_due(at=later) == (line.id,)
    assert not hold_longer(order="A1", until=later + timedelta(days=1), reason="arrived", at=later)
    assert told("commission.withheld") == [("commission.withheld", mei, {"commission": line.id, "reason": "arrived"})]


def test_a_part_refunded_takes_back_its_part_and_all_of_it_ends_the_matter(noon: datetime) -> None:
    mei, lu = people(2, noon)
    line = sale(mei, lu, noon)
    assert line is not None
    assert take_back(order="A1", refund="R1", refunded_fen=3333, at=noon) == 267
    assert take_back(order="A1", refund="R1", refunded_fen=3333, at=noon) == 0
    with pytest.raises(TakenBackOtherwise):
        take_back(order="A1", refund="R1", refunded_fen=1, at=noon)
    assert earnings_of(person_id=mei) == Earnings(0, 613, 267, 0, 880, 1)
    assert take_back(order="A1", refund="R2", refunded_fen=99_999, at=noon) == 613
    assert take_back(order="A1", refund="R3", refunded_fen=1, at=noon) == 0
    assert take_back(order="unknown", refund="R1", refunded_fen=100, at=noon) == 0
    seen = line_seen(commission_id=line.id)
    assert seen is not None
    assert (seen.state, seen.refunded_fen, seen.stays_fen) == ("taken_back", 11000, 0)
    assert release_due(at=noon + timedelta(days=30)) == ()
    assert [body for _, _, body in told("commission.clawed_back")] == [
        {"commission": line.id, "refund": "R1", "amount_fen": 267, "order": "A1"},
        {"commission": line.id, "refund": "R2", "amount_fen": 613, "order": "A1"},
    ]
    assert balance(HOUSE) == 0
    assert sound()


def test_what_was_drawn_is_owed_and_comes_off_what_is_released_next(noon: datetime) -> None:
    mei, lu = people(2, noon)
    sale(mei, lu, noon)
    week = noon + timedelta(days=7)
    release_due(at=week)
    draw(mei, 700, week)
    assert take_back(order="A1", refund="R1", refunded_fen=11000, at=week) == 880
    assert earnings_of(person_id=mei) == Earnings(0, 0, 880, 700, 880, 1)
    assert [one.owed_fen for one in lines_of(person_id=mei)] == [700]
    sale(mei, lu, week, "A2", base_fen=5000)
    sale(mei, lu, week, "A3")
    release_due(at=week + timedelta(days=7), limit=1)
    assert earnings_of(person_id=mei) == Earnings(0, 880, 880, 300, 2160, 3)
    release_due(at=week + timedelta(days=7))
    assert earnings_of(person_id=mei) == Earnings(580, 0, 880, 0, 2160, 3)
    assert not TakenBack.objects.filter(owed_fen__gt=0).exists()
    assert sound()


def test_earnings_and_lines_are_read_over_merged_records_in_pages(noon: datetime) -> None:
    mei, mei_again, lu = people(3, noon)
    sale(mei, lu, noon)
    sale(mei_again, lu, noon, "A2")
    found_to_be_one(mei_again, mei, noon)
    assert earnings_of(person_id=mei) == Earnings(0, 1760, 0, 0, 1760, 2)
    page = lines_of(person_id=mei, size=1)
    assert [one.order for one in page] == ["A2"]
    assert [one.order for one in lines_of(person_id=mei, older_than=page[0].id)] == ["A1"]
    assert len(lines_of()) == 2
    assert lines_of(person_id=lu) == []


def test_nothing_is_promised_until_terms_are_set_and_the_house_stands_in_for_a_community(noon: datetime) -> None:
    assert terms_in(community_id=7) == Terms(0, 7)
    set_terms(community_id=0, rate=500, held_days=10, at=noon, actor="staff:1")
    assert terms_in(community_id=7) == Terms(500, 10)
    for rate in (800, 800, 1000):
        set_terms(community_id=7, rate=rate, held_days=7, at=noon, actor="staff:1")
    assert (terms_in(community_id=7), terms_in(community_id=8)) == (Terms(1000, 7), Terms(500, 10))
    assert [(one.edition, one.terms.rate) for one in editions_of(community_id=7)] == [(2, 1000), (1, 800)]
    with pytest.raises(BadTerms) as refused:
        set_terms(community_id=7, rate=5001, held_days=7, at=noon, actor="staff:1")
    assert refused.value.reason == "strange_rate"
    assert CommissionTerms.objects.count() == 3


def test_terms_hold_from_the_moment_they_were_set_and_stand_with_what_they_earned(noon: datetime) -> None:
    later = noon + timedelta(days=1)
    set_terms(community_id=0, rate=500, held_days=7, at=noon, actor="staff:1")
    set_terms(community_id=7, rate=800, held_days=3, most_fen=600, at=later, actor="staff:1")
    assert terms_in(community_id=7, at=noon - timedelta(seconds=1)) == Terms()
    assert [terms_in(community_id=7, at=at) for at in (noon, later)] == [Terms(500, 7), Terms(800, 3, 600)]
    assert {number: one.terms for number, one in latest_terms().items()} == {0: Terms(500, 7), 7: Terms(800, 3, 600)}
    mei, lu = people(2, noon)
    line = sale(mei, lu, noon, most_fen=600, community_id=7)
    assert line is not None
    assert (line.accrued_fen, line.most_fen, line.community, line.held_days) == (600, 600, 7, 7)
    with pytest.raises(AccruedOtherwise):
        sale(mei, lu, noon, most_fen=700)
    assert [one.order for one in lines_of(communities=[7])] == ["A1"]
    assert lines_of(communities=[8]) == lines_of(state="free") == []
