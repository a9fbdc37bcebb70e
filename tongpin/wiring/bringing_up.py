"""Run as a process on a restored database: migrates it and makes it obey the list of the erased."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tongpin.base.clock import now  # noqa: E402
from tongpin.core.people.erasure import obey_erased_list  # noqa: E402
from tongpin.core.team.keys import keyring  # noqa: E402


def main() -> None:
    """Migrations first: the list is obeyed with today's tables. Keys that open nothing here must stop the restore."""
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("select sealed from identity where sealed is not null limit 1")
        for (sealed,) in cursor.fetchall():
            keyring().decrypt(sealed, context="identity")
    obey_erased_list(now=now())


if __name__ == "__main__":
    main()
