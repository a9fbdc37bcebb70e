"""Filters of lists of people (筛选) as questions to the database: how to find whom they let through, how to check one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongpin.core.people.asking import (
    Asked,
    bought,
    came_via,
    in_communities,
    in_place,
    of_any_record,
    owned_by,
    tagged,
)
from tongpin.core.people.finding import Wanted
from tongpin.core.people.whereabouts import whereabouts
from tongpin.core.team.rules import Communities, Scope


@dataclass(frozen=True, slots=True)
class Filter:
    """`find` gives ids of records, where that can be few; `check` asks about one person."""

    find: Asked | None
    check: Asked


def filters_for(
    *,
    scope: Scope,
    said: Wanted | None = None,
    tag: int | None = None,
    owner: int | None = None,
    has_orders: bool | None = None,
    via: str = "",
    place: int | None = None,
    among: Sequence[int] | None = None,
) -> list[Filter]:
    """The filters that are set, and the scope's own. `among`: only these people, or records merged into them."""
    filters: list[Filter] = []
    if isinstance(scope, Communities):
        ids = sorted(scope.ids)
        find = Asked(f"select w.person_id from {whereabouts()} w where w.community_id = any(%s)", (ids,))
        filters.append(Filter(find, in_communities(ids)))
    if said is not None:
        filters.append(_search(said))
    if among is not None:
        found = of_any_record("select from person q where q.id = {records} and q.id = any(%s)", list(among))
        filters.append(Filter(Asked("select q.id from person q where q.id = any(%s)", (list(among),)), found))
    if tag is not None:
        find = Asked("select t.person_id from person_tag t where t.tag_id = %s and t.taken_at is null", (tag,))
        filters.append(Filter(find, tagged(tag)))
    if owner is not None:
        filters.append(Filter(Asked("select q.id from person q where q.owner = %s", (owner,)), owned_by(owner)))
    if place is not None:
        find = Asked(f"select w.person_id from {whereabouts()} w where w.place_id = %s", (place,))
        filters.append(Filter(find, in_place(place)))
    if via:
        within = "select q.id from person q where q.via >= %s and q.via < %s and (q.via = %s or starts_with(q.via, %s))"
        filters.append(Filter(Asked(within, (via, via + ";", via, via + ":")), came_via(via)))
    if has_orders is not None:
        find_buyers = Asked("select s.person_id from person_spending s where s.orders > 0") if has_orders else None
        filters.append(Filter(find_buyers, bought(has_orders)))
    return filters


def _search(said: Wanted) -> Filter:
    found = Asked("select q.id from person q where q.id = any(%s)", (list(said.people),))
    if not said.grams:
        return Filter(found, _found(said))
    called = Asked("select q.id from person q where q.grams @> %s::text[]", (list(said.grams),))
    both = Asked(f"{found.sql} union all {called.sql}", (*found.values, *called.values))
    return Filter(both, _found(said))


def _found(said: Wanted) -> Asked:
    """The check of a search: one of the records was found by a whole value, or bears the characters."""
    found = "select from person q where q.id = {records} and (q.id = any(%s)"
    if not said.grams:
        return of_any_record(found + ")", list(said.people))
    return of_any_record(found + " or q.grams @> %s::text[])", list(said.people), list(said.grams))
