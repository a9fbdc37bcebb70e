"""A new key for personal data (换钥匙): the key file gets one more key, and all that older keys sealed is sealed anew.

Nothing stops meanwhile: every process opens both kinds, and writes with the new key a second after the file changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from tongpin.base.secrets import Keyring, load, save
from tongpin.core.team.keys import LOOKED_AT_EVERY, forget_keyring

SEALED = {
    ("channel_account", "config_sealed"): "channel.config",
    ("channel_state", "value_sealed"): "channel.state",
    ("hook", "sample_sealed"): "hook.sample",
    ("hook_post", "sealed"): "hook.post",
    ("identity", "sealed"): "identity",
    ("import_row", "cells_sealed"): "import_row",
    ("letter", "address_sealed"): "letter.address",
    ("life_fact", "sealed"): "life_fact",
    ("person", "name_sealed"): "person.name",
    ("person_trait", "sealed"): "person_trait",
    ("pull_source", "token_sealed"): "pull_source.token",
    ("shop_order", "recipient_sealed"): "shop_order.recipient_sealed",
    ("sign_in_link", "mail_sealed"): "sign_in_link.mail",
    ("team_staff", "totp_secret"): "team_staff.totp_secret",
    ("till", "settings_sealed"): "till",
    ("track_problem", "sealed"): "track_problem",
    ("track_recent", "sealed"): "track_recent",
}
"""Every column that holds sealed values, and the context they are sealed for."""

AT_ONCE = 1000


def rotate(*, told: Callable[[str, int], None] = lambda column, count: None) -> int:
    """Adds a writing key and seals everything anew; returns how many values. Doing it again after a crash goes on.

    `told(column, count)` reports each column. Raises KeyFileError; then nothing was changed.
    """
    path = Path(settings.KEY_FILE)
    ring = load(path)
    if not _is_left(ring):
        save(path, ring.rotated())
        forget_keyring()
        ring = load(path)
        time.sleep(2 * LOOKED_AT_EVERY)
    total = 0
    while True:
        found = 0
        for (table, column), context in SEALED.items():
            count = _seal_anew(table, column, context, ring)
            told(f"{table}.{column}", count)
            found += count
        total += found
        if not found:
            return total
        time.sleep(2 * LOOKED_AT_EVERY)  # a batch that began before may still have written with the older key


def _is_left(ring: Keyring) -> bool:
    """True where an earlier rotation was cut off: there are values of older keys beside values of the newest."""
    if ring.current == 1:
        return False
    with connection.cursor() as cursor:
        seen: set[bool] = set()
        for table, column in SEALED:
            for sign in ("=", "<"):
                cursor.execute(
                    f"select exists (select from {table} where {column} is not null and get_byte({column}, 0) {sign} %s)",
                    [ring.current],
                )
                if cursor.fetchone()[0]:
                    seen.add(sign == "=")
    return seen == {True, False}


def _seal_anew(table: str, column: str, context: str, ring: Keyring) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
            " where i.indrelid = %s::regclass and i.indisprimary order by array_position(i.indkey::int[], a.attnum::int)",
            [table],
        )
        keys = [name for (name,) in cursor.fetchall()]
    key = ", ".join(keys)
    changed, after = 0, None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            behind = "" if after is None else f" and ({key}) > ({', '.join(['%s'] * len(keys))})"
            cursor.execute(
                f"select {key}, {column} from {table} where {column} is not null and get_byte({column}, 0) < %s{behind}"
                f" order by {key} limit {AT_ONCE} for update",
                [ring.current, *(after or ())],
            )
            rows = cursor.fetchall()
            if not rows:
                return changed
            matched = " and ".join(f"{name} = %s" for name in keys)
            cursor.executemany(
                f"update {table} set {column} = %s where {matched}",
                [(ring.encrypt(ring.decrypt(row[-1], context=context), context=context), *row[:-1]) for row in rows],
            )
            changed, after = changed + len(rows), rows[-1][:-1]


def command() -> int:
    """`tongpin rotate-keys`."""
    count = rotate(told=lambda column, number: print(f"  {column}: {number}") if number else None)
    print(f"{count} values are sealed with the new key. Keep a new copy of {settings.KEY_FILE} apart from the backups;")
    print("older backups need the older copy, or this file: it still holds the older keys.")
    return 0
