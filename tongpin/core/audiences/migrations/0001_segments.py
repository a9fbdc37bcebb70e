"""Segments of people by rule, with their editions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Segments."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_collation="C", max_length=60)),
                ("rule", models.JSONField()),
                ("edition", models.IntegerField(default=1)),
                ("defined_at", models.DateTimeField()),
                ("defined_by", models.CharField(max_length=60)),
                ("dropped_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "segment"},
        ),
        migrations.CreateModel(
            name="SegmentEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="audiences.segment"
                    ),
                ),
                ("edition", models.IntegerField()),
                ("rule", models.JSONField()),
                ("defined_at", models.DateTimeField()),
                ("defined_by", models.CharField(max_length=60)),
            ],
            options={"db_table": "segment_edition"},
        ),
        migrations.AddConstraint(
            "segment",
            models.UniqueConstraint(
                condition=models.Q(("dropped_at__isnull", True)), fields=("name",), name="segment_named_once"
            ),
        ),
        migrations.AddConstraint(
            "segmentedition", models.UniqueConstraint(fields=("segment", "edition"), name="segment_edition_once")
        ),
    ]
