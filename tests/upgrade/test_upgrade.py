"""Every backup an earlier tree left is restored by this one, brought to this version, and nothing of it is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.upgrade.make import PASSPHRASE
from tongpin.wiring.postgres import temporary_cluster

HERE = Path(__file__).parent
LOOK = """
import json, django
django.setup()
from django.db import connection
from tongpin.core.people.models import Person, Note, Identity
from tongpin.core.people.queries import person_card
from tongpin.core.team.keys import keyring
from tongpin.wiring.backup import counts
with connection.cursor() as cursor:
    tables = counts(cursor)
    cursor.execute("select count(*) from entry e left join entry_key k on k.seq = e.seq where k.seq is null"
                   " and not exists (select from entry_withdrawn w where w.seq = e.seq)"
                   " and e.kind not in ('person.met', 'identity.linked')")
    keyless = cursor.fetchone()[0]
person = Person.objects.get(nickname="安安妈")
card = person_card(person_id=person.pk, may_see_contact=True)
print(json.dumps({"tables": tables, "keyless": keyless, "name": keyring().decrypt(person.name_sealed, context="person.name"),
                  "merged": len(card.merged), "note": Note.objects.get().words}, ensure_ascii=False))
"""


def run(*argv: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *argv], env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("backup", sorted(HERE.glob("*.tar")), ids=lambda path: path.stem)
def test_an_earlier_backup_is_restored_upgraded_and_whole(backup: Path, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    with tarfile.open(backup) as tar:
        promised = json.loads(tar.extractfile("manifest.json").read())["tables"]  # type: ignore[union-attr]
    with temporary_cluster(tmp_path, fsync=False) as temporary:
        env = {k: v for k, v in os.environ.items() if not k.startswith("TONGPIN_")} | {
            "TONGPIN_HOME": str(tmp_path / "house"),
            "DATABASE_URL": temporary.cluster.dsn(role="app"),
            "DJANGO_SETTINGS_MODULE": "tongpin.wiring.settings",
        }
        done = run(
            "-m", "tongpin.wiring.cli", "restore", str(backup), "--passphrase-file", str(secret), "--yes", env=env
        )
        assert done.returncode == 0, done.stdout + done.stderr
        seen = run("-c", LOOK, env=env)
        assert seen.returncode == 0, seen.stderr
        found = json.loads(seen.stdout)
    # What Django and the job runner keep of themselves: they list the tables and tasks of this version.
    own = {
        *("auth_permission", "django_content_type", "django_migrations"),
        *("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers"),
    }
    kept = {table: found["tables"].get(table) for table in promised if table not in own}
    assert kept == {table: rows for table, rows in promised.items() if table not in own}
    assert found["keyless"] == 0
    assert (found["name"], found["merged"], found["note"]) == ("何念安", 1, "孩子入托，想找能自己翻的纸板书")


def test_there_is_a_backup_to_try() -> None:
    assert sorted(HERE.glob("*.tar"))
