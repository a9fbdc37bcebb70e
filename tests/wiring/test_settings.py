"""What the one settings file promises of the database."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def pids(together: int) -> set[int]:
    """The server processes that so many threads meet who ask at once."""
    found: set[int] = set()

    def ask() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid(), pg_sleep(0.2)")
                found.add(cursor.fetchone()[0])
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_server_that_was_restarted_costs_nobody_an_answer() -> None:
    before = pids(3)
    with connection.cursor() as cursor:
        cursor.execute("select count(pg_terminate_backend(one)) from unnest(%s) as one", [list(before)])
    after = pids(3)
    assert (len(before), len(after), before & after) == (3, 3, set())
