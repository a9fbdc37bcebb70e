"""Rival of the replay bench: one aggregating statement a table over the whole ledger, with the indexes a page would need
and nothing of what a fold must bear in mind (withdrawals, erasures, further persons, amounts that come later)."""

from __future__ import annotations

import time


def seconds() -> float:
    """Seconds to read every fact into plain counterparts of the projections' tables."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            create table rival_activity as
            select person_id, min(at) as first_at, max(at)::date as last_day,
                   count(*) filter (where kind like 'event.%') as give, count(*) filter (where kind like 'order.%') as sell
            from entry where person_id is not null group by person_id
            """
        )
        cursor.execute("alter table rival_activity add primary key (person_id)")
        cursor.execute("create index on rival_activity (last_day desc, person_id desc)")
        cursor.execute(
            """
            create table rival_purchase as
            select place_id, body->>'order' as order_number, min(person_id) as person_id,
                   min(at) filter (where kind = 'order.placed') as placed_at,
                   min(at) filter (where kind = 'order.paid') as paid_at,
                   sum((body->>'amount_fen')::bigint) filter (where kind = 'order.item_added') as items_fen,
                   sum((body->>'amount_fen')::bigint) filter (where kind = 'order.paid') as paid_fen
            from entry where kind like 'order.%' group by 1, 2
            """
        )
        cursor.execute("alter table rival_purchase add primary key (place_id, order_number)")
        cursor.execute("create index on rival_purchase (person_id, paid_at desc)")
    return time.perf_counter() - began
