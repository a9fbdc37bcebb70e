"""What people spent, and the orders in which lists show them."""

from django.db import migrations, models

# Counters of a person's activity change all the time: room in each page keeps such an update out of the indexes.
ROOM = """
alter table person_activity set (fillfactor = 70);
alter table person_spending set (fillfactor = 80);
alter table purchase set (fillfactor = 80);
create sequence contact_view_seq;
"""
UNDO = """
drop sequence contact_view_seq;
alter table person_activity reset (fillfactor);
alter table person_spending reset (fillfactor);
alter table purchase reset (fillfactor);
"""


class Migration(migrations.Migration):
    """Spending by person, amended orders, and indexes for lists of people."""

    dependencies = [("people", "0001_people")]

    operations = [
        migrations.CreateModel(
            name="Spending",
            fields=[
                ("person_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("orders", models.IntegerField()),
                ("net_fen", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "person_spending"},
        ),
        migrations.RemoveIndex("person", "person_by_name"),
        migrations.AlterField("person", "via", models.CharField(db_collation="C", max_length=40)),
        migrations.AddField("person", "owner_times", models.IntegerField(db_default=0)),
        migrations.AddField("activity", "acted", models.BooleanField(default=False)),
        migrations.AddField("purchase", "told_fen", models.BigIntegerField(null=True)),
        migrations.AddField("purchase", "amended_fen", models.BigIntegerField(null=True)),
        migrations.AddField("purchase", "claimed", models.BooleanField(default=False)),
        migrations.AddField("purchase", "before_claim", models.BigIntegerField(null=True)),
        migrations.AddField("purchase", "facts", models.IntegerField(default=0)),
        migrations.AddIndex("identity", models.Index(fields=["kind", "namespace", "person"], name="identity_kind")),
        migrations.AddIndex(
            "person",
            models.Index(
                models.ExpressionWrapper(models.Q(("sort_key", "")), output_field=models.BooleanField()),
                models.F("sort_key"),
                models.F("id"),
                name="person_in_order",
            ),
        ),
        migrations.AddIndex("person", models.Index(fields=["via", "id"], name="person_via")),
        migrations.AddIndex(
            "person",
            models.Index(condition=models.Q(("erased_at__isnull", False)), fields=["id"], name="person_stone"),
        ),
        migrations.AddIndex("purchase", models.Index(fields=["order"], name="purchase_order")),
        migrations.AddIndex("spending", models.Index(fields=["-net_fen", "-person_id"], name="spending_most")),
        migrations.RunSQL(ROOM, UNDO),
    ]
