# How often a place was given to a community; each time is a fact of its own.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0002_tracked_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="assigned",
            field=models.IntegerField(db_default=0, default=0),
        ),
        # Until now each was told as the first, so what belongs to a community may have been told of once.
        migrations.RunSQL(
            "update place set assigned = 1 where community_id is not null", migrations.RunSQL.noop, elidable=True
        ),
    ]
