"""Each way in with its cost and its yield."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tongpin.core.books.queries import cost_by_entrance
from tongpin.loop.gather.admission.queries import Asked, asked_by_entrance
from tongpin.loop.gather.channel_costs.rules import each_fen
from tongpin.loop.gather.entrances.queries import EntranceSeen, entrances_among, entrances_in


@dataclass(frozen=True, slots=True)
class EntranceYield:
    """A way in: how often its code was opened; how many people we know came by it, who opened it as themselves or asked
    to come in after opening it (merged records as one); who of them asked and was let in, what it cost, and what one
    accepted member cost (None where nobody or nothing)."""

    entrance: EntranceSeen
    openings: int
    people: int
    applicants: int
    accepted: int
    cost_fen: int
    each_fen: int | None


def entrances_of(*, community_id: int) -> list[EntranceYield]:
    """The ways into a community with what they cost and brought, newest first. Four queries."""
    return _with_yields(entrances_in(community_id=community_id))


def entrances_between(*, community_ids: Sequence[int] | None, limit: int = 100) -> list[EntranceYield]:
    """The same over these communities (None: all that have not ended), those in use before those given up, newest
    first. Four queries."""
    return _with_yields(entrances_among(community_ids=community_ids, limit=limit))


def _with_yields(entrances: Sequence[EntranceSeen]) -> list[EntranceYield]:
    ids = [one.id for one in entrances]
    opened = _opened([one.code_id for one in entrances])
    asked = asked_by_entrance(entrance_ids=ids)
    costs = cost_by_entrance(entrances=ids)
    return [
        _yield(one, opened.get(one.code_id, (0, 0)), asked.get(one.id, Asked(0, 0)), costs.get(one.id, 0))
        for one in entrances
    ]


def _yield(entrance: EntranceSeen, opened: tuple[int, int], asked: Asked, cost_fen: int) -> EntranceYield:
    each = each_fen(cost_fen, asked.accepted)
    return EntranceYield(entrance, *opened, asked.applicants, asked.accepted, cost_fen, each)


def _opened(code_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Code → (openings, people). A phone nobody knew when it opened a code is known once its owner has applied."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select x.code, sum(x.opening), count(distinct coalesce(a.root, x.person)) from ("
            " select tracked_code_id as code, person_id as person, 1 as opening from code_opening"
            " where tracked_code_id = any(%(codes)s)"
            " union all select e.code_id, p.person_id, 0 from entrance e join application p on p.entrance_id = e.id"
            " where e.code_id = any(%(codes)s)"
            ") x left join person_alias a on a.person_id = x.person group by x.code",
            {"codes": list(code_ids)},
        )
        return {int(code): (int(times), int(people)) for code, times, people in cursor.fetchall()}
