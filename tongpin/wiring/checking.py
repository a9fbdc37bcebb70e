"""`tongpin check`: what is configured, what is missing, how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tongpin.wiring.home import home
from tongpin.wiring.postgres import Cluster
from tongpin.wiring.run import running

MOST_MISSING = 1000

Line = tuple[str, str, str]
"""(ok | mind | bad, what, how to mend it)"""


def run() -> int:
    """Prints one line a thing; exit 1 where something is bad."""
    worst = 0
    for state, what, mend in _lines():
        sign = {"ok": "✓", "mind": "!", "bad": "✕"}[state]
        print(f" {sign} {what}" + (f"\n     → {mend}" if mend else ""))
        worst = max(worst, int(state == "bad"))
    return worst


def _lines() -> Iterator[Line]:
    base = home()
    yield "ok", f"home: {base.root}", ""
    free = shutil.disk_usage(base.root if base.root.exists() else Path.home()).free
    yield ("ok" if free > 2e9 else "bad"), f"disk: {free / 1e9:,.1f} GB free", "" if free > 2e9 else "free some room"
    up = running(base)
    yield (
        ("ok", f"running: process {up.pid} at {up.address}", "")
        if up
        else ("mind", "not running", "start it: bin/tongpin up")
    )
    external = bool(os.environ.get("DATABASE_URL"))
    if not external and not Cluster(base).is_served():
        yield "mind", "database: its own, not running now, so nothing in it was looked at", "start it: bin/tongpin up"
        return
    try:
        import django  # noqa: PLC0415 - only with a database to look at

        django.setup()
        yield from _inside(external)
    except Exception as error:
        yield (
            "bad",
            f"database: does not answer ({type(error).__name__})",
            "look at DATABASE_URL, or restart bin/tongpin up",
        )


def _ledger() -> Iterator[Line]:
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    from tongpin.core.ledger.queries import ledger_clock  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(extract(epoch from now() - min(xact_start)), 0)::int from pg_stat_activity"
            " where backend_xid is not null and datname = current_database()"
        )
        oldest = int(cursor.fetchone()[0])
        cursor.execute("select count(*), min(parked_at) from ledger_parked")
        parked, _ = cursor.fetchone()
    yield (
        ("ok" if oldest < 5 else "bad"),
        f"oldest write transaction: {oldest} s",
        "" if oldest < 5 else "something holds a write open: restart",
    )
    clock = ledger_clock()
    yield (
        ("ok" if clock.lag < 50_000 else "mind"),
        f"readers: {clock.lag:,} facts behind",
        "" if clock.lag < 50_000 else "let them catch up; see var log of readers",
    )
    yield (
        ("ok" if not parked else "mind"),
        f"parked facts: {parked}",
        "" if not parked else "look at them in the console: 今日 → 搁置",
    )


def _files(lost: int, folder: Path) -> Line:
    if not lost:
        return "ok", "files: all are there", ""
    number = f"{lost} or more" if lost == MOST_MISSING else str(lost)
    return (
        "bad",
        f"files: {number} missing in {folder}",
        f"take them from a backup that has them: tar -xf BACKUP -C {folder.parent} files",
    )


def _inside(external: bool) -> Iterator[Line]:
    from django.conf import settings  # noqa: PLC0415 - needs Django set up
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tongpin.base.clock import now  # noqa: PLC0415
    from tongpin.core.files.queries import missing  # noqa: PLC0415
    from tongpin.core.team.keys import keyring  # noqa: PLC0415
    from tongpin.wiring.backup import newest  # noqa: PLC0415
    from tongpin.wiring.nightly import said  # noqa: PLC0415
    from tongpin.wiring.owner import public_address  # noqa: PLC0415

    version = connection.pg_version  # type: ignore[attr-defined]
    yield (
        ("ok" if version >= 150000 else "bad"),
        f"database: PostgreSQL {version // 10000}, {'yours' if external else 'its own'}",
        ("" if version >= 150000 else "use PostgreSQL 15 or newer"),
    )
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
        yield "ok", "database: at this version", ""
        yield _files(len(missing(limit=MOST_MISSING)), settings.FILES)
    except SystemExit:
        yield "bad", "database: not at this version", "run: bin/tongpin migrate"
    yield from _ledger()
    keyring()
    yield (
        "ok",
        f"key file: {settings.KEY_FILE}",
        "keep a copy in another place: without it names and phones cannot be read",
    )
    last = newest()
    when = said(hour=settings.BACKUP_HOUR, zone=settings.ZONE)
    if last is None:
        yield "mind", f"backup: none yet; {when}", "run: bin/tongpin backup"
    else:
        age = now().timestamp() - last.stat().st_mtime
        fresh = age < timedelta(days=2).total_seconds()
        yield (
            ("ok" if fresh else "bad"),
            f"backup: {last.name}; {when}",
            "" if fresh else "the newest is older than two days: see the worker's log",
        )
    address = public_address()
    secure = address.startswith("https://")
    yield (
        ("ok" if secure else "mind"),
        f"address: {address}",
        "" if secure else "fine on this machine alone; members need https",
    )
