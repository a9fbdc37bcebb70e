"""What the wiring registers at start."""

from __future__ import annotations

import pytest

from tongpin.loop.sell.orders.settling import register as register_orders
from tongpin.loop.sell.plays.group_buy.settling import register as register_group_buy


@pytest.fixture(autouse=True)
def _payable() -> None:
    register_orders()
    register_group_buy()
