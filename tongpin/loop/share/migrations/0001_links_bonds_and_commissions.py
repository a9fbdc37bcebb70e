"""The tables of share: links, bonds, commissions, posters."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0002_tracked_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Commission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.CharField(max_length=60)),
                ("generation", models.IntegerField(default=1)),
                ("introducer", models.BigIntegerField(db_column="introducer_person")),
                ("buyer", models.BigIntegerField(db_column="buyer_person")),
                ("base_fen", models.BigIntegerField()),
                ("rate", models.IntegerField()),
                ("accrued_fen", models.BigIntegerField()),
                ("refunded_fen", models.BigIntegerField(default=0)),
                ("taken_fen", models.BigIntegerField(default=0)),
                ("state", models.CharField(default="held", max_length=12)),
                ("withheld", models.IntegerField(default=0)),
                ("held_until", models.DateTimeField()),
                ("accrued_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "commission",
                "indexes": [
                    models.Index(fields=["introducer", "-id"], name="commission_introducer"),
                    models.Index(condition=models.Q(("state", "held")), fields=["held_until"], name="commission_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "generation"), name="commission_once"),
                    models.CheckConstraint(
                        condition=models.Q(("taken_fen__gte", 0), ("taken_fen__lte", models.F("accrued_fen"))),
                        name="commission_taken_within_accrued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_fen__gte", 0), ("refunded_fen__lte", models.F("base_fen"))),
                        name="commission_refunded_within_base",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommissionTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("community", models.BigIntegerField()),
                ("edition", models.IntegerField()),
                ("rate", models.IntegerField()),
                ("held_days", models.IntegerField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "commission_terms",
                "constraints": [
                    models.UniqueConstraint(fields=("community", "edition"), name="commission_terms_edition"),
                    models.CheckConstraint(
                        condition=models.Q(("held_days__gte", 0), ("rate__gte", 0), ("rate__lte", 5000)),
                        name="commission_terms_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("newcomer", models.BigIntegerField(db_column="newcomer_person", unique=True)),
                ("inviter", models.BigIntegerField(db_column="inviter_person")),
                ("tracked_code", models.BigIntegerField(default=0)),
                ("community", models.BigIntegerField(default=0)),
                ("generation", models.IntegerField()),
                ("bound_at", models.DateTimeField()),
                ("occurrence", models.IntegerField(default=0)),
                ("order", models.CharField(blank=True, max_length=60)),
                (
                    "returned",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("qualified_at", models.DateTimeField(null=True)),
                ("counts_from", models.DateTimeField(null=True)),
                ("disqualified_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "db_table": "referral",
                "indexes": [models.Index(fields=["inviter", "-id"], name="referral_inviter")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("newcomer", models.F("inviter")), _negated=True), name="referral_of_another"
                    ),
                    models.CheckConstraint(condition=models.Q(("generation__gte", 1)), name="referral_generation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Poster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40)),
                ("sentence", models.CharField(blank=True, max_length=120)),
                ("content", models.BinaryField(max_length=16)),
                ("drawn_at", models.DateTimeField()),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.trackedcode"
                    ),
                ),
            ],
            options={
                "db_table": "poster",
                "indexes": [models.Index(fields=["person_id", "-id"], name="poster_person")],
                "constraints": [models.UniqueConstraint(fields=("person_id", "code", "content"), name="poster_once")],
            },
        ),
        migrations.CreateModel(
            name="ReferralLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("target_kind", models.CharField(max_length=30)),
                ("target", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "code",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.trackedcode"
                    ),
                ),
            ],
            options={
                "db_table": "referral_link",
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "target_kind", "target"), name="referral_link_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("refund", models.CharField(max_length=60)),
                ("refunded_fen", models.BigIntegerField()),
                ("taken_fen", models.BigIntegerField()),
                ("owed_fen", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "commission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="taken", to="share.commission"
                    ),
                ),
            ],
            options={
                "db_table": "commission_taken_back",
                "indexes": [
                    models.Index(condition=models.Q(("owed_fen__gt", 0)), fields=["commission"], name="commission_owed")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("commission", "refund"), name="commission_taken_back_once"),
                    models.CheckConstraint(
                        condition=models.Q(("owed_fen__gte", 0), ("owed_fen__lte", models.F("taken_fen"))),
                        name="commission_owed_within_taken",
                    ),
                ],
            },
        ),
    ]
