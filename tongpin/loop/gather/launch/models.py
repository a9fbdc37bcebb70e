"""Tables of the launch."""

from __future__ import annotations

from django.db import models

from tongpin.core.places.models import Community


class LaunchItem(models.Model):
    """An item of the checklist that stood when it was last looked at, or fell since: the memory behind its facts."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=30)
    stands = models.BooleanField()
    occurrence = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "launch_item"
        constraints = [models.UniqueConstraint(fields=["community", "item"], name="launch_item_once")]
