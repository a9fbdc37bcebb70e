"""Tables of money. Amounts in fen. A person is a plain number that stays after erasure: the law keeps payments; no name,
phone or word of a person stands here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Payment(models.Model):
    """Somebody was asked to pay for something (付款). `number` is what the provider knows it by."""

    class Status(models.TextChoices):
        """Where it stands. A closed payment may still be paid: late."""

        PENDING = "pending"
        PAID = "paid"
        CLOSED = "closed"

    number = models.CharField(max_length=32, unique=True)
    about_kind = models.CharField(max_length=60)
    about = models.BigIntegerField()
    attempt = models.IntegerField(default=1)
    person_id = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    provider = models.CharField(max_length=30)
    title = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    late = models.BooleanField(default=False)
    due = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=60, blank=True)
    provider_number = models.CharField(max_length=64, blank=True)
    fee_fen = models.BigIntegerField(default=0)
    refunding_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    looks = models.IntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment"
        constraints = [
            models.UniqueConstraint(fields=["about_kind", "about", "attempt"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(
                    refunded_fen__gte=0, refunded_fen__lte=F("refunding_fen"), refunding_fen__lte=F("amount_fen")
                ),
                name="refunds_within_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="payment_person"),
            models.Index(
                fields=["provider", "next_look_at"], name="payment_look", condition=Q(next_look_at__isnull=False)
            ),
            models.Index(fields=["-id"], name="payment_open", condition=Q(status="pending")),
            models.Index(fields=["provider", "paid_at"], name="payment_paid", condition=Q(status="paid")),
        ]


class Refund(models.Model):
    """Money to be given back (退款). The provider knows it by `number`, which never changes: another could pay twice."""

    class Status(models.TextChoices):
        """waiting: to be asked (again); processing: the provider works at it; failed: a human must decide."""

        WAITING = "waiting"
        PROCESSING = "processing"
        DONE = "done"
        FAILED = "failed"
        DROPPED = "dropped"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    key = models.BinaryField(max_length=16, unique=True)
    number = models.CharField(max_length=32, unique=True)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    failure = models.CharField(max_length=60, blank=True)
    failures = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=60)

    class Meta:
        db_table = "refund"
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_of_something")]
        indexes = [
            models.Index(fields=["next_try_at"], name="refund_due", condition=Q(next_try_at__isnull=False)),
            models.Index(fields=["-id"], name="refund_failed", condition=Q(status="failed")),
        ]


class ProviderNotice(models.Model):
    """A notice that was verified and taken (回调). Its row makes the same notice count once."""

    provider = models.CharField(max_length=30)
    notice_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=64)
    outcome = models.CharField(max_length=30)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "provider_notice"
        constraints = [models.UniqueConstraint(fields=["provider", "notice_id"], name="notice_once")]


class Discrepancy(models.Model):
    """Our record and the provider's do not agree (对账差异). `ours_fen` and `theirs_fen` are what each side has."""

    kind = models.CharField(max_length=30)
    provider = models.CharField(max_length=30)
    number = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    ours_fen = models.BigIntegerField()
    theirs_fen = models.BigIntegerField()
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=60, blank=True)
    cleared_by = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "discrepancy"
        constraints = [models.UniqueConstraint(fields=["kind", "provider", "number"], name="discrepancy_once")]
        indexes = [models.Index(fields=["-id"], name="discrepancy_open", condition=Q(cleared_at=None))]


class BillDay(models.Model):
    """A provider's bill of a day that was compared with our record (对账单)."""

    provider = models.CharField(max_length=30)
    day = models.DateField()
    lines = models.IntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        db_table = "bill_day"
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="bill_once")]


class CashierState(models.Model):
    """What a provider's adapter keeps: certificates, a test gateway's charges. Changed only from the version it read."""

    key = models.CharField(max_length=200, unique=True)
    value = models.JSONField()
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "cashier_state"


class Till(models.Model):
    """A payment provider as the house set it up (收款方式). Its settings are sealed: they hold keys."""

    kind = models.CharField(max_length=30, primary_key=True)
    settings_sealed = models.BinaryField()
    is_on = models.BooleanField()
    changed_at = models.DateTimeField()
    occurrence = models.IntegerField(default=1)

    class Meta:
        db_table = "till"
