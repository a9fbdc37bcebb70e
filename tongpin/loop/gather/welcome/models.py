"""Tables of the welcome."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongpin.core.people.models import Person
from tongpin.core.places.models import Community


class WelcomeStep(models.Model):
    """A step of a community's entry ritual with its words."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()
    code = models.CharField(max_length=30)
    words = models.TextField(blank=True)

    class Meta:
        db_table = "welcome_step"
        constraints = [models.UniqueConstraint(fields=["community", "code"], name="welcome_step_once")]


class Welcome(models.Model):
    """A newcomer on the way: the steps they began with, and when each was done, in the same order."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    steps = ArrayField(models.CharField(max_length=30))
    done_at = ArrayField(models.DateTimeField(), default=list)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    occurrence = models.IntegerField(default=1)

    class Meta:
        db_table = "welcome"
        constraints = [models.UniqueConstraint(fields=["community", "person"], name="welcome_once")]
        indexes = [models.Index(fields=["person"], name="welcome_person")]
