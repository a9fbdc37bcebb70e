"""Who stands behind a number."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """The people of a figure's cells."""

    dependencies = [("figures", "0001_figures")]
    operations = [
        migrations.CreateModel(
            name="FigurePeople",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(db_collation="C", max_length=60)),
                ("scope_kind", models.CharField(db_collation="C", max_length=30)),
                ("scope", models.BigIntegerField(default=0)),
                ("cell", models.CharField(db_collation="C", max_length=60)),
                ("as_of", models.DateTimeField()),
                ("person_ids", ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={"db_table": "figure_people"},
        ),
        migrations.AddConstraint(
            "figurepeople",
            models.UniqueConstraint(fields=("measure", "scope_kind", "scope", "cell"), name="figure_people_once"),
        ),
    ]
