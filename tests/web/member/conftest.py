"""What the wiring registers at start: other tests may have taken it away in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tongpin.core.money.setting_up import open_till
from tongpin.core.money.tills import register_till_opener
from tongpin.loop.sell.orders.settling import register as register_orders
from tongpin.loop.sell.plays.group_buy.settling import register as register_group_buy


@pytest.fixture(autouse=True)
def _payable() -> Iterator[None]:
    register_till_opener(open_till)
    register_orders()
    register_group_buy()
    yield
