"""Tables of positioning."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongpin.core.places.models import Community


class Positioning(models.Model):
    """One edition of a community's canvas. The highest edition holds."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    edition = models.IntegerField()
    thing_done_together = models.TextField(blank=True)
    kinds = ArrayField(models.CharField(max_length=30), default=list)
    ideal_member = models.TextField(blank=True)
    vision = models.TextField(blank=True)
    values = models.TextField(blank=True)
    benefit_members = models.TextField(blank=True)
    benefit_operator = models.TextField(blank=True)
    tie = models.CharField(max_length=30, blank=True)
    hobby_or_need = models.TextField(blank=True)
    difference = models.TextField(blank=True)
    scene = models.TextField(blank=True)
    kept_up_together = models.TextField(blank=True)
    motives = ArrayField(models.CharField(max_length=30), default=list)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=60)

    class Meta:
        db_table = "positioning"
        constraints = [models.UniqueConstraint(fields=["community", "edition"], name="positioning_edition")]
