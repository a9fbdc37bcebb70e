"""How the database is asked about a person and all records merged into them: conditions in SQL on `p`, the root's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from tongpin.base.text import query_grams
from tongpin.core.people.rule_language import Both, Condition, Not, Rule
from tongpin.core.people.whereabouts import whereabouts


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition and its values, in order."""

    sql: str
    values: tuple[Any, ...] = ()


_MORE = "array(select x.person_id from person_alias x where x.root = p.id)"
_RECORDS = f"any(p.id || {_MORE})"


def with_known_records(asked: Asked) -> Asked:
    """The same condition on a `p` that holds the numbers of its merged records as `more`."""
    return Asked(asked.sql.replace(_MORE, "p.more"), asked.values)


def of_any_record(found: str, *values: object) -> Asked:
    """`found` is a SELECT that says `= {records}` of a record's number: it finds a row of the root or of a merged record.

    `offset 0` keeps PostgreSQL from gathering all such rows first: a list stops after a page.
    """
    return Asked(f"exists ({found.format(records=_RECORDS)} offset 0)", values)


def tagged(tag_id: int) -> Asked:
    """Bears a tag."""
    return of_any_record(
        "select from person_tag t where t.person_id = {records} and t.tag_id = %s and t.taken_at is null", tag_id
    )


def owned_by(staff: int) -> Asked:
    """Is in the care of a teammate."""
    return of_any_record("select from person q where q.id = {records} and q.owner = %s", staff)


def came_via(via: str) -> Asked:
    """Came a certain way: `import` also finds `import:12`."""
    found = "select from person q where q.id = {records} and (q.via = %s or starts_with(q.via, %s))"
    return of_any_record(found, via, via + ":")


def bought(yes: bool) -> Asked:
    """Has paid for an order, or has not. Totals stand with the root."""
    paid = "exists (select from person_spending s where s.person_id = p.id and s.orders > 0 offset 0)"
    return Asked(paid if yes else "not " + paid)


def in_place(place_id: int) -> Asked:
    """Is a member of a place now."""
    found = f"select from {whereabouts()} w where w.person_id = {{records}} and w.place_id = %s"
    return of_any_record(found, place_id)


def in_communities(community_ids: list[int]) -> Asked:
    """Is a member of a place of one of these communities now."""
    found = f"select from {whereabouts()} w where w.person_id = {{records}} and w.community_id = any(%s)"
    return of_any_record(found, community_ids)


def called_like(text: str) -> Asked:
    """Bears a nickname that holds the text, by the pairs of characters in it."""
    found = "select from person q where q.id = {records} and q.grams @> %s::text[]"
    return of_any_record(found, query_grams(text))


def fits(rule: Rule, *, now: datetime) -> Asked:
    """A tag's rule as one condition."""
    if isinstance(rule, Not):
        inner = fits(rule.part, now=now)
        return Asked(f"not coalesce({inner.sql}, false)", inner.values)
    if isinstance(rule, Both):
        parts = [fits(part, now=now) for part in rule.parts]
        joined = (" and " if rule.every else " or ").join(part.sql for part in parts)
        return Asked(f"({joined})", tuple(value for part in parts for value in part.values))
    return _asked(rule, now)


_COMPARE = {"at_least": ">=", "at_most": "<=", "before": "<", "after": ">"}


def _asked(one: Condition, now: datetime) -> Asked:
    value = one.value
    if one.field in ("orders", "spent_fen"):
        column = "orders" if one.field == "orders" else "net_fen"
        total = f"coalesce((select s.{column} from person_spending s where s.person_id = p.id), 0)"
        return Asked(f"{total} {_COMPARE[one.test]} %s", (value,))
    if one.field == "last_active":
        return _last_active(one, now)
    if one.field == "identity":
        return of_any_record("select from identity i where i.person_id = {records} and i.kind = %s", value)
    if one.field == "place":
        return in_place(int(str(value)))
    if one.field == "community":
        return in_communities([int(str(value))])
    return came_via(str(value)) if one.field == "via" else called_like(str(value))


def _last_active(one: Condition, now: datetime) -> Asked:
    last = f"(select max(v.last_day) from person_activity v where v.acted and v.person_id = {_RECORDS})"
    if one.test.startswith("days_"):
        today = now.astimezone(ZoneInfo(settings.ZONE)).date()
        day = today - timedelta(days=min(int(str(one.value)), 200_000))
        return Asked(f"{last} {'<=' if one.test == 'days_at_least' else '>='} %s", (day,))
    return Asked(f"{last} {_COMPARE[one.test]} %s", (one.value,))
