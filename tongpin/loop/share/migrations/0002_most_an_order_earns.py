"""Terms have a cap for each order; a commission keeps the terms it was earned under."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("share", "0001_links_bonds_and_commissions"),
    ]

    operations = [
        migrations.AddField(
            model_name="commission",
            name="community",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="commission",
            name="most_fen",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="commission",
            name="held_days",
            field=models.IntegerField(default=7),
        ),
        migrations.AddField(
            model_name="commissionterms",
            name="most_fen",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="commissionterms",
            constraint=models.CheckConstraint(condition=models.Q(("most_fen__gte", 0)), name="commission_terms_cap"),
        ),
    ]
