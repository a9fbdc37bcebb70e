"""Every verb of the group buy in one place, for doors, reactions and the clock."""

from __future__ import annotations

from tongpin.loop.sell.offers.stock import SoldOut
from tongpin.loop.sell.orders.writing import Recipient
from tongpin.loop.sell.plays.group_buy.closing import close_due, end_unpaid, lapse_due
from tongpin.loop.sell.plays.group_buy.opening import NoGroupBuy, open_group_buy
from tongpin.loop.sell.plays.group_buy.seating import CannotJoin, CannotLeave, GroupUnknown, Held, join, leave

__all__ = [
    "CannotJoin",
    "CannotLeave",
    "GroupUnknown",
    "Held",
    "NoGroupBuy",
    "Recipient",
    "SoldOut",
    "close_due",
    "end_unpaid",
    "join",
    "lapse_due",
    "leave",
    "open_group_buy",
]
