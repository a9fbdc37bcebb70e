"""Products as they become known."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def know_products(*, place_id: int, told: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """The ids of a shop's products by key, made where they are new. `told` holds (key, name, variant)."""
    named = {key: (name[:200], variant[:200]) for key, name, variant in told}
    if not named:
        return {}
    keys = sorted(named)
    with connection.cursor() as cursor:
        cursor.execute("select key, id from product where place_id = %s and key = any(%s)", [place_id, keys])
        known = {str(key): int(product) for key, product in cursor.fetchall()}
        fresh = [key for key in keys if key not in known]
        if fresh:
            cursor.execute(
                "insert into product (place_id, key, name, variant) select %s, k, n, v from"
                " unnest(%s::text[], %s::text[], %s::text[]) as t(k, n, v)"
                " on conflict (place_id, key) do update set key = excluded.key returning key, id",
                [place_id, fresh, [named[k][0] for k in fresh], [named[k][1] for k in fresh]],
            )
            known.update((str(key), int(product)) for key, product in cursor.fetchall())
    return known
