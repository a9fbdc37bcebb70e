"""Rival of the reaction bench: a worker that asks a table of jobs for the next ones ten times a second (SKIP LOCKED)."""

from __future__ import annotations

import os
import signal
import threading

EVERY = 0.1


def main() -> None:
    import psycopg

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while not stop.wait(EVERY):
            while True:
                done = connection.execute(
                    "with mine as (delete from bench_job where number in (select number from bench_job order by number limit 100"
                    " for update skip locked) returning number)"
                    " insert into bench_done select number, clock_timestamp() from mine"
                )
                if not done.rowcount:
                    break


if __name__ == "__main__":
    main()
