"""All amendments of an order stand with it, so that taking one back needs no look into the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The sum of the last amendment becomes the sums of all. A rebuild of the purchases fills them."""

    dependencies = [("people", "0002_spending_and_order")]

    operations = [
        migrations.RemoveField("purchase", "amended_fen"),
        migrations.AddField("purchase", "amendments", models.JSONField(null=True)),
    ]
