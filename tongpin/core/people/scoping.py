"""Which of several people a teammate may see: what a screen names beside the person it is about passes through here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tongpin.core.people.asking import in_communities
from tongpin.core.team.rules import Everything, Scope


def may_be_named(*, community_id: int | None, scope: Scope) -> bool:
    """Whether a place of this community may be named; what belongs to the house alone is known to everybody in it."""
    return community_id is None or scope.holds(community_id)


def among(*, person_ids: Iterable[int], scope: Scope) -> frozenset[int]:
    """Those of these records whose person lies within the scope. One query, or none."""
    wanted = frozenset(person_ids)
    if isinstance(scope, Everything) or not wanted:
        return wanted
    if not scope:
        return frozenset()
    asked = in_communities(sorted(scope.ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "select x.id from unnest(%s::bigint[]) as x(id) left join person_alias a on a.person_id = x.id"
            f" join person p on p.id = coalesce(a.root, x.id) where {asked.sql}",
            [sorted(wanted), *asked.values],
        )
        return frozenset(int(row[0]) for row in cursor.fetchall())
