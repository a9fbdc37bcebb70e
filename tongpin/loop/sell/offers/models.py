"""Tables of offers."""

from __future__ import annotations

from django.db import models

from tongpin.core.goods.models import Product


class Offer(models.Model):
    """A product that can be bought (上架). `stock_left` null: no limit. The words are the house's own, for the page.

    `edition` counts its prices, `amended` its other changes.
    """

    key = models.CharField(max_length=60, unique=True)
    shop = models.BigIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    community = models.BigIntegerField(default=0)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    unsuited = models.TextField(blank=True)
    picture_says = models.CharField(max_length=120, blank=True, default="")
    ladder = models.CharField(max_length=20, blank=True)
    edition = models.IntegerField(default=1)
    amended = models.IntegerField(default=0, db_default=0)
    price_fen = models.BigIntegerField()
    group_price_fen = models.BigIntegerField(null=True)
    group_seats = models.IntegerField(null=True)
    group_hours = models.IntegerField(default=24)
    postage_fen = models.BigIntegerField(default=0)
    cost_fen = models.BigIntegerField(null=True)
    stock_limit = models.IntegerField(default=0)
    stock_left = models.IntegerField(null=True)
    per_person = models.IntegerField(default=0, db_column="most_each")
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        db_table = "offer"
        constraints = [
            models.CheckConstraint(condition=models.Q(stock_left__gte=0), name="offer_stock_not_below_zero"),
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="offer_has_a_price"),
        ]
        indexes = [models.Index(fields=["-id"], name="offer_open", condition=models.Q(closed_at__isnull=True))]


class OfferPrice(models.Model):
    """An edition of an offer's prices: what was really asked from `at` until the next edition."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    edition = models.IntegerField()
    price_fen = models.BigIntegerField()
    group_price_fen = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "offer_price"
        constraints = [models.UniqueConstraint(fields=["offer", "edition"], name="offer_price_once")]


class StockMovement(models.Model):
    """Goods set aside or given back: by how many, for what, how many were left. Offers without a limit have none.

    `key` is set where somebody counted by hand: what is sent twice is counted once.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    change = models.IntegerField()
    left = models.IntegerField()
    reason = models.CharField(max_length=30)
    about_kind = models.CharField(max_length=20, blank=True)
    about = models.BigIntegerField(default=0)
    key = models.CharField(max_length=60, blank=True, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "stock_movement"
        constraints = [
            models.UniqueConstraint(fields=["offer", "key"], condition=~models.Q(key=""), name="stock_counted_once"),
        ]
        indexes = [models.Index(fields=["offer", "-id"], name="stock_of_offer")]
