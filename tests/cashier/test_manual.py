"""Paying by hand: lines to follow, and a person who looks."""

from __future__ import annotations

import pytest

from tests.cashier.stores import ContestedStore, MemoryStore
from tests.cashier.till import NOON, back, charge, later
from tongpin.cashier.configuration import BadConfig
from tongpin.cashier.manual import Manual, open_manual
from tongpin.cashier.port import BadNotice, Begun, ChargeState, Line, TransportError

ACCOUNT = "某某茶行\n 某某银行武夷山支行 \n\n6222 0000 0000 0000"
LINES = (
    Line("account", "某某茶行"),
    Line("account", "某某银行武夷山支行"),
    Line("account", "6222 0000 0000 0000"),
    Line("amount", "¥88.00"),
    Line("reference", "order-1"),
)


def manual(store: MemoryStore | None = None, account: str = ACCOUNT, **settings: str) -> Manual:
    return open_manual(config={"account": account, **settings}, store=store or MemoryStore())


def test_the_payer_gets_account_amount_and_reference() -> None:
    begun = manual(picture_url="https://shop.example/code.png").begin(charge=charge(), now=NOON)
    assert begun == Begun(way="lines", url="https://shop.example/code.png", lines=LINES)


def test_who_began_to_pay_keeps_the_account_though_the_merchant_changed_it() -> None:
    store = MemoryStore()
    first = manual(store).begin(charge=charge(), now=NOON)
    assert manual(store, account="别的账户").begin(charge=charge(), now=later(days=1)) == first


def test_the_payer_writes_what_people_can_type_and_keeps_it() -> None:
    store = MemoryStore()
    asked = charge(reference="T261122-7K3M-9Q2X")
    first = manual(store).begin(charge=asked, now=NOON)
    assert first.lines[-1] == Line("reference", "T261122-7K3M-9Q2X")
    assert manual(store).begin(charge=charge(reference="another"), now=later(minutes=1)) == first


def test_who_was_told_the_number_before_there_was_a_reference_keeps_it() -> None:
    store = MemoryStore()
    manual(store).begin(charge=charge(), now=NOON)
    kept, _version = store.kept["charge:order-1"]
    del kept["reference"]
    again = manual(store).begin(charge=charge(reference="T261122-7K3M-9Q2X"), now=NOON)
    assert again.lines == LINES


def test_of_two_who_begin_at_once_both_are_told_the_same() -> None:
    store = ContestedStore()
    told: list[Begun] = []
    store.quicker.append(lambda: told.append(manual(store, account="别的账户").begin(charge=charge(), now=NOON)))
    assert manual(store).begin(charge=charge(), now=NOON) == told[0]
    assert told[0].lines[0] == Line("account", "别的账户")


def test_what_only_a_person_can_do_is_refused_as_that() -> None:
    till = manual()
    till.begin(charge=charge(), now=NOON)
    for ask in (
        lambda: till.query(number="order-1", now=NOON),
        lambda: till.refund(order=back(), now=NOON),
        lambda: till.query_refund(number="back-1", charge_number="order-1", now=NOON),
    ):
        with pytest.raises(TransportError) as caught:
            ask()
        assert (caught.value.permanent, caught.value.reason) == (True, "needs_human")


def test_nobody_sends_notices_or_bills() -> None:
    with pytest.raises(BadNotice):
        manual().parse_notice(headers={}, body=b"", now=NOON)
    with pytest.raises(TransportError, match="not_offered"):
        manual().bill(day=NOON.date(), now=NOON)


def test_what_was_begun_can_be_closed_and_nothing_else() -> None:
    till = manual()
    till.begin(charge=charge(), now=NOON)
    assert till.close(number="order-1", now=NOON) == ChargeState(status="closed", amount_fen=8800)
    assert till.close(number="order-2", now=NOON) == ChargeState(status="absent")


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ({}, "account"),
        ({"account": "\n"}, "account"),
        ({"account": "a", "picture_url": "javascript:alert(1)"}, "picture_url"),
        ({"account": "a", "bank": "b"}, "bank"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, str], setting: str) -> None:
    with pytest.raises(BadConfig) as caught:
        open_manual(config=wrong, store=MemoryStore())
    assert caught.value.setting == setting
