"""Who said no: the person, or a teammate for them. What was said before this counts as the person's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_assessments"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="withdrawn_by",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
    ]
