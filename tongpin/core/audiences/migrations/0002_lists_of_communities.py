"""A kept list is of communities, or (none) of the whole house: it says who may change it. Old ones are the house's."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audiences", "0001_segments"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="communities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
