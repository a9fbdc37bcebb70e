"""Scopes (范围): which kinds of identity there are in which namespaces, for looking up a typed account by its digests.

Kept beside the identities because an index over all of them costs every new one more than this does.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

LIMIT = 2000
"""Scopes that are tried for a typed account."""


def note_scopes(cursor: Any, scopes: set[tuple[str, str]], *, met: set[tuple[str, str]]) -> None:
    """Makes sure that scopes are listed. Belongs inside the transaction that writes their identities.

    `met` holds those this process has found listed, and takes up more.
    """
    unmet = sorted(scopes - met)
    if not unmet:
        return
    cursor.execute(
        "insert into identity_scope (kind, namespace) select * from unnest(%s::text[], %s::text[])"
        " on conflict do nothing returning kind, namespace",
        [[kind for kind, _ in unmet], [namespace for _, namespace in unmet]],
    )
    # What this transaction lists is gone again if it fails; what was there before stays.
    listed = set(cursor.fetchall())
    met.update(set(unmet) - listed)
    transaction.on_commit(lambda: met.update(listed))


def scopes_of(cursor: Any) -> list[tuple[str, str]]:
    """Kinds and namespaces in which anybody is, or was, known."""
    cursor.execute("select kind, namespace from identity_scope order by kind, namespace limit %s", [LIMIT])
    return list(cursor.fetchall())
