"""Tables of books. Postings are only added to; amounts are in the smallest unit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Posting(models.Model):
    """An amount that left one account for another (分录). Lines of one batch share the key.

    `rolled` says that both sides stand in `account_total`; it is the only column that ever changes.
    """

    key = models.BinaryField(max_length=16)
    line = models.SmallIntegerField()
    unit = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    taken_from = models.CharField(max_length=120)
    put_to = models.CharField(max_length=120)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    rolled = models.BooleanField(default=False)

    class Meta:
        db_table = "posting"
        constraints = [
            models.UniqueConstraint(fields=["key", "line"], name="posting_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_moves_something"),
            models.CheckConstraint(condition=~Q(taken_from=F("put_to")), name="posting_between_two"),
        ]
        indexes = [
            models.Index(fields=["taken_from", "id"], name="posting_taken"),
            models.Index(fields=["put_to", "id"], name="posting_put"),
            models.Index(fields=["about_kind", "about"], name="posting_about"),
            models.Index(fields=["taken_from"], name="posting_fresh_taken", condition=Q(rolled=False)),
            models.Index(fields=["put_to"], name="posting_fresh_put", condition=Q(rolled=False)),
        ]


class AccountBalance(models.Model):
    """What stands on a guarded account, changed in the transaction of each posting."""

    account = models.CharField(max_length=120, unique=True)
    unit = models.CharField(max_length=20)
    balance = models.BigIntegerField()

    class Meta:
        db_table = "account_balance"
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="guarded_above_zero")]


class AccountTotal(models.Model):
    """What the rolled postings of an account sum to; the others are added when it is read. Never on a payment's path."""

    account = models.CharField(max_length=120, unique=True)
    unit = models.CharField(max_length=20)
    total = models.BigIntegerField()

    class Meta:
        db_table = "account_total"


class Cost(models.Model):
    """Money spent or goods given away (成本), in fen. A reversal is a row of its own, below zero."""

    key = models.BinaryField(max_length=16, null=True, unique=True)
    kind = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    community_id = models.BigIntegerField(default=0)
    entrance_id = models.BigIntegerField(default=0)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    product_id = models.BigIntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    actor = models.CharField(max_length=60)

    class Meta:
        db_table = "cost"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, reverses=None) | Q(amount_fen__lt=0, reverses__isnull=False),
                name="cost_or_reversal",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(first_day__lte=F("last_day")), name="cost_days_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "booked_at"], name="cost_community"),
            models.Index(fields=["entrance_id"], name="cost_entrance", condition=~Q(entrance_id=0)),
            models.Index(fields=["about_kind", "about"], name="cost_about"),
        ]


class Income(models.Model):
    """Money that came in and is no order (收入), in fen. A reversal is a row of its own, below zero."""

    key = models.BinaryField(max_length=16, null=True, unique=True)
    kind = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    community_id = models.BigIntegerField(default=0)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    actor = models.CharField(max_length=60)

    class Meta:
        db_table = "income"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, reverses=None) | Q(amount_fen__lt=0, reverses__isnull=False),
                name="income_or_reversal",
            )
        ]
        indexes = [
            models.Index(fields=["community_id", "booked_at"], name="income_community"),
            models.Index(fields=["about_kind", "about"], name="income_about"),
        ]
