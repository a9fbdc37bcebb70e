"""Lists of people: searched, filtered, in an order, page by page. No counting, no offset, the same few queries always.

A rare filter is gathered whole and put in order; a common one is checked while the order is walked. The walk is bounded,
so a page may be short though more follows: `next` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tongpin.core.people.filtering import Filter, filters_for
from tongpin.core.people.finding import wanted
from tongpin.core.people.paging import (
    FEW,
    ORDERS,
    WINDOWS,
    BadCursor,
    Sort,
    Way,
    end_of_walk,
    fetch,
    read_cursor,
    write_cursor,
)
from tongpin.core.people.rules import display_name, masked_contact, touchpoints
from tongpin.core.people.whereabouts import whereabouts
from tongpin.core.team.rules import Communities, Scope


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list, all merged records together. Contact data is masked."""

    person_id: int
    display_name: str
    nickname: str
    contact: str
    tags: tuple[tuple[int, str], ...]
    touchpoints: tuple[str, ...]
    identified: bool
    owner: int | None
    via: str
    since: datetime
    last_day: date | None
    orders: int
    net_fen: int
    currency: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order; give `next` or `previous` back to turn the page."""

    rows: tuple[PersonRow, ...]
    next: str | None
    previous: str | None


def people_page(
    *,
    scope: Scope,
    search: str = "",
    tag: int | None = None,
    owner: int | None = None,
    has_orders: bool | None = None,
    via: str = "",
    place: int | None = None,
    sort: Sort = "recent",
    among: Sequence[int] | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of people within the scope. `recent` shows whom the ledger knows, `spent` who bought something.
    `among` narrows it to these people, by any of their records.

    At most six queries. Raises BadCursor.
    """
    start = read_cursor(after, sort)
    if isinstance(scope, Communities) and not scope:
        return Page((), None, None)
    with connection.cursor() as cursor:
        said = wanted(cursor, search)
        if said is not None and not said.people and not said.grams:
            return Page((), None, None)
        filters = filters_for(
            scope=scope, said=said, tag=tag, owner=owner, has_orders=has_orders, via=via, place=place, among=among
        )
        driver = _driver(cursor, filters)
        find = None if driver is None else filters[driver].find
        checks = [one.check for i, one in enumerate(filters) if i != driver]
        way = Way(ORDERS[sort], start, window=WINDOWS[min(len(checks), len(WINDOWS) - 1)])
        rows = fetch(cursor, way, find, checks, limit + 1)
        more, end = len(rows) > limit, None
        rows = rows[:limit]
        if not more and driver is None:
            end = end_of_walk(cursor, way)
        details = _details(cursor, [row[0] for row in rows])
    keys = [row[6:] for row in rows]
    back = way.start is not None and way.start.back
    if back:
        rows, keys = rows[::-1], keys[::-1]
    onward = (keys[0 if back else -1] if more and keys else None) or end
    turned = keys[-1 if back else 0] if way.start is not None and keys else None
    ahead, behind = (turned, onward) if back else (onward, turned)
    built = tuple(_row(row, details.get(row[0], {})) for row in rows)
    return Page(built, write_cursor(sort, ahead, back=False), write_cursor(sort, behind, back=True))


def _driver(cursor: Any, filters: Sequence[Filter]) -> int | None:
    """The filter with the fewest people, should they be few."""
    candidates = [(i, one.find) for i, one in enumerate(filters) if one.find is not None]
    if not candidates:
        return None
    counts = ", ".join(f"(select count(*) from ({find.sql} limit {FEW + 1}) x)" for _, find in candidates)
    cursor.execute(f"select {counts}", [value for _, find in candidates for value in find.values])
    fewest, place = min(zip(cursor.fetchone(), (i for i, _ in candidates), strict=True))
    return place if fewest <= FEW else None


_DETAILS = """
with g as (
    select id as root, id from unnest(%(ids)s::bigint[]) as r(id)
    union all select root, person_id from person_alias where root = any(%(ids)s)
)
select g.root, 'tag' as what, t.tag_id::text as a, n.name as b, '' as c
from g join person_tag t on t.person_id = g.id and t.taken_at is null join tag n on n.id = t.tag_id
union all
select g.root, 'sign', i.kind, i.namespace, i.shown
from g cross join lateral (select kind, namespace, shown from identity where person_id = g.id and strength = 2 limit 20) i
union all
select g.root, 'trait', t.kind, t.shown, '' from g join person_trait t on t.person_id = g.id
where t.kind in ('masked_phone', 'phone', 'mail')
union all
select g.root, 'record', p.nickname, p.name_masked, coalesce(p.owner::text, '')
from g join person p on p.id = g.id
union all
select g.root, 'day', v.last_day::text, '', '' from g join person_activity v on v.person_id = g.id
union all
select s.person_id, 'spent', s.orders::text, s.net_fen::text, s.currency from person_spending s
where s.person_id = any(%(ids)s)
union all
select g.root, 'place', w.place_kind, '', '' from g cross join lateral
(select distinct place_kind from {whereabouts} w where w.person_id = g.id) w
"""


def _details(cursor: Any, ids: list[int]) -> dict[int, dict[str, list[tuple[str, str, str]]]]:
    """What the rows of a page show besides their own columns, in one query."""
    if not ids:
        return {}
    cursor.execute(_DETAILS.format(whereabouts=whereabouts()), {"ids": ids})
    found: dict[int, dict[str, list[tuple[str, str, str]]]] = {}
    for root, what, *told in cursor.fetchall():
        found.setdefault(int(root), {}).setdefault(what, []).append((told[0], told[1], told[2]))
    return found


def _row(row: tuple[Any, ...], held: dict[str, list[tuple[str, str, str]]]) -> PersonRow:
    person_id, nickname, identified, owner, via, since = row[:6]
    signs = sorted(held.get("sign", []), key=lambda s: (s[0] != "phone", s[0] != "mail", s))
    records = sorted(((b, c, o) for b, c, o in held.get("record", [])), key=lambda r: r[0] != nickname)
    orders, net_fen, currency = (held.get("spent") or [("0", "0", "CNY")])[0]
    return PersonRow(
        person_id=int(person_id),
        display_name=display_name(
            [(called, masked) for called, masked, _ in records], [shown for _, _, shown in signs]
        ),
        nickname=nickname,
        contact=masked_contact(
            [(kind, shown) for kind, _, shown in signs], [(kind, shown) for kind, shown, _ in held.get("trait", [])]
        ),
        tags=tuple(sorted({(int(tag), name) for tag, name, _ in held.get("tag", [])}, key=lambda t: t[1])),
        touchpoints=touchpoints(
            [(kind, namespace) for kind, namespace, _ in signs], [kind for kind, _, _ in held.get("place", [])]
        ),
        identified=identified,
        owner=owner if owner is not None else next((int(o) for _, _, o in records if o), None),
        via=via,
        since=since,
        last_day=max((date.fromisoformat(day) for day, _, _ in held.get("day", [])), default=None),
        orders=int(orders),
        net_fen=int(net_fen),
        currency=currency,
    )


__all__ = ["BadCursor", "Page", "PersonRow", "Sort", "people_page"]
