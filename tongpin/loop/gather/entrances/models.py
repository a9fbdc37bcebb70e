"""Tables of entrances."""

from __future__ import annotations

from django.db import models

from tongpin.core.places.models import Community, TrackedCode


class Entrance(models.Model):
    """A way in. `door` says whom it is meant for: who comes by an entrance for seeds is a seed.

    Who comes by a closed one reads who the community is, and cannot apply.
    """

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    offline = models.BooleanField()
    paid = models.BooleanField()
    door = models.CharField(max_length=20)
    # Null for the moment between the row and its code, which leads to the row.
    code = models.OneToOneField(TrackedCode, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    occurrence = models.IntegerField(default=0)

    class Meta:
        db_table = "entrance"
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="entrance_named_once")]
