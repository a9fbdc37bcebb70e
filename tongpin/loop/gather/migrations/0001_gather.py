"""The tables of gather; an adopted charter is kept from changing."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function charter_stays() returns trigger language plpgsql as $$
begin
    raise exception 'an adopted charter never changes: adopt a new edition';
end $$;
create trigger charter_stays before update on charter for each row execute function charter_stays();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0003_amendments_of_orders"),
        ("places", "0002_tracked_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CharterEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.IntegerField()),
                ("rules", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "rituals",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "content_sources",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("goal", models.TextField(blank=True)),
                ("plan", models.TextField(blank=True)),
                ("adopted_at", models.DateTimeField()),
                ("adopted_by", models.CharField(max_length=60)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "charter",
                "constraints": [
                    models.UniqueConstraint(fields=("community", "edition"), name="charter_edition"),
                    models.CheckConstraint(condition=models.Q(("rules__len__gt", 0)), name="charter_has_rules"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accepted_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
                (
                    "charter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gather.charteredition"
                    ),
                ),
            ],
            options={
                "db_table": "charter_acceptance",
                "indexes": [models.Index(fields=["person"], name="charter_acceptance_person")],
                "constraints": [models.UniqueConstraint(fields=("charter", "person"), name="charter_accepted_once")],
            },
        ),
        migrations.CreateModel(
            name="Door",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door", models.CharField(max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("shut_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("occurrence", models.IntegerField(default=1)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "door",
                "constraints": [models.UniqueConstraint(fields=("community", "door"), name="door_once")],
            },
        ),
        migrations.CreateModel(
            name="Entrance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=120)),
                ("offline", models.BooleanField()),
                ("paid", models.BooleanField()),
                ("door", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=60)),
                ("closed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("occurrence", models.IntegerField(default=0)),
                (
                    "code",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.trackedcode",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "entrance",
                "constraints": [models.UniqueConstraint(fields=("community", "name"), name="entrance_named_once")],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("charter_edition", models.IntegerField()),
                ("applied_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=30)),
                (
                    "code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="places.trackedcode",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
                (
                    "inviter",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
                (
                    "entrance",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="gather.entrance"
                    ),
                ),
            ],
            options={
                "db_table": "application",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["applied_at", "id"],
                        name="application_waiting",
                    ),
                    models.Index(fields=["person"], name="application_person"),
                    models.Index(fields=["entrance", "state"], name="application_entrance"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("community", "person"),
                        name="application_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="application_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LaunchItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=30)),
                ("stands", models.BooleanField()),
                ("occurrence", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "launch_item",
                "constraints": [models.UniqueConstraint(fields=("community", "item"), name="launch_item_once")],
            },
        ),
        migrations.CreateModel(
            name="Positioning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.IntegerField()),
                ("thing_done_together", models.TextField(blank=True)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("ideal_member", models.TextField(blank=True)),
                ("vision", models.TextField(blank=True)),
                ("values", models.TextField(blank=True)),
                ("benefit_members", models.TextField(blank=True)),
                ("benefit_operator", models.TextField(blank=True)),
                ("tie", models.CharField(blank=True, max_length=30)),
                ("hobby_or_need", models.TextField(blank=True)),
                ("difference", models.TextField(blank=True)),
                ("scene", models.TextField(blank=True)),
                ("kept_up_together", models.TextField(blank=True)),
                (
                    "motives",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("written_by", models.CharField(max_length=60)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "positioning",
                "constraints": [models.UniqueConstraint(fields=("community", "edition"), name="positioning_edition")],
            },
        ),
        migrations.CreateModel(
            name="QuestionSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("questions", models.JSONField(default=list)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.CharField(max_length=60)),
                (
                    "community",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "question_sheet",
            },
        ),
        migrations.CreateModel(
            name="Welcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
                (
                    "done_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), default=list, size=None
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("occurrence", models.IntegerField(default=1)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "db_table": "welcome",
                "indexes": [models.Index(fields=["person"], name="welcome_person")],
                "constraints": [models.UniqueConstraint(fields=("community", "person"), name="welcome_once")],
            },
        ),
        migrations.CreateModel(
            name="WelcomeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("code", models.CharField(max_length=30)),
                ("words", models.TextField(blank=True)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.community"
                    ),
                ),
            ],
            options={
                "db_table": "welcome_step",
                "constraints": [models.UniqueConstraint(fields=("community", "code"), name="welcome_step_once")],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("question", models.TextField()),
                ("words", models.TextField(blank=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="gather.application"
                    ),
                ),
            ],
            options={
                "db_table": "application_answer",
                "constraints": [models.UniqueConstraint(fields=("application", "position"), name="answered_once")],
            },
        ),
        migrations.RunSQL(KEEP, "drop trigger charter_stays on charter; drop function charter_stays()"),
    ]
