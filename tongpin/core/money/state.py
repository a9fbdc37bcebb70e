"""Where providers keep what they must not forget, in the database of the house."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from tongpin.cashier.port import State
from tongpin.core.money.models import CashierState


class DatabaseStateStore:
    """The StateStore of one provider kind. Another provider's keys are out of its sight."""

    def __init__(self, *, kind: str) -> None:
        self._before = f"{kind}:"

    def get(self, *, key: str) -> tuple[State, int] | None:
        """The value and its version."""
        with connection.cursor() as cursor:
            cursor.execute("select value::text, version from cashier_state where key = %s", [self._before + key])
            row = cursor.fetchone()
        return None if row is None else (json.loads(row[0]), int(row[1]))

    def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        """Compare and set; False where somebody was quicker. Never breaks the transaction around it."""
        stored = json.dumps(value, ensure_ascii=False)
        with connection.cursor() as cursor:
            if expected_version is None:
                cursor.execute(
                    "insert into cashier_state (key, value, version) values (%s, %s::jsonb, 1) on conflict (key) do nothing",
                    [self._before + key, stored],
                )
            else:
                cursor.execute(
                    "update cashier_state set value = %s::jsonb, version = version + 1 where key = %s and version = %s",
                    [stored, self._before + key, expected_version],
                )
            return bool(cursor.rowcount)

    def items(self, *, prefix: str) -> Iterator[tuple[str, State]]:
        """Every key that begins so, with its value."""
        rows = CashierState.objects.filter(key__startswith=self._before + prefix).order_by("key")
        for row in rows.iterator():
            yield row.key.removeprefix(self._before), dict(row.value)
