"""What PostgreSQL itself can do here, by its own pgbench: one hot row that 64 clients change in turn, and plain inserts.

The hot row is the ceiling of anything that counts the seats of one group in one row; the insert is what orders would cost
if they had nothing in common.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

HOT = "update hot_row set taken = taken + 1 where id = 1;\n"
INSERT = "insert into plain_order (buyer, amount_fen, at) values (random() * 1000000, 5500, now());\n"


def rates(dsn: str, *, clients: int, seconds: int) -> dict[str, float]:
    """Transactions a second of both, each on a connection of its own a client."""
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as raw:
        raw.execute("create table hot_row (id int primary key, taken int not null)")
        raw.execute("insert into hot_row values (1, 0)")
        raw.execute(
            "create table plain_order (id bigserial primary key, buyer bigint, amount_fen bigint, at timestamptz)"
        )
    told = {name: _run(dsn, script, clients, seconds) for name, script in (("hot row", HOT), ("insert", INSERT))}
    with psycopg.connect(dsn, autocommit=True) as raw:
        counted = raw.execute("select (select taken from hot_row), (select count(*) from plain_order)").fetchone()
    if not counted or not all(counted):
        raise SystemExit("pgbench changed nothing")
    return told


def _run(dsn: str, script: str, clients: int, seconds: int) -> float:
    from tongpin.wiring.postgres.binaries import installed

    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        Path(file.name).chmod(0o644)
        argv = [str(installed().tool("pgbench")), "-n", "-c", str(clients), "-j", "2", "-T", str(seconds)]
        told = subprocess.run([*argv, "-f", file.name, dsn], check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", told)
    if found is None:
        raise SystemExit("pgbench said no rate")
    return float(found[1])
