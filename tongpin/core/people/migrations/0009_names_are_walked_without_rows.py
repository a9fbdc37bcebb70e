"""Lists by name are walked in the index alone: every page used to look at thousands of rows in random places."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The same index without the stones of erased people."""

    dependencies = [("people", "0008_who_said_no")]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_in_order"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                models.ExpressionWrapper(models.Q(("sort_key", "")), output_field=models.BooleanField()),
                models.F("sort_key"),
                models.F("id"),
                condition=models.Q(("erased_at__isnull", True)),
                name="person_in_order",
            ),
        ),
    ]
