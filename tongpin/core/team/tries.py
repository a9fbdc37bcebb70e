"""Counting tries at a door, for all processes together."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongpin.base.ids import digest
from tongpin.core.team.limits import TRIES, TryKind, opens_again
from tongpin.core.team.models import TryCount

_COUNT = """
insert into team_try_count as t (kind, digest, count, since) values (%(kind)s, %(digest)s, 1, %(now)s)
on conflict (kind, digest) do update set
    count = case when t.since <= %(now)s - %(within)s::interval then 1 else t.count + 1 end,
    since = case when t.since <= %(now)s - %(within)s::interval then %(now)s else t.since end
returning count, since
"""


class TooManyTries(Exception):
    """The door is shut until `opens_at`."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("too many tries")
        self.opens_at = opens_at


def take_try(*, kind: TryKind, whom: str, now: datetime) -> None:
    """Counts a try before it is judged, so that a hundred at once gain nothing. Raises TooManyTries."""
    span = f"{TRIES[kind].within.total_seconds()} seconds"
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"kind": kind, "digest": digest(kind, whom), "now": now, "within": span})
        count, since = cursor.fetchone()
    opens_at = opens_again(kind=kind, count=count, since=since, now=now)
    if opens_at is not None:
        raise TooManyTries(opens_at)


def forget_tries(*, kind: TryKind, whom: str) -> None:
    """It was the right one: counting begins anew."""
    TryCount.objects.filter(kind=kind, digest=digest(kind, whom)).delete()
