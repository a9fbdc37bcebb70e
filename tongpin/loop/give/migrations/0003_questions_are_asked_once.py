# A question without a name is known by the form it came by.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("give", "0002_digests"),
        ("places", "0003_place_assigned"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="once",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("once__isnull", False)), fields=("talk", "once"), name="question_once"
            ),
        ),
    ]
