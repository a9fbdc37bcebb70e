"""Tables of audiences."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Segment(models.Model):
    """A named rule over people (人群). `edition` and `rule` are the latest; what it meant before stands beside.

    `communities` are those whose teammates may change it; empty: of the whole house.
    """

    name = models.CharField(max_length=60, db_collation="C")
    rule = models.JSONField()
    edition = models.IntegerField(default=1)
    defined_at = models.DateTimeField()
    defined_by = models.CharField(max_length=60)
    dropped_at = models.DateTimeField(null=True)
    communities = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "segment"
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(dropped_at__isnull=True), name="segment_named_once"
            )
        ]


class SegmentEdition(models.Model):
    """What a segment's rule was in an edition: a fact names the edition, here stands what it meant."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    edition = models.IntegerField()
    rule = models.JSONField()
    defined_at = models.DateTimeField()
    defined_by = models.CharField(max_length=60)

    class Meta:
        db_table = "segment_edition"
        constraints = [models.UniqueConstraint(fields=["segment", "edition"], name="segment_edition_once")]
