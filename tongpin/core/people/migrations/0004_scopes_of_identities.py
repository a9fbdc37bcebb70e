"""Kinds of identity by namespace get a small table of their own in place of an index over all identities."""

from django.db import migrations

SQL = """
create table identity_scope (
    kind varchar(30) collate "C" not null, namespace varchar(60) collate "C" not null, primary key (kind, namespace)
);
insert into identity_scope select distinct kind, namespace from identity;
"""


class Migration(migrations.Migration):
    """The index goes: each new identity pays for it, and only a search for a typed account read it."""

    dependencies = [("people", "0003_amendments_of_orders")]

    operations = [
        migrations.RunSQL(SQL, "drop table identity_scope"),
        migrations.RemoveIndex("identity", "identity_kind"),
    ]
