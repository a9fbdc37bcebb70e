"""Five million facts replayed: the projections are folded live, then built again beside themselves and compared row by row.

Value is facts a second of the rebuild; the rival reads the same facts into the same tables with plain statements in one
go, which no table that must stay readable and resumable could do.

    bin/bench replay [--json] [--facts N] [--people N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

ORDERS_IN = 10
"""One fact in so many belongs to an order."""


def fill(facts: int, people: int) -> None:
    """Facts straight in SQL: tracked events, and orders of three facts (placed, one item, paid; one in ten refunded)."""
    from django.db import connection

    step = 250_000
    with connection.cursor() as cursor:
        for start in range(1, facts + 1, step):
            cursor.execute(
                """
                with numbered as (
                    select nextval('entry_seq') seq, n, (n %% %(orders_in)s)::int as at_ten, n / %(orders_in)s as tens
                    from generate_series(%(lo)s::bigint, %(hi)s::bigint) n
                ), said as (
                    select seq, n,
                           case when at_ten > 0 then 'event.tracked' when tens %% 3 = 0 then 'order.placed'
                                when tens %% 3 = 1 then 'order.item_added' else 'order.paid' end as kind,
                           tens / 3 as number
                    from numbered
                ), keyed as (
                    insert into entry_key select decode(md5(n::text), 'hex'), seq from said
                ), written as (
                    insert into entry select seq, kind, timestamptz '2026-01-01' + n * interval '5 seconds', now(),
                        1 + (case when kind = 'event.tracked' then n * 7919 else number end) %% %(people)s, 1,
                        'bench', 'filled', 1, null, 0, 1, true,
                        case kind
                            when 'event.tracked' then jsonb_build_object('write_key', 9, 'message', n::text, 'name', 'Lesson Read')
                            when 'order.placed' then jsonb_build_object('order', number::text)
                            when 'order.item_added' then jsonb_build_object(
                                'order', number::text, 'line', '1', 'product', number %% 50, 'amount_fen', 100 + number %% 9900)
                            else jsonb_build_object('order', number::text, 'amount_fen', 100 + number %% 9900)
                        end
                    from said
                )
                insert into fresh
                select min(seq), max(seq), array['event.tracked', 'order.item_added', 'order.paid', 'order.placed'] from said
                """,
                {"lo": start, "hi": min(start + step - 1, facts), "people": people, "orders_in": ORDERS_IN},
            )
        cursor.execute("analyze entry")


def sequence() -> None:
    """Gives every fact its place in the feed."""
    import psycopg

    from tongpin.core.ledger import sequencer
    from tongpin.wiring.readers import plain_parameters

    with psycopg.connect(**plain_parameters(), autocommit=True) as raw:
        while sequencer.sequence_once(raw):
            pass


def folded_live() -> float:
    """Folds as the readers do, from the first fact to the last."""
    from tongpin.core.ledger.projections import fold_once
    from tongpin.core.people.projecting import PROJECTIONS

    began = time.perf_counter()
    for projection in PROJECTIONS:
        while fold_once(projection):
            pass
    return time.perf_counter() - began


def rebuilt() -> float:
    """Builds every projection again beside its live tables and swaps it in; what it was is kept as `…__live`."""
    from django.db import connection

    from tongpin.core.ledger.projections import rebuild
    from tongpin.core.people.projecting import PROJECTIONS

    with connection.cursor() as cursor:
        for projection in PROJECTIONS:
            for table in projection.tables:
                cursor.execute(f"create table {table}__live as table {table}")
    began = time.perf_counter()
    for projection in PROJECTIONS:
        rebuild(projection)
    return time.perf_counter() - began


def compared() -> dict[str, int]:
    """Rows of each table; stops where the rebuilt table is not the live one, row by row."""
    from django.db import connection

    from tongpin.core.people.projecting import PROJECTIONS

    rows: dict[str, int] = {}
    with connection.cursor() as cursor:
        for projection in PROJECTIONS:
            for table in projection.tables:
                cursor.execute(
                    f"select (select count(*) from {table}), (select count(*) from ((table {table} except all table"
                    f" {table}__live) union all (table {table}__live except all table {table})) d)"
                )
                held, different = cursor.fetchone()
                if different or not held:
                    raise SystemExit(f"{table}: {held} rows, {different} are not as the live table has them")
                rows[table] = held
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--facts", type=int, default=5_000_000)
    parser.add_argument("--people", type=int, default=500_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
        from tongpin.wiring.postgres import temporary_cluster

        with temporary_cluster(Path(folder), fsync=True) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            result = measured(given.facts, given.people, is_told=not given.json)
    if given.json:
        print(json.dumps({"name": "replay", "results": [result]}))
    else:
        print("{case}: {value:,} {unit}, rival {raw:,}, ratio {ratio}, peak {peak_mb} MB".format(**result))


def measured(facts: int, people: int, *, is_told: bool) -> dict[str, Any]:
    """The rebuild of every projection over `facts`, its tables compared with the live ones."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from benches.reference import replay_plain

    fill(facts, people)
    sequence()
    live = folded_live()
    again = rebuilt()
    rows = compared()
    plain = replay_plain.seconds()
    connection.close()
    if is_told:
        print(f"{facts:,} facts folded live in {live:.1f} s, rebuilt in {again:.1f} s; rows alike: {rows}")
    return {
        "case": f"{facts:,} facts into every projection",
        "value": round(facts / again),
        "unit": "facts/s",
        "raw": round(facts / plain),
        "ratio": round(plain / again, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
