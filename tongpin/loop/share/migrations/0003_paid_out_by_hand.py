"""Rewards are paid out by hand; a commission knows by which payout."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share", "0002_most_an_order_earns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.BigIntegerField()),
                ("nth", models.IntegerField()),
                ("amount_fen", models.BigIntegerField()),
                ("way", models.CharField(max_length=20)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("paid_at", models.DateTimeField()),
                ("paid_by", models.CharField(max_length=60)),
                ("back_at", models.DateTimeField(null=True)),
                ("back_by", models.CharField(blank=True, max_length=60)),
                ("back_reason", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "db_table": "commission_payout",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "nth"), name="commission_payout_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0)), name="commission_payout_of_something"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="commission",
            name="payout",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="share.payout"
            ),
        ),
        migrations.AddIndex(
            model_name="commission",
            index=models.Index(condition=models.Q(("state", "free")), fields=["introducer"], name="commission_payable"),
        ),
    ]
