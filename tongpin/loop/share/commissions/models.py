"""Tables of commissions. What moved stands in the books; these rows say for what."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CommissionTerms(models.Model):
    """What introducers are promised in a community (0: wherever a community has no terms of its own), by edition."""

    community = models.BigIntegerField()
    edition = models.IntegerField()
    rate = models.IntegerField()
    held_days = models.IntegerField()
    most_fen = models.BigIntegerField(default=0)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)

    class Meta:
        db_table = "commission_terms"
        constraints = [
            models.UniqueConstraint(fields=["community", "edition"], name="commission_terms_edition"),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=5000, held_days__gte=0), name="commission_terms_sane"
            ),
            models.CheckConstraint(condition=Q(most_fen__gte=0), name="commission_terms_cap"),
        ]


class Payout(models.Model):
    """What was paid to a person by hand (发放). `nth`: which one to them. `back_at`: it was a slip, or it bounced."""

    person = models.BigIntegerField()
    nth = models.IntegerField()
    amount_fen = models.BigIntegerField()
    way = models.CharField(max_length=20)
    reference = models.CharField(max_length=60, blank=True)
    paid_at = models.DateTimeField()
    paid_by = models.CharField(max_length=60)
    back_at = models.DateTimeField(null=True)
    back_by = models.CharField(max_length=60, blank=True)
    back_reason = models.CharField(max_length=12, blank=True)

    class Meta:
        db_table = "commission_payout"
        constraints = [
            models.UniqueConstraint(fields=["person", "nth"], name="commission_payout_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="commission_payout_of_something"),
        ]


class Commission(models.Model):
    """What one sale earned its introducer. `taken_fen` was taken back of `accrued_fen`, `refunded_fen` of `base_fen`.

    `rate`, `most_fen` and `held_days` are the terms of the moment it was paid; `community` is whose they were.
    """

    order = models.CharField(max_length=60)
    generation = models.IntegerField(default=1)
    introducer = models.BigIntegerField(db_column="introducer_person")
    buyer = models.BigIntegerField(db_column="buyer_person")
    community = models.BigIntegerField(default=0)
    base_fen = models.BigIntegerField()
    rate = models.IntegerField()
    most_fen = models.BigIntegerField(default=0)
    held_days = models.IntegerField(default=7)
    accrued_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(default=0)
    taken_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, default="held")
    withheld = models.IntegerField(default=0)
    held_until = models.DateTimeField()
    accrued_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "commission"
        constraints = [
            models.UniqueConstraint(fields=["order", "generation"], name="commission_once"),
            models.CheckConstraint(
                condition=Q(taken_fen__gte=0, taken_fen__lte=F("accrued_fen")), name="commission_taken_within_accrued"
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("base_fen")),
                name="commission_refunded_within_base",
            ),
        ]
        indexes = [
            models.Index(fields=["introducer", "-id"], name="commission_introducer"),
            models.Index(fields=["held_until"], name="commission_due", condition=Q(state="held")),
            models.Index(fields=["introducer"], name="commission_payable", condition=Q(state="free")),
        ]


class TakenBack(models.Model):
    """What one refund took back. `owed_fen` of it is still owed: it was drawn before, and comes off what is released next."""

    commission = models.ForeignKey(Commission, on_delete=models.CASCADE, related_name="taken")
    refund = models.CharField(max_length=60)
    refunded_fen = models.BigIntegerField()
    taken_fen = models.BigIntegerField()
    owed_fen = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "commission_taken_back"
        constraints = [
            models.UniqueConstraint(fields=["commission", "refund"], name="commission_taken_back_once"),
            models.CheckConstraint(
                condition=Q(owed_fen__gte=0, owed_fen__lte=F("taken_fen")), name="commission_owed_within_taken"
            ),
        ]
        indexes = [
            models.Index(fields=["commission"], name="commission_owed", condition=Q(owed_fen__gt=0)),
        ]
