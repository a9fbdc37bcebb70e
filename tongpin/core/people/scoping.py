"""Which of several people a teammate may see: what a screen names beside the person it is about passes through here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tongpin.core.people.asking import in_communities
from tongpin.core.people.roots import roots_of
from tongpin.core.team.rules import Everything, Scope


def among(*, person_ids: Iterable[int], scope: Scope) -> frozenset[int]:
    """Those of these records whose person lies within the scope. None or two queries."""
    wanted = frozenset(person_ids)
    if isinstance(scope, Everything) or not wanted:
        return wanted
    if not scope:
        return frozenset()
    roots = roots_of(person_ids=wanted)
    asked = in_communities(sorted(scope.ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"select p.id from person p where p.id = any(%s) and {asked.sql}",
            [sorted(set(roots.values())), *asked.values],
        )
        seen = {int(row[0]) for row in cursor.fetchall()}
    return frozenset(person for person, root in roots.items() if root in seen)
