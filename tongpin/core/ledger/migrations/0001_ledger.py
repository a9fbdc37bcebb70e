"""Entries by range of seq, their keys, the feed and its readers."""

from django.db import migrations, models

from tongpin.core.ledger.partitions import ensure_room

SQL = """
create sequence entry_seq cache 1;
create table entry (
    seq bigint primary key,
    kind text collate "C" not null,
    at timestamptz not null,
    recorded_at timestamptz not null,
    person_id bigint,
    place_id bigint,
    actor text collate "C",
    source text collate "C",
    origin smallint not null,
    cause bigint,
    depth smallint not null,
    version smallint not null,
    quiet boolean not null,
    body jsonb not null
) partition by range (seq);
create index entry_by_person on entry (person_id, at desc, seq desc) where person_id is not null;
create index entry_notable on entry (seq desc) where origin = 0 and not quiet;
create table entry_key (digest bytea primary key, seq bigint not null);
create table entry_person (
    person_id bigint not null, seq bigint not null, role text collate "C" not null, primary key (person_id, seq, role)
);
create table entry_withdrawn (seq bigint primary key, by_seq bigint not null);
create table fresh (lo bigint primary key, hi bigint not null, kinds text[] not null)
    with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create table feed (pos bigint primary key, lo bigint not null, hi bigint not null, kinds text[] not null);
create index feed_by_seq on feed (lo);
create table reader (
    name text primary key, pos bigint not null, read_to timestamptz, moved_at timestamptz not null default now()
);
"""
UNDO = """
drop table reader; drop table feed; drop table fresh; drop table entry_withdrawn; drop table entry_person;
drop table entry_key; drop table entry; drop sequence entry_seq;
"""


def make_room(apps, schema_editor):
    """The first partitions."""
    with schema_editor.connection.cursor() as cursor:
        ensure_room(cursor)


class Migration(migrations.Migration):
    """The ledger."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(SQL, UNDO),
        migrations.RunPython(make_room, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Parked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=80)),
                ("reaction", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=300)),
                ("seq", models.BigIntegerField()),
                ("kind", models.CharField(max_length=80)),
                ("error", models.TextField(blank=True)),
                ("tries", models.IntegerField(default=0)),
                ("parked_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "ledger_parked"},
        ),
        migrations.AddConstraint("parked", models.UniqueConstraint(fields=("reaction", "seq"), name="parked_once")),
        migrations.AddIndex("parked", models.Index(fields=["reaction", "subject", "seq"], name="parked_in_order")),
        migrations.AddIndex(
            "parked",
            models.Index(fields=["next_try_at"], name="parked_due", condition=models.Q(next_try_at__isnull=False)),
        ),
    ]
