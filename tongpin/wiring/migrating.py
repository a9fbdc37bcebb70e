"""Bringing the database and the static files to this version. Safe while another process does the same."""

from __future__ import annotations

import logging

from django.core.management import call_command
from django.db import connection

from tongpin.web.look.build import collect

log = logging.getLogger(__name__)

OLDEST = 150000


def migrate() -> int:
    """Migrates under a lock; returns an exit code."""
    with connection.cursor() as cursor:
        version = connection.pg_version  # type: ignore[attr-defined]
        if version < OLDEST:
            print(f"This PostgreSQL is {version // 10000}; Tongpin needs 15 or newer.")
            return 1
        cursor.execute("select pg_advisory_lock(7100002)")
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(7100002)")
    collect()
    return 0
