"""What the picture of an offer shows, in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default of the database's own: rows of a running house are not rewritten."""

    dependencies = [("sell", "0001_shop_and_group_buy")]
    operations = [
        migrations.AddField(
            model_name="offer",
            name="picture_says",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
    ]
