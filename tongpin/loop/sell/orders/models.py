"""Tables of orders. The person's number stays after erasure (the law keeps orders); the recipient does not."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongpin.loop.sell.offers.models import Offer


class Order(models.Model):
    """An order (订单). `play` and `play_id` say by which play; `ready_at` since when it may be sent.

    `paid_fen` is what came in; `refunding_fen` was asked back so far, `refunded_fen` of it has arrived. Money that came
    too late and is given back leaves `paid_at` empty: the order was never taken on. `cancel_told`: the fact that it was
    cancelled stands; a late payment may revive the order, and a fact is told once.
    """

    number = models.CharField(max_length=30, unique=True)
    key = models.CharField(max_length=60)
    person_id = models.BigIntegerField()
    shop = models.BigIntegerField()
    state = models.CharField(max_length=12, default="placed")
    reason = models.CharField(max_length=60, blank=True)
    play = models.CharField(max_length=20, blank=True)
    play_id = models.BigIntegerField(default=0)
    community = models.BigIntegerField(default=0)
    tracked_code = models.BigIntegerField(default=0)
    introducer = models.BigIntegerField(null=True, db_column="introducer_person")
    goods_fen = models.BigIntegerField()
    postage_fen = models.BigIntegerField(default=0)
    payable_fen = models.BigIntegerField()
    payment_id = models.BigIntegerField(null=True)
    provider = models.CharField(max_length=30, blank=True)
    paid_fen = models.BigIntegerField(default=0)
    refunding_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    stock_held = models.BooleanField(default=False)
    cancel_told = models.BooleanField(default=False)
    recipient_sealed = models.BinaryField(null=True)
    carrier = models.CharField(max_length=40, blank=True)
    parcel = models.CharField(max_length=60, blank=True)
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shop_order"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "key"], name="order_once"),
            models.CheckConstraint(
                condition=Q(
                    refunded_fen__gte=0, refunded_fen__lte=F("refunding_fen"), refunding_fen__lte=F("paid_fen")
                ),
                name="order_refunds_within_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="order_of_person"),
            models.Index(fields=["state", "-id"], name="order_by_state"),
            models.Index(fields=["play", "play_id"], name="order_of_play", condition=~Q(play="")),
            models.Index(fields=["due_at"], name="order_due", condition=Q(state="placed")),
            models.Index(fields=["payment_id"], name="order_payment"),
        ]


class OrderLine(models.Model):
    """One line of an order: an offer at the price it had then."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    line = models.IntegerField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    product_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    edition = models.IntegerField()
    unit_fen = models.BigIntegerField()
    quantity = models.IntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "order_line"
        constraints = [models.UniqueConstraint(fields=["order", "line"], name="order_line_once")]
        indexes = [models.Index(fields=["offer"], name="order_line_offer")]


class OrderReturn(models.Model):
    """A buyer wants money back for what was sent (售后申请). `words` are theirs, `answer` is what the house told them.

    asked, then refunded or refused; after an erasure nobody's words stand here.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    nth = models.IntegerField()
    reason = models.CharField(max_length=20)
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, default="asked")
    answer = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "order_return"
        constraints = [
            models.UniqueConstraint(fields=["order", "nth"], name="return_once"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="asked"), name="one_open_return"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="return_open", condition=Q(state="asked"))]


class OrderRefund(models.Model):
    """A refund asked for by hand, once per `key`: the number money knows it by."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    refund_id = models.BigIntegerField()

    class Meta:
        db_table = "order_refund"
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="order_refund_once")]
