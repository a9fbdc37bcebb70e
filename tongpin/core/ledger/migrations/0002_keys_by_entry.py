"""Keys found by their entry, and the latest withdrawal: for taking facts back on a ledger of any size."""

from django.db import migrations

SQL = """
create index entry_key_by_seq on entry_key using brin (seq) with (pages_per_range = 32, autosummarize = on);
create index entry_withdrawn_latest on entry_withdrawn (by_seq);
"""
UNDO = """
drop index entry_key_by_seq; drop index entry_withdrawn_latest;
"""


class Migration(migrations.Migration):
    """Keys lie in the order they were written, so a summary of each stretch finds them; a full index would cost writers."""

    dependencies = [("ledger", "0001_ledger")]
    operations = [migrations.RunSQL(SQL, UNDO)]
