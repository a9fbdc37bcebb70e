"""The audit trail refuses changes in the database itself; the version of write keys gets its one row."""

from django.db import migrations

SQL = """
create function team_audit_is_written_once() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is written once: no % of its lines', lower(tg_op);
end $$;
create trigger audit_is_written_once before update or delete on team_audit_line
    for each row execute function team_audit_is_written_once();
insert into team_key_version (id, number) values (1, 0);
"""
UNDO = """
drop trigger audit_is_written_once on team_audit_line;
drop function team_audit_is_written_once();
delete from team_key_version;
"""


class Migration(migrations.Migration):
    """Nobody rewrites what was done."""

    dependencies = [("team", "0001_the_team")]
    operations = [migrations.RunSQL(SQL, UNDO)]
