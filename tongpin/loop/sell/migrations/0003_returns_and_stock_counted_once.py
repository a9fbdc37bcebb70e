"""Buyers ask for money back of what was sent, stock counted by hand is counted once, offers are amended."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A new table, and columns with a default of the database's own: rows of a running house are not rewritten."""

    dependencies = [("sell", "0002_pictures_of_offers")]
    operations = [
        migrations.CreateModel(
            name="OrderReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nth", models.IntegerField()),
                ("reason", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("state", models.CharField(default="asked", max_length=12)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sell.order"),
                ),
            ],
            options={
                "db_table": "order_return",
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["asked_at"], name="return_open")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "nth"), name="return_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("order",), name="one_open_return"
                    ),
                ],
            },
        ),
        migrations.AddField(model_name="offer", name="amended", field=models.IntegerField(db_default=0, default=0)),
        migrations.AddField(
            model_name="stockmovement",
            name="key",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("offer", "key"), name="stock_counted_once"
            ),
        ),
    ]
