"""What is due, read in one query with all that is needed to decide on it and to write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection

from tongpin.channels.port import Address
from tongpin.core.sending.models import Command, Letter


@dataclass(slots=True)
class _Due:
    """The columns both have. payload: JSON. place_at: its outside id; of a plain group, which has none, its name.
    others_wait: more is to follow in the same queue."""

    pk: int
    key: bytes
    channel: str
    person_id: int | None
    place_id: int | None
    payload: str
    not_after: datetime | None
    attempts: int
    failures: int
    claim: int
    about_kind: str
    about: int
    place_at: str | None
    place_closed: bool
    others_wait: bool

    @property
    def place(self) -> Address | None:
        """Where its place is on the platform."""
        return Address(kind="place", value=self.place_at) if self.place_at else None


@dataclass(slots=True)
class DueLetter(_Due):
    """A letter that is due. answered: what it replies to, as the platform calls it."""

    letter_class: str
    address_sealed: bytes | None
    fleeting: bool
    answered: str


@dataclass(slots=True)
class DueCommand(_Due):
    """A command that is due."""

    verb: str


_DUE: Final = """
select o.id, o.key, o.channel, o.person_id, o.place_id, o.payload::text, o.not_after, o.attempts, o.failures, o.claim,
  o.about_kind, o.about, coalesce(nullif(p.external_id, ''), p.name), p.closed_at is not null,
  exists (select from {table} l where l.channel = o.channel and l.queue = o.queue and l.state in ('queued', 'claimed')
    and l.id > o.id),
  {own}
from {table} o left join place p on p.id = o.place_id {joined}
where o.channel = %(channel)s and o.state = 'queued' and o.not_before <= %(at)s
  and (o.retry_at is null or o.retry_at <= %(at)s)
  and not exists (
    select from {table} e where e.channel = o.channel and e.queue = o.queue and e.state in ('queued', 'claimed')
      and (e.state = 'claimed' or (e.id < o.id and e.not_before <= %(at)s)))
order by o.not_before, o.id limit %(limit)s for update of o skip locked
"""

_DUE_LETTERS: Final = _DUE.format(
    table=Letter._meta.db_table,
    own="o.letter_class, o.address_sealed, o.fleeting, coalesce(a.platform_id, '')",
    joined=f"left join {Letter._meta.db_table} a on a.id = nullif(o.answers, 0)",
)
_DUE_COMMANDS: Final = _DUE.format(table=Command._meta.db_table, own="o.verb", joined="")

_WAITING: Final = """
select channel from {table} where state = 'queued' and not_before <= %(at)s and (retry_at is null or retry_at <= %(at)s)
union select channel from {table} where state = 'claimed' and claimed_until < %(at)s
"""

_WAITS: Final = """
exists (select from {table} where channel = %(channel)s and state = 'queued' and not_before <= %(at)s
  and (retry_at is null or retry_at <= %(at)s)),
exists (select from {table} where channel = %(channel)s and state = 'claimed' and claimed_until < %(at)s)
"""


class Waits(NamedTuple):
    """Whether something is due, and whether some claims have run out."""

    due: bool
    expired: bool


def channels_waited_for(*, at: datetime) -> frozenset[str]:
    """Channels for which something is due, or was claimed by somebody who is gone. Cheap: it may be asked all the time."""
    query = " union ".join(_WAITING.format(table=model._meta.db_table) for model in (Letter, Command))
    with connection.cursor() as cursor:
        cursor.execute(query, {"at": at})
        return frozenset(row[0] for row in cursor.fetchall())


def waits(*, channel: str, at: datetime) -> tuple[Waits, Waits]:
    """How letters and how commands stand in one channel."""
    letters, commands = (_WAITS.format(table=model._meta.db_table) for model in (Letter, Command))
    with connection.cursor() as cursor:
        cursor.execute(f"select {letters}, {commands}", {"channel": channel, "at": at})
        found = cursor.fetchone()
    return Waits(*found[:2]), Waits(*found[2:])


def due_letters(*, channel: str, at: datetime, limit: int) -> list[DueLetter]:
    """Locked until the transaction ends, by number."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_LETTERS, {"channel": channel, "at": at, "limit": limit})
        return sorted((DueLetter(*row) for row in cursor.fetchall()), key=lambda one: one.pk)


def due_commands(*, channel: str, at: datetime, limit: int) -> list[DueCommand]:
    """Locked until the transaction ends, by number."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_COMMANDS, {"channel": channel, "at": at, "limit": limit})
        return sorted((DueCommand(*row) for row in cursor.fetchall()), key=lambda one: one.pk)
