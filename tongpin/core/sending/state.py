"""Where channels keep what they must not forget, in the database of the house, sealed."""

from __future__ import annotations

import json

from django.db import connection

from tongpin.channels.port import State
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import ChannelState
from tongpin.core.team.keys import keyring

CONTEXT = "channel.state"


class DatabaseStateStore:
    """The StateStore of one kind of channel. Another kind's keys are out of its sight."""

    def __init__(self, *, kind: str, desk: Desk) -> None:
        self._before, self._desk = f"{kind}:", desk

    async def get(self, *, key: str) -> tuple[State, int] | None:
        """The value and its version."""
        return await self._desk(_get, self._before + key)

    async def put(self, *, key: str, value: State, expected_version: int | None) -> bool:
        """Compare and set; False where somebody was quicker."""
        return await self._desk(_put, self._before + key, value, expected_version)


def forget_state(*, kind: str) -> None:
    """All that a kind of channel kept goes, as with an account that was disconnected."""
    ChannelState.objects.filter(key__startswith=f"{kind}:").delete()


def _get(key: str) -> tuple[State, int] | None:
    row = ChannelState.objects.filter(key=key).first()
    return None if row is None else (json.loads(keyring().decrypt(row.value_sealed, context=CONTEXT)), row.version)


def _put(key: str, value: State, expected_version: int | None) -> bool:
    sealed = keyring().encrypt(json.dumps(value, ensure_ascii=False), context=CONTEXT)
    with connection.cursor() as cursor:
        if expected_version is None:
            cursor.execute(
                "insert into channel_state (key, value_sealed, version) values (%s, %s, 1) on conflict (key) do nothing",
                [key, sealed],
            )
        else:
            cursor.execute(
                "update channel_state set value_sealed = %s, version = version + 1 where key = %s and version = %s",
                [sealed, key, expected_version],
            )
        return bool(cursor.rowcount)
