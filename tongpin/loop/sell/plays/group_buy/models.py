"""Tables of the group buy."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order


class GroupBuy(models.Model):
    """A group (团). `taken` seats are paid, `held` wait for a payment; the price is that of the moment it opened.

    `opened_by` is the member who opened it, null where a teammate did. `failed_at`: when it ended without being full.
    """

    key = models.CharField(max_length=60, unique=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    product_id = models.BigIntegerField()
    shop = models.BigIntegerField()
    title = models.CharField(max_length=120)
    opened_by = models.BigIntegerField(null=True, db_column="opened_by_person")
    community = models.BigIntegerField(default=0)
    tracked_code = models.BigIntegerField(default=0)
    seats = models.IntegerField()
    price_fen = models.BigIntegerField()
    alone_fen = models.BigIntegerField()
    postage_fen = models.BigIntegerField(default=0)
    cost_fen = models.BigIntegerField(null=True)
    edition = models.IntegerField()
    per_person = models.IntegerField(default=0, db_column="most_each")
    state = models.CharField(max_length=10, default="running")
    taken = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    ends = models.DateTimeField()
    filled_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "group_buy"
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, held__gte=0, seats__gte=F("taken") + F("held")), name="group_buy_seats_hold"
            ),
        ]
        indexes = [
            models.Index(fields=["ends"], name="group_buy_running", condition=Q(state="running")),
            models.Index(fields=["offer", "state"], name="group_buy_of_offer"),
            models.Index(fields=["state", "-id"], name="group_buy_by_state"),
        ]


class Seat(models.Model):
    """A person's seat in a group (座位), with the order it stands for. One that lapsed or was left stays as a row."""

    group = models.ForeignKey(GroupBuy, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="held")
    held_until = models.DateTimeField()
    joined_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "group_buy_seat"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person_id"], condition=Q(state__in=("held", "taken")), name="one_seat_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="seat_of_person"),
            models.Index(fields=["group", "state"], name="seat_of_group"),
            models.Index(fields=["held_until"], name="seat_held", condition=Q(state="held")),
        ]
