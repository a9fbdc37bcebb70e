"""Bringing the database and the static files to this version. Safe while another process does the same."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tongpin.web.look.build import collect

log = logging.getLogger(__name__)

OLDEST = 150000


def _keys_are_lost(cursor: Any) -> bool:
    """A new key beside old sealed values would find nobody again and open nothing."""
    if Path(settings.KEY_FILE).exists():
        return False
    cursor.execute("select to_regclass('identity') is not null")
    if not cursor.fetchone()[0]:
        return False
    cursor.execute("select exists (select from identity)")
    return bool(cursor.fetchone()[0])


def migrate() -> int:
    """Migrates under a lock; returns an exit code."""
    with connection.cursor() as cursor:
        version = connection.pg_version  # type: ignore[attr-defined]
        if version < OLDEST:
            print(f"This PostgreSQL is {version // 10000}; Tongpin needs 15 or newer.")
            return 1
        if _keys_are_lost(cursor):
            print(
                f"The key file {settings.KEY_FILE} is missing, and the database holds people sealed with it. Put back the"
                " copy you keep apart from the backups; nothing was started, so that no second key is mixed in."
            )
            return 1
        cursor.execute("select pg_advisory_lock(7100002)")
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(7100002)")
    collect()
    return 0
