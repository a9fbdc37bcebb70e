"""Tables of sell."""

from tongpin.loop.sell.offers.models import Offer, OfferPrice, StockMovement
from tongpin.loop.sell.orders.models import Order, OrderLine, OrderRefund
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat

__all__ = ["GroupBuy", "Offer", "OfferPrice", "Order", "OrderLine", "OrderRefund", "Seat", "StockMovement"]
