"""The ledger's tables. Their SQL stands in the first migration: partitions and COPY are beyond an ORM's model."""

from __future__ import annotations

from django.db import models


class Origin(models.IntegerChoices):
    """Where a fact comes from: reactions see live only, projections and the lake see all."""

    LIVE = 0
    HISTORY = 1
    DEMO = 2
    SIMULATED = 3


class Parked(models.Model):
    """A fact a reaction could not take (搁置): it and later facts of the same subject wait here, in order."""

    reader = models.CharField(max_length=80)
    reaction = models.CharField(max_length=200)
    subject = models.CharField(max_length=300)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    error = models.TextField(blank=True)
    tries = models.IntegerField(default=0)
    parked_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_parked"
        constraints = [models.UniqueConstraint(fields=["reaction", "seq"], name="parked_once")]
        indexes = [
            models.Index(fields=["reaction", "subject", "seq"], name="parked_in_order"),
            models.Index(fields=["next_try_at"], name="parked_due", condition=models.Q(next_try_at__isnull=False)),
        ]
