"""One migrated database that every worker of a run copies, and the quick way to empty it again after a test that commits."""

from __future__ import annotations

import fcntl
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

TEMPLATE = "tongpin_migrated"
RAW_TABLES = "entry, entry_key, entry_person, entry_withdrawn, fresh, feed, reader"
"""Tables that Django does not know."""
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def migrated() -> str:
    """The name of a migrated database to copy, made by whichever worker asks first; empty on a server that is not ours."""
    ground = os.environ.get("TONGPIN_TEST_SERVER")
    if not ground:
        return ""
    own = connection.settings_dict["NAME"]
    with (Path(ground) / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from pg_database where datname = %s", [TEMPLATE])
                is_made = bool(cursor.fetchone()[0])
                if not is_made:
                    cursor.execute(f"create database {TEMPLATE} template template0")
            if not is_made:
                _lead_to(TEMPLATE)
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            # Also the pool is closed: it would go on leading where it was opened.
            _lead_to(own)
    return TEMPLATE


@contextmanager
def copy_of_migrated() -> Iterator[str]:
    """A migrated database of one's own on the tests' server; gives its address."""
    template, name = migrated(), f"copy_{uuid.uuid4().hex}"
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, dbname="postgres", autocommit=True) as own:
        copied, original = sql.Identifier(name), sql.Identifier(template)
        own.execute(sql.SQL("create database {} template {}").format(copied, original))
        try:
            yield re.sub(r"/[^/?]*\?", f"/{name}?", address, count=1)
        finally:
            own.execute(sql.SQL("drop database {} with (force)").format(copied))


def _lead_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


@cache
def _which_are_full() -> str:
    tables = sorted({*connection.introspection.django_table_names(only_existing=True, include_views=False)} - KEPT)
    each = ", ".join(f"case when exists (select from \"{table}\") then '{table}' end" for table in tables)
    return f"select array_remove(array[{each}], null)"


@cache
def _guarded() -> frozenset[str]:
    """Tables with triggers of ours at a deletion: they refuse to let a row go."""
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where not tgisinternal and tgtype & 8 > 0")
        return frozenset(name for (name,) in cursor.fetchall())


def empty_all() -> None:
    """What Django's flush does, for the few tables that hold anything: emptying all of them takes half a second."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_which_are_full())
        full = cursor.fetchone()[0]
        for table in full:
            if table not in _guarded():
                cursor.execute(f'delete from "{table}"')
        for table in _guarded() & {*full}:
            cursor.execute(f'truncate "{table}"')
