"""New nicknames wait in a shorter list before they are sorted into the index of grams: every search reads all of it."""

import django.contrib.postgres.indexes
from django.db import migrations

SHORT = django.contrib.postgres.indexes.GinIndex(
    fastupdate=True, gin_pending_list_limit=512, fields=["grams"], name="person_grams"
)


class Migration(migrations.Migration):
    """512 kB in place of 4 MB; the index itself stays."""

    dependencies = [("people", "0004_scopes_of_identities")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "alter index person_grams set (gin_pending_list_limit = 512)",
                    "alter index person_grams reset (gin_pending_list_limit)",
                )
            ],
            state_operations=[migrations.RemoveIndex("person", "person_grams"), migrations.AddIndex("person", SHORT)],
        )
    ]
