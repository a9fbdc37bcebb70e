"""What became of each post to a webhook; who fetches from a source, and since when; the shop both belong to."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_intake"), ("places", "0001_places")]

    operations = [
        migrations.AddField(
            "hook",
            "shop",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="places.place"
            ),
        ),
        migrations.CreateModel(
            "HookPost",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sample", "Sample"),
                            ("recorded", "Recorded"),
                            ("known", "Known"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("fault", models.CharField(blank=True, max_length=40)),
                ("field", models.CharField(blank=True, max_length=40)),
                ("person_id", models.BigIntegerField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "hook",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="intake.hook"),
                ),
            ],
            options={
                "db_table": "hook_post",
                "indexes": [
                    models.Index(fields=["hook", "-id"], name="post_of_hook"),
                    models.Index(
                        condition=models.Q(("person_id__isnull", False)), fields=["person_id"], name="post_person"
                    ),
                ],
            },
        ),
        migrations.AlterField("source", "address", models.CharField(max_length=2000)),
        migrations.AddField("source", "event", models.CharField(blank=True, max_length=60)),
        migrations.AddField(
            "source",
            "shop",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="places.place"
            ),
        ),
        migrations.AddField("source", "taken", models.BigIntegerField(default=0)),
        migrations.AddField(
            "source",
            "made_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField("source", "fetched_at", models.DateTimeField(null=True)),
        migrations.AddField("source", "last", models.JSONField(default=dict)),
        migrations.AddField("source", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField("source", "lease", models.CharField(blank=True, max_length=26)),
        migrations.AddField("source", "leased_until", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "source",
            models.Index(
                condition=models.Q(("closed_at__isnull", True), ("paused_at__isnull", True)),
                fields=["next_at"],
                name="source_due",
            ),
        ),
    ]
