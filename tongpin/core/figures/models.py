"""Tables of figures."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Figure(models.Model):
    """One result of a measure for one scope, cut at two clocks. Made again for the same clocks, it is replaced."""

    measure = models.CharField(max_length=60, db_collation="C")
    scope_kind = models.CharField(max_length=30, db_collation="C")
    scope = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()
    known_at = models.DateTimeField()
    value = models.JSONField()
    n = models.BigIntegerField()
    quality = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "figure"
        constraints = [
            models.UniqueConstraint(fields=["measure", "scope_kind", "scope", "as_of", "known_at"], name="figure_once")
        ]


class FigurePeople(models.Model):
    """Who stands behind a number of the newest figure, so that a screen opens it (下钻): some of them, newest first."""

    measure = models.CharField(max_length=60, db_collation="C")
    scope_kind = models.CharField(max_length=30, db_collation="C")
    scope = models.BigIntegerField(default=0)
    cell = models.CharField(max_length=60, db_collation="C")
    as_of = models.DateTimeField()
    person_ids = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "figure_people"
        constraints = [
            models.UniqueConstraint(fields=["measure", "scope_kind", "scope", "cell"], name="figure_people_once")
        ]
