"""The table of files. Their content lies in the house's folder, not here."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """A picture or a recording that belongs to something; `name` says its content, so several rows may share one."""

    name = models.CharField(max_length=40, db_collation="C")
    kind = models.CharField(max_length=10, choices=[("picture", "picture"), ("voice", "voice")])
    media_type = models.CharField(max_length=40)
    size = models.BigIntegerField()
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)
    person_id = models.BigIntegerField(null=True)
    about_kind = models.CharField(max_length=30, db_collation="C")
    about = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"
        constraints = [
            models.UniqueConstraint(
                fields=["about_kind", "about", "name", "person_id"], nulls_distinct=False, name="stored_file_once"
            ),
            models.CheckConstraint(condition=models.Q(name__regex="^[0-9a-f]{40}$"), name="stored_file_name"),
        ]
        indexes = [
            models.Index(fields=["name"], name="stored_file_name_ix"),
            models.Index(fields=["person_id"], name="stored_file_person", condition=models.Q(person_id__isnull=False)),
        ]
