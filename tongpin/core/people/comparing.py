"""Two people side by side, and the suggestions that wait for somebody to look at them so (待您定)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from tongpin.core.people.asking import in_communities
from tongpin.core.people.models import Activity, Identity, LifeFact, Person, PersonTag, Spending, Strength, Trait
from tongpin.core.people.roots import groups_of
from tongpin.core.people.rules import Ground, display_name, grounds_from_json
from tongpin.core.people.scoping import may_be_named
from tongpin.core.people.whereabouts import whereabouts
from tongpin.core.team.rules import Communities, Scope

MOST = 12
"""So many signs, traits or places of one side are shown."""

_WAITING = """
select s.id, s.score, s.reasons, coalesce(l.root, s.low) as low, coalesce(h.root, s.high) as high
from merge_suggestion s left join person_alias l on l.person_id = s.low left join person_alias h on h.person_id = s.high
where s.state = 'open' and coalesce(l.root, s.low) <> coalesce(h.root, s.high)
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One person as they stand beside another, all merged records together. Contact data is masked.

    `signs` and `traits` are (kind, shown), `life` is (kind, masked).
    """

    person_id: int
    records: int
    display_name: str
    name_masked: str
    signs: tuple[tuple[str, str], ...]
    traits: tuple[tuple[str, str], ...]
    life: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    places: tuple[str, ...]
    identified: bool
    via: str
    since: datetime
    orders: int
    net_fen: int
    currency: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open suggestion: the two people by their roots, how likely they are one, and why."""

    id: int
    score: float
    low: int
    high: int
    grounds: tuple[Ground, ...]


def waiting(
    *, scope: Scope, after: tuple[float, int] | None = None, leave_out: Collection[int] = (), limit: int = 20
) -> list[Waiting]:
    """Open suggestions whose two people both lie within the scope, the likeliest first; keyset paged by (score, id)."""
    sql, values = _in_scope(scope)
    if after is not None:
        sql += " and (s.score < %s or (s.score = %s and s.id > %s))"
        values += [after[0], after[0], after[1]]
    if leave_out:
        sql += " and s.id <> all(%s)"
        values.append(list(leave_out))
    return _read(f"{sql} order by s.score desc, s.id limit %s", [*values, limit])


def waiting_one(*, suggestion_id: int, scope: Scope) -> Waiting | None:
    """One open suggestion, if both people lie within the scope."""
    sql, values = _in_scope(scope)
    return next(iter(_read(f"{sql} and s.id = %s", [*values, suggestion_id])), None)


def how_many_wait(*, scope: Scope, most: int = 100) -> int:
    """How many suggestions wait, counted up to `most`."""
    sql, values = _in_scope(scope)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({sql} limit %s) x", [*values, most])
        return int(cursor.fetchone()[0])


def _in_scope(scope: Scope) -> tuple[str, list[Any]]:
    if not isinstance(scope, Communities):
        return _WAITING, []
    asked = in_communities(sorted(scope.ids))
    both = [
        f" and exists (select from person p where p.id = coalesce({alias}.root, s.{side}) and {asked.sql})"
        for alias, side in (("l", "low"), ("h", "high"))
    ]
    return _WAITING + "".join(both), [*asked.values, *asked.values]


def _read(sql: str, values: list[Any]) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(f"select x.id, x.score, x.reasons::text, x.low, x.high from ({sql}) x", values)
        rows = cursor.fetchall()
    return [
        Waiting(int(pk), score, low, high, grounds_from_json(json.loads(why))) for pk, score, why, low, high in rows
    ]


def sides(*, roots: Iterable[int], scope: Scope) -> dict[int, Side]:
    """These people, by their roots, as they stand beside each other; the erased are left out. Nine queries.

    Who is within the scope the caller has asked; places of communities outside it are not named.
    """
    groups = groups_of(roots=sorted(set(roots)))
    root_of = {member: root for root, members in groups.items() for member in members}
    everybody = list(root_of)
    records: dict[int, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(pk__in=everybody, erased_at=None):
        records[root_of[person.pk]].append(person)
    signs = _pairs(
        Identity.objects.filter(person__in=everybody, strength=Strength.STRONG)
        .order_by("pk")
        .values_list("person_id", "kind", "shown"),
        root_of,
    )
    traits = _pairs(
        Trait.objects.filter(person__in=everybody).order_by("pk").values_list("person_id", "kind", "shown"), root_of
    )
    life = _pairs(
        LifeFact.objects.filter(person__in=everybody).order_by("pk").values_list("person_id", "kind", "masked"), root_of
    )
    tags = _pairs(
        PersonTag.objects.filter(person__in=everybody, taken_at=None)
        .order_by("tag__name")
        .values_list("person_id", "tag__name", "tag__name"),
        root_of,
    )
    spent = {one.pk: one for one in Spending.objects.filter(pk__in=groups)}
    days: dict[int, date] = {}
    for person_id, day in Activity.objects.filter(pk__in=everybody).values_list("person_id").annotate(Max("last_day")):
        root = root_of[person_id]
        days[root] = max(day, days.get(root, day))
    places = _places(everybody, root_of, scope)
    found: dict[int, Side] = {}
    for root, people in records.items():
        people.sort(key=lambda p: (p.pk != root, p.pk))
        own = spent.get(root)
        found[root] = Side(
            person_id=root,
            records=len(people),
            display_name=display_name(
                [(p.nickname, p.name_masked) for p in people], [shown for _, shown in signs[root]]
            ),
            name_masked=next((p.name_masked for p in people if p.name_masked), ""),
            signs=tuple(signs[root][:MOST]),
            traits=tuple(traits[root][:MOST]),
            life=tuple(life[root][:MOST]),
            tags=tuple(name for name, _ in tags[root]),
            places=tuple(places[root][:MOST]),
            identified=any(p.identified for p in people),
            via=people[0].via,
            since=min(p.created_at for p in people),
            orders=own.orders if own else 0,
            net_fen=own.net_fen if own else 0,
            currency=own.currency if own else "CNY",
            last_day=days.get(root),
        )
    return found


def _pairs(rows: Iterable[tuple[int, str, str]], root_of: dict[int, int]) -> dict[int, list[tuple[str, str]]]:
    """(kind, shown) by root, each once."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person, kind, shown in rows:
        held = found[root_of[person]]
        if (kind, shown) not in held:
            held.append((kind, shown))
    return found


def _places(everybody: list[int], root_of: dict[int, int], scope: Scope) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select distinct w.person_id, w.place_name, w.community_id from {whereabouts()} w where w.person_id = any(%s)"
            " order by w.place_name",
            [everybody],
        )
        for person, name, community in cursor.fetchall():
            if may_be_named(community_id=community, scope=scope) and name not in found[root_of[person]]:
                found[root_of[person]].append(name)
    return found
