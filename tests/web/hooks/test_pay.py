"""What payment providers call: believed when signed, answered as they want, counted once, never logged."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from django.test import Client

from tests.loop.sell.cast import on_shelf, people
from tongpin.base.clock import now as present
from tongpin.cashier.sandbox.gateway import Sandbox
from tongpin.cashier.sandbox.signing import Delivery
from tongpin.core.money.actions import begin
from tongpin.core.money.models import ProviderNotice
from tongpin.core.money.setting_up import open_till, set_up_till
from tongpin.core.money.tills import register_till_opener
from tongpin.loop.sell.orders.actions import place_order
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.orders.settling import register
from tongpin.web.hooks import pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wired() -> None:
    register_till_opener(open_till)
    register()


@pytest.fixture
def delivery(noon: datetime) -> Delivery:
    """A genuine notice that an order is paid."""
    now = present()
    set_up_till(kind="sandbox", settings={}, is_on=True, at=now, actor="staff:1")
    gateway = open_till("sandbox")
    assert isinstance(gateway, Sandbox)
    placed = place_order(
        key="k1", person_id=people(1, noon)[0], lines=[(on_shelf(noon), 1)], provider="sandbox", at=now, actor="staff:1"
    )
    begin(payment_id=placed.payment.id, provider=gateway, return_url="/", notice_url="/hooks/pay/sandbox/", at=now)
    return gateway.decide(number=placed.payment.number, outcome="paid", now=now)


def send(delivery: Delivery, body: bytes | None = None, kind: str = "sandbox") -> tuple[int, bytes]:
    headers = {name: value for name, value in delivery.headers.items() if name != "Content-Type"}
    content = delivery.body if body is None else body
    answer = Client(enforce_csrf_checks=True).post(
        f"/hooks/pay/{kind}/", data=content, content_type="application/json", headers=headers
    )
    return answer.status_code, answer.content


def test_a_genuine_notice_pays_the_order_however_often_it_comes(delivery: Delivery) -> None:
    assert [send(delivery) for _ in range(3)] == [(204, b"")] * 3
    assert (Order.objects.get().state, ProviderNotice.objects.count()) == ("paid", 1)


def test_a_changed_notice_is_refused_and_its_body_is_not_logged(
    delivery: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert send(delivery, delivery.body.replace(b"6900", b"1")) == (400, b"FAIL")
    assert Order.objects.get().state == "placed"
    assert "signature" in caplog.text
    assert "notice_id" not in caplog.text


def test_a_kind_nobody_set_up_is_not_there(delivery: Delivery) -> None:
    assert send(delivery, kind="wechat")[0] == 404
    assert Client().get("/hooks/pay/sandbox/").status_code == 405


def test_a_body_that_is_too_large_is_not_read(delivery: Delivery) -> None:
    assert send(delivery, b"x" * (pay.LIMIT + 1))[0] == 413


def test_a_failure_of_ours_asks_to_send_again_and_tells_the_log_nothing_of_it(
    delivery: Delivery, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("13812345678")

    with monkeypatch.context() as patch:
        patch.setattr(pay, "take_notice", broken)
        assert send(delivery) == (400, b"FAIL")
    assert "13812345678" not in caplog.text
    assert send(delivery) == (204, b"")
    assert Order.objects.get().state == "paid"
