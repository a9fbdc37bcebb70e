"""How many people a filter lets through, counted up to a bound and never for long: a screen does not wait for a number."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from tongpin.core.people.filtering import filters_for
from tongpin.core.team.rules import Communities, Scope

MOST = 10_000
PATIENCE_MS = 1500

_ALIVE = "select q.id from person q where q.erased_at is null and not exists (select from person_alias a where a.person_id = q.id)"
_ROOTS = "select coalesce(a.root, x.id) as id from ({find}) as x(id) left join person_alias a on a.person_id = x.id"
_BUYERS = "select s.person_id from person_spending s where s.orders > 0"


@dataclass(frozen=True, slots=True)
class Counted:
    """`number` people, or more than that where `more`; None where it would have taken too long."""

    number: int | None
    more: bool = False


def how_many(
    *,
    scope: Scope,
    tag: int | None = None,
    owner: int | None = None,
    has_orders: bool | None = None,
    via: str = "",
    place: int | None = None,
    most: int = MOST,
) -> Counted:
    """How many people these filters let through within the scope, merged records as one. Two queries."""
    if isinstance(scope, Communities) and not scope:
        return Counted(0)
    filters = filters_for(scope=scope, tag=tag, owner=owner, has_orders=has_orders, via=via, place=place)
    found = [one.find for one in filters if one.find is not None]
    sets = [_ALIVE, *(_ROOTS.format(find=one.sql) for one in found)]
    asked = " intersect ".join(f"({one})" for one in sets)
    if has_orders is False:
        asked = f"({asked}) except ({_BUYERS})"
    values = [value for one in found for value in one.values]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {PATIENCE_MS}")
            cursor.execute(f"select count(*) from (select from ({asked}) y limit %s) z", [*values, most + 1])
            number = int(cursor.fetchone()[0])
            cursor.execute("reset statement_timeout")
    except OperationalError as slow:
        if getattr(slow.__cause__, "sqlstate", "") != "57014":
            raise
        return Counted(None)
    return Counted(min(number, most), number > most)
