"""A refusal can be taken back: how often, and from when an answer is promised again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gather", "0001_gather"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="reconsidered",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="application",
            name="reconsidered_at",
            field=models.DateTimeField(null=True),
        ),
    ]
