"""Tables of the charter. That an adopted edition never changes is kept by a trigger (0001_gather)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongpin.core.people.models import Person
from tongpin.core.places.models import Community


class CharterEdition(models.Model):
    """One edition of a community's charter. The highest edition is in force."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    edition = models.IntegerField()
    rules = ArrayField(models.TextField())
    roles = ArrayField(models.CharField(max_length=30), default=list)
    rituals = ArrayField(models.TextField(), default=list)
    content_sources = ArrayField(models.TextField(), default=list)
    goal = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=60)

    class Meta:
        db_table = "charter"
        constraints = [
            models.UniqueConstraint(fields=["community", "edition"], name="charter_edition"),
            models.CheckConstraint(condition=models.Q(rules__len__gt=0), name="charter_has_rules"),
        ]


class Acceptance(models.Model):
    """A person agreed to one edition."""

    charter = models.ForeignKey(CharterEdition, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        db_table = "charter_acceptance"
        constraints = [models.UniqueConstraint(fields=["charter", "person"], name="charter_accepted_once")]
        indexes = [models.Index(fields=["person"], name="charter_acceptance_person")]


class Door(models.Model):
    """A door of a community: open, or shut again. No row: it never stood open."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    door = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    shut_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    occurrence = models.IntegerField(default=1)

    class Meta:
        db_table = "door"
        constraints = [models.UniqueConstraint(fields=["community", "door"], name="door_once")]
