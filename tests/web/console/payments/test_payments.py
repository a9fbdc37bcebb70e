"""Settings → Payments: ways to pay, transfers that came, refunds that are stuck, differences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.core.files.making import photographed
from tests.loop.sell.cast import kinds_told, on_shelf
from tests.web.console.shop_files import at_work, url
from tongpin.core.books.queries import trial_balance
from tongpin.core.files.models import StoredFile
from tongpin.core.money.actions import close_payment, send_refunds
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import Discrepancy, Payment, Refund, Till
from tongpin.core.money.setting_up import set_up_till, till_settings, tills
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.team.rules import Held
from tongpin.loop.sell.orders.actions import Placed, pay_otherwise, place_order
from tongpin.loop.sell.orders.actions import refund as give_back
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.settling import register
from tongpin.web.console import payments_page

pytestmark = pytest.mark.django_db
ACCOUNT = "乐乐绘本馆\n工商银行临安支行\n6222 0000 0000 0000"


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    register()
    with travel(noon, tick=False):
        yield


@pytest.fixture
def manager(db: None) -> Client:
    return at_work(Held("manager"))


def by_transfer(noon: datetime) -> None:
    set_up_till(kind="manual", settings={"account": ACCOUNT}, is_on=True, at=noon, actor="staff:1")


def ordered(noon: datetime, nickname: str = "小美") -> Placed:
    """An order that is to be paid by transfer; its buyer saw the account."""
    person = add_by_hand(nickname=nickname, name="", signs=(), actor="staff:1", at=noon).person_id
    offer = on_shelf(noon)
    placed = place_order(
        key=nickname, person_id=person, lines=[(offer, 1)], provider="manual", at=noon, actor=f"person:{person}"
    )
    Payment.objects.filter(pk=placed.payment.id).update(begun_at=noon)
    return placed


def stuck(manager: Client, noon: datetime, nickname: str = "小美") -> int:
    """A refund that this way to pay cannot do."""
    placed = ordered(noon, nickname)
    manager.post(url("payment_confirm", placed.payment.id))
    refund = give_back(order_id=placed.order_id, amount_fen=2000, reason="quality", key="k", at=noon, actor="staff:1")
    Refund.objects.filter(pk=refund.id).update(status="failed", failure="provider_cannot_refund", next_try_at=None)
    return refund.id


def test_test_payments_are_one_switch_and_clearly_marked(manager: Client) -> None:
    page = manager.get(url("payments")).text
    assert ("No way to pay is on" in page, "test payments are on" in page) == (True, False)
    for _ in range(2):
        manager.post(url("payments_sandbox"), {"on": "1"})
    assert [(one.kind, one.is_on) for one in tills()] == [("sandbox", True)]
    page = manager.get(url("payments")).text
    assert ("test payments are on" in page, "no real money" in page) == (True, True)
    assert till_settings(kind="sandbox")["secret"] not in page
    manager.post(url("payments_sandbox"), {"on": "0"})
    assert [one.is_on for one in tills()] == [False]
    assert len(kinds_told("setting.")) == 2


def test_the_house_account_is_kept_and_shown_again(manager: Client) -> None:
    fresh = manager.get(url("payments")).text
    assert "not filled in yet" in fresh
    manager.post(url("payments_manual"), {"account": ACCOUNT, "is_on": "on"})
    assert till_settings(kind="manual")["account"].split() == ACCOUNT.split()
    page = manager.get(url("payments")).text
    assert ("工商银行临安支行" in page, "not filled in yet" in page, "<img" in page) == (True, False, False)
    manager.post(url("payments_manual"), {"account": ACCOUNT})
    assert [one.is_on for one in tills()] == [False]


def test_the_picture_of_a_collection_code_is_uploaded_kept_and_taken_off(
    manager: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.FILES = tmp_path / "files"
    form = {"account": ACCOUNT, "is_on": "on"}
    code = SimpleUploadedFile("pay.jpg", photographed())
    assert manager.post(url("payments_manual"), {**form, "picture": code}).status_code == 302
    address = till_settings(kind="manual")["picture_url"]
    page = manager.get(url("payments")).text
    assert (f'src="{address}"' in page, Client().get(address)["Content-Type"]) == (True, "image/jpeg")
    manager.post(url("payments_manual"), {**form, "account": "乐乐绘本馆\n招商银行"})
    assert till_settings(kind="manual") == {"account": "乐乐绘本馆\n招商银行", "picture_url": address}
    broken = manager.post(url("payments_manual"), {**form, "picture": SimpleUploadedFile("x.jpg", b"no picture")})
    assert (broken.status_code, "no picture we can read" in broken.text) == (422, True)
    assert (till_settings(kind="manual")["picture_url"], StoredFile.objects.count()) == (address, 1)
    manager.post(url("payments_manual"), {**form, "drop_picture": "on"})
    assert till_settings(kind="manual")["picture_url"] == ""
    assert f'src="{address}"' not in manager.get(url("payments")).text
    # Who began to pay sees what they were told then.
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"account": " "}, "required"), ({"account": "x" * 1001}, "At most 1000 characters")],
)
def test_a_faulty_account_is_refused_beside_the_field(manager: Client, wrong: dict[str, str], told: str) -> None:
    answer = manager.post(url("payments_manual"), wrong)
    assert (answer.status_code, told in answer.text, Till.objects.count()) == (422, True, 0)


def test_a_transfer_is_confirmed_once_after_its_amount_and_order_were_shown(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    placed = ordered(noon)
    page = manager.get(url("payments")).text
    assert [word in page for word in ("¥69.00", "小美", placed.number)] == [True] * 3
    sure = manager.get(url("payment_confirm", placed.payment.id)).text
    assert ("¥69.00" in sure, placed.number in sure, Order.objects.get().state) == (True, True, "placed")
    assert placed.payment.number not in page + sure, "nobody compares 26 letters"
    for _ in range(2):
        manager.post(url("payment_confirm", placed.payment.id))
    assert (Order.objects.get().state, kinds_told("payment.settled")) == ("paid", ["payment.settled"])
    assert "Nobody was asked to transfer money." in manager.get(url("payments")).text


@pytest.mark.parametrize("written", ["order", "carelessly", "payment"])
def test_a_transfer_that_came_too_late_is_found_by_its_number(manager: Client, noon: datetime, written: str) -> None:
    by_transfer(noon)
    placed = ordered(noon)
    note = {
        "order": f" {placed.number} ",
        "carelessly": placed.number.replace("-", " ").lower(),
        "payment": placed.payment.number,
    }[written]
    close_payment(payment_id=placed.payment.id, reason="lapsed", at=noon + timedelta(hours=1))
    assert Order.objects.get().state == "cancelled"
    found = manager.post(url("payments_find"), {"reference": note})
    assert found["Location"] == url("payment_confirm", placed.payment.id)
    assert "its time had run out" in manager.get(found["Location"]).text
    manager.post(found["Location"])
    assert Order.objects.get().state == "paid"
    missed = manager.post(url("payments_find"), {"reference": "nothing-like-it"})
    assert (missed.status_code, "No transfer was asked for with this number" in missed.text) == (422, True)


def test_of_two_attempts_to_pay_one_order_the_open_one_is_found_and_the_other_by_hand(
    manager: Client, noon: datetime
) -> None:
    by_transfer(noon)
    placed = ordered(noon)
    for provider in ("sandbox", "manual"):
        last = pay_otherwise(order_id=placed.order_id, provider=provider, at=noon, actor="t")
    Payment.objects.update(begun_at=noon)
    found = manager.post(url("payments_find"), {"reference": placed.number})
    assert found["Location"] == url("payment_confirm", last.id)
    manager.post(found["Location"])
    # Once it is confirmed its number never leads to the other one, which is the same transfer looked at again.
    again = manager.post(url("payments_find"), {"reference": placed.number}, follow=True)
    assert "This payment was confirmed before." in again.text
    # A second transfer really came: it is told from the first on the order's page, and goes back.
    page = manager.get(url("order", placed.order_id)).text
    assert [url("payment_confirm", one.pk) in page for one in Payment.objects.order_by("pk")] == [True, False, False]
    sure = manager.get(url("payment_confirm", placed.payment.id)).text
    assert ("is paid already, another way" in sure, placed.number in sure) == (True, True)
    manager.post(url("payment_confirm", placed.payment.id))
    assert [(one.payment_id, one.reason) for one in Refund.objects.all()] == [(placed.payment.id, "came_too_late")]
    assert (Order.objects.get().state, set(trial_balance().values())) == ("paid", {0})


def test_a_transfer_without_a_number_is_confirmed_from_its_order(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    placed = ordered(noon)
    pages = [one.get(url("order", placed.order_id)).text for one in (manager, at_work(Held("operator")))]
    assert [url("payment_confirm", placed.payment.id) in page for page in pages] == [True, False]


def test_more_transfers_than_a_page_holds_are_all_reached(
    manager: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments_page, "A_PAGE", 2)
    by_transfer(noon)
    waiting = [ordered(noon, f"客人{n}").number for n in range(5)]
    found, address = [], url("payments")
    for _ in range(3):
        page = manager.get(address).text
        found.append([number for number in waiting if number in page])
        address = next(iter(re.findall(r'href="([^"]+after=\d+)#coming"', page)), "")
    assert (found, address) == ([waiting[:2], waiting[2:4], waiting[4:]], "")


def test_what_another_provider_takes_is_never_confirmed_by_hand(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    placed = ordered(noon)
    Payment.objects.update(provider="sandbox")
    answers = [
        manager.get(url("payment_confirm", placed.payment.id)),
        manager.post(url("payment_confirm", placed.payment.id)),
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert manager.post(url("payments_find"), {"reference": placed.payment.number}).status_code == 422
    assert Order.objects.get().state == "placed"


def test_a_refund_given_back_by_hand_is_done_after_a_word_of_what_it_means(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    refund = stuck(manager, noon)
    page = manager.get(url("payments")).text
    assert ("¥20.00" in page, "cannot give money back by itself" in page) == (True, True)
    assert url("payment_refund_retry", refund) not in page
    sure = manager.get(url("payment_refund_done", refund)).text
    assert ("小美" in sure, Refund.objects.get().status) == (True, "failed")
    manager.post(url("payment_refund_done", refund))
    assert (Refund.objects.get().status, Order.objects.get().refunded_fen) == ("done", 2000)
    again = manager.post(url("payment_refund_drop", refund), follow=True)
    assert ("needs no decision any more" in again.text, Refund.objects.get().status) == (True, "done")


def test_a_refund_is_asked_for_again_or_given_up(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    refund = stuck(manager, noon)
    Payment.objects.update(provider="sandbox")
    assert url("payment_refund_retry", refund) in manager.get(url("payments")).text
    manager.post(url("payment_refund_retry", refund))
    assert Refund.objects.get().status == "waiting"
    send_refunds(limit=10, at=noon)
    Refund.objects.update(status="failed")
    assert "The buyer gets nothing" in manager.get(url("payment_refund_drop", refund)).text
    manager.post(url("payment_refund_drop", refund))
    assert (Refund.objects.get().status, Payment.objects.get().refunding_fen) == ("dropped", 0)


def test_a_difference_is_cleared_with_how(manager: Client, noon: datetime) -> None:
    seen = note_discrepancy(kind="missing_here", provider="sandbox", number="A1", ours_fen=0, theirs_fen=6900, at=noon)
    page = manager.get(url("payments")).text
    assert ("we do not know it" in page, "¥69.00" in page) == (True, True)
    assert manager.post(url("payment_difference_clear", seen.id), {"how": "made_up"}).status_code == 404
    manager.post(url("payment_difference_clear", seen.id), {"how": "explained"})
    assert Discrepancy.objects.get().how == "explained"
    assert "Our record and theirs agree." in manager.get(url("payments")).text
    assert manager.post(url("payment_difference_clear", 99), {"how": "explained"}).status_code == 404


def test_who_may_not_set_the_house_up_decides_nothing_about_money(noon: datetime, manager: Client) -> None:
    by_transfer(noon)
    refund, client = stuck(manager, noon), at_work(Held("operator"))
    payment = Payment.objects.get().pk
    answers = [
        client.get(url("payments")), client.post(url("payments_sandbox"), {"on": "1"}),
        client.post(url("payments_manual"), {"account": "x"}), client.post(url("payments_find"), {"reference": "x"}),
        client.post(url("payment_confirm", payment)), client.post(url("payment_refund_retry", refund)),
        client.post(url("payment_refund_done", refund)), client.post(url("payment_refund_drop", refund)),
        client.post(url("payment_difference_clear", 1), {"how": "explained"}),
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [403] * 9
    assert (Refund.objects.get().status, [one.kind for one in tills()]) == ("failed", ["manual"])


def test_three_of_each_cost_the_same_queries_as_one(manager: Client, noon: datetime) -> None:
    by_transfer(noon)
    numbers = []
    for i in range(3):
        refund = stuck(manager, noon, f"客人{i}")
        waiting = ordered(noon, f"等钱{i}").payment.id
        note_discrepancy(kind="missing_here", provider="sandbox", number=f"A{i}", ours_fen=0, theirs_fen=1, at=noon)
        for page in (url("payments"), url("payment_confirm", waiting), url("payment_refund_done", refund)):
            manager.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert manager.get(page).status_code == 200
            numbers.append(len(seen))
    assert numbers[:3] == numbers[6:]
    assert max(numbers) <= 20
