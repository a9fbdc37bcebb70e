"""Results of measures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(db_collation="C", max_length=60)),
                ("scope_kind", models.CharField(db_collation="C", max_length=30)),
                ("scope", models.BigIntegerField(default=0)),
                ("as_of", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("value", models.JSONField()),
                ("n", models.BigIntegerField()),
                ("quality", models.CharField(max_length=10)),
                ("made_at", models.DateTimeField()),
            ],
            options={"db_table": "figure"},
        ),
        migrations.AddConstraint(
            "figure",
            models.UniqueConstraint(fields=("measure", "scope_kind", "scope", "as_of", "known_at"), name="figure_once"),
        ),
    ]
