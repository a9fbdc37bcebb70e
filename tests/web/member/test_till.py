"""The till page of the test gateway."""

from __future__ import annotations

import pytest

from tests.web.member.buyers import buy, phone, shop_open
from tongpin.loop.sell.orders.models import Order

pytestmark = pytest.mark.django_db


def test_it_says_that_it_is_a_test_and_pays_once() -> None:
    offer = shop_open()
    client = phone()
    till = buy(client, f"/shop/{offer}/buy/")["Location"]
    page = client.get(till).text
    assert ("测试收款" in page, "付 ¥69.00" in page, 'value="refused"' in page) == (True, True, True)
    backs = [client.post(till, {"outcome": "paid"})["Location"] for _ in range(2)]
    assert backs == [f"/me/orders/{Order.objects.get().number}/"] * 2
    assert "已经付好" in client.get(till).text
    assert client.post(till, {"outcome": "refused"})["Location"] == till
    assert Order.objects.get().state == "paid"


def test_there_is_none_where_it_is_not_set_up_or_knows_no_such_number() -> None:
    assert phone().get("/till/sandbox/abcdefgh/").status_code == 404
    shop_open()
    assert phone().get("/till/sandbox/abcdefgh/").status_code == 404
