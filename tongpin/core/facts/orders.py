"""Said by shops (店): orders made here or brought in by an export. Numbers are per shop (the entry's place)."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import About, CommunityId, ComplaintId, OfferId, ProductId, TrackedCodeId


@fact("order.placed", key=("place", "order"), step="sell", lane="money", subject="order")
class OrderPlaced(Fact):
    """An order exists (下单). `payable_fen` is what the buyer was asked for, where the source says so."""

    order: Code
    payable_fen: Fen | None = None
    goods_fen: Fen | None = None
    postage_fen: Fen | None = None
    discount_fen: Fen | None = None
    currency: Code = "CNY"
    play: Code = ""
    play_id: int = 0
    community: CommunityId = 0
    tracked_code: TrackedCodeId = 0


@fact("order.item_added", key=("place", "order", "line", "occurrence"), step="sell", lane="money", subject="order")
class OrderItemAdded(Fact):
    """One line of an order: a product, how many, at what price. `line` is stable against re-saving the file.

    `cost_fen` is what these goods cost us, where the source says so: margin needs it.
    """

    order: Code
    line: Code
    product: ProductId = 0
    quantity: int = 1
    unit_fen: Fen | None = None
    amount_fen: Fen = 0
    cost_fen: Fen | None = None
    offer: OfferId = 0
    product_version: Code = ""
    returned: bool = False
    occurrence: int = 1


@fact("order.amended", key=("place", "order", "occurrence"), step="sell", lane="money", subject="order")
class OrderAmended(Fact):
    """The amounts of an order were changed afterwards (改价); they replace those of `order.placed` and `order.paid`."""

    order: Code
    occurrence: int
    payable_fen: Fen | None = None
    paid_fen: Fen | None = None
    reason: Code = ""


@fact("order.claimed", key=("place", "order"), step="gather", lane="money", subject="order")
class OrderClaimed(Fact):
    """A buyer proved an order to be theirs, by its number or the card in the parcel (认领): it has a person now."""

    order: Code
    proof: Code
    tracked_code: TrackedCodeId = 0


@fact(
    "order.paid",
    key=("place", "order"),
    step="sell",
    lane="money",
    subject="order",
    further={"introducer": "introducer"},
)
class OrderPaid(Fact):
    """An order was paid (付款). Without an amount the source tells only that it was paid: its items say how much."""

    order: Code
    amount_fen: Fen | None = None
    currency: Code = "CNY"
    discounted: bool = False
    introducer: PersonId | None = None
    via: Code = ""


@fact("order.shipped", key=("place", "order", "occurrence"), step="sell", lane="money", subject="order")
class OrderShipped(Fact):
    """Goods of an order left the house (发货)."""

    order: Code
    occurrence: int = 1


@fact("order.received", key=("place", "order"), step="sell", lane="money", subject="order")
class OrderReceived(Fact):
    """The buyer has the goods (确认收货)."""

    order: Code


@fact("order.cancelled", key=("place", "order"), step="sell", lane="money", subject="order")
class OrderCancelled(Fact):
    """An order was closed without delivery (取消)."""

    order: Code
    reason: Code = ""


@fact("order.refunded", key=("place", "order", "refund"), step="sell", lane="money", subject="order")
class OrderRefunded(Fact):
    """Money of an order went back (退款). `refund` names this refund; `amount_fen` is this refund alone."""

    order: Code
    refund: Code
    amount_fen: Fen
    reason: Code = ""


@fact("return.asked", key=("place", "order", "return_number"), step="sell", lane="money", subject="order")
class ReturnAsked(Fact):
    """A buyer wants to return goods or have money back (售后申请)."""

    order: Code
    return_number: Code
    reason: Code
    product: ProductId = 0
    product_version: Code = ""
    quantity: int = 1
    complaint: ComplaintId = 0


@fact("return.settled", key=("place", "order", "return_number"), step="sell", lane="money", subject="order")
class ReturnSettled(Fact):
    """What became of a wish to return: goods back, money back without goods, replaced, refused."""

    order: Code
    return_number: Code
    outcome: Code


@fact("voucher.redeemed", key=("place", "voucher"), step="sell", lane="money", subject="voucher")
class VoucherRedeemed(Fact):
    """A voucher of a deal platform (团购券) was used at the counter."""

    voucher: Code
    product: ProductId = 0
    amount_fen: Fen = 0
    settled_fen: Fen | None = None


@fact("coupon.given", key=("coupon",), step="sell", lane="money", subject="coupon")
class CouponGiven(Fact):
    """A person got a coupon (优惠券): from a promotion, as a reward, as an apology."""

    coupon: int
    amount_fen: Fen
    minimum_fen: Fen = 0
    reason: Code = ""
    about_kind: Code = ""
    about: About = 0


@fact("coupon.used", key=("coupon", "occurrence"), step="sell", lane="money", subject="coupon")
class CouponUsed(Fact):
    """A coupon lowered the price of an order."""

    coupon: int
    order: Code
    amount_fen: Fen
    occurrence: int = 1


@fact("coupon.lapsed", key=("coupon",), step="sell", lane="money", subject="coupon")
class CouponLapsed(Fact):
    """A coupon ran out unused, or was taken back."""

    coupon: int
    reason: Code = "expired"


@fact("bill_line.booked", key=("provider", "number", "refund"), step="sell", lane="money", subject="number")
class BillLineBooked(Fact):
    """A payment provider's bill tells of money in or out (账单). `order` is the merchant's own number on it."""

    provider: Code
    number: Code
    direction: Code
    amount_fen: Fen
    fee_fen: Fen = 0
    order: Code = ""
    refund: Code = ""
    status: Code = ""


@fact("customer.told", key=("place", "row"), step="gather", lane="bulk", subject="row")
class CustomerTold(Fact):
    """A shop's customer sheet told of a customer: totals it keeps itself, for comparison only, never summed."""

    row: Code
    orders: int | None = None
    spent_fen: Fen | None = None
    since: Code = ""
    member: bool | None = None
