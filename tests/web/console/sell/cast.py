"""Who buys in the tests of the console's sell: a way to order, and where parcels go."""

from __future__ import annotations

from collections.abc import Callable

from tongpin.loop.sell.orders.actions import Placed, Recipient

Buy = Callable[..., Placed]
HOME = Recipient("林小美", "13800002716", "临安区城南路 8 号 3 单元 501")
