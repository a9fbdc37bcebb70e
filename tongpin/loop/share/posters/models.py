"""The table of posters. The picture itself is drawn again whenever it is asked for."""

from __future__ import annotations

from django.db import models

from tongpin.core.places.models import TrackedCode


class Poster(models.Model):
    """A poster a person had drawn: the words they chose, and what stood on it as 16 bytes."""

    person_id = models.BigIntegerField()
    code = models.ForeignKey(TrackedCode, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    sentence = models.CharField(max_length=120, blank=True)
    content = models.BinaryField(max_length=16)
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "poster"
        constraints = [models.UniqueConstraint(fields=["person_id", "code", "content"], name="poster_once")]
        indexes = [models.Index(fields=["person_id", "-id"], name="poster_person")]
