"""What became of claimed letters and commands, written in batches: receipts, further tries, failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import msgspec
from django.db import connection, transaction

from tongpin.base.clock import now
from tongpin.core.facts.form import Fact
from tongpin.core.facts.sending import CommandDone, CommandFailed, LetterFailed, LetterSent
from tongpin.core.ledger.telling import Told
from tongpin.core.sending.claiming import Claim, Model
from tongpin.core.sending.models import Command, Letter, State
from tongpin.core.sending.redacting import redact_rows
from tongpin.core.sending.telling import tell

Fate: TypeAlias = Literal["sent", "given", "failed", "again", "released"]
"""given: a human has it. again: it is tried again. released: it was not even tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one claim. own: the failure was the letter's own fault, not the channel's."""

    claim: Claim
    fate: Fate
    at: datetime
    platform_id: str = ""
    more: tuple[str, ...] = ()
    reason: str = ""
    retry_at: datetime | None = None
    own: bool = False

    @property
    def lets_others_go(self) -> bool:
        """Whether something behind it in its queue may be sent as soon as this is written."""
        return self.claim.others_wait and self.fate not in ("again", "released")


@dataclass(frozen=True, slots=True)
class SettledLetter:
    """What the facts of a letter say of it."""

    pk: int
    channel: str
    person_id: int | None
    place_id: int | None
    attempts: int
    about_kind: str
    about: int
    letter_class: str
    broadcast: int
    not_before: datetime
    redact_asked: bool


@dataclass(frozen=True, slots=True)
class SettledCommand:
    """What the facts of a command say of it."""

    pk: int
    channel: str
    person_id: int | None
    place_id: int | None
    attempts: int
    about_kind: str
    about: int
    verb: str


_STATES: dict[Fate, State] = {
    "sent": State.SENT,
    "given": State.GIVEN,
    "failed": State.FAILED,
    "again": State.QUEUED,
    "released": State.QUEUED,
}

_SETTLE = """
update {table} o set state = t.state, reason = t.reason, platform_id = t.platform_id,
    more_ids = coalesce((select array_agg(x) from jsonb_array_elements_text(t.more) x), '{{}}'),
    retry_at = t.retry_at, done_at = t.done_at, claimed_by = '', claimed_until = null,
    attempts = o.attempts + t.tried, failures = o.failures + t.own{forget}
from jsonb_to_recordset(%s::jsonb) as t(id bigint, claim int, state text, reason text, platform_id text, more jsonb,
    retry_at timestamptz, done_at timestamptz, tried int, own int)
where o.id = t.id and o.claim = t.claim and o.state = 'claimed'
returning o.id, o.channel, o.person_id, o.place_id, o.attempts, o.about_kind, o.about, {own}
"""

_FORGET = """,
    address_sealed = case when t.state = 'queued' then o.address_sealed end,
    payload = case when o.fleeting and t.state in ('sent', 'failed') then '{}'::jsonb else o.payload end"""

# In order of number, as whoever takes letters back locks them.
_HOLD = "select from {table} where id = any(%s) order by id for update"

_SQL: dict[Model, tuple[str, str]] = {
    model: (
        _HOLD.format(table=model._meta.db_table),
        _SETTLE.format(table=model._meta.db_table, forget=forget, own=own),
    )
    for model, forget, own in (
        (Letter, _FORGET, "o.letter_class, o.broadcast, o.not_before, o.redact_asked_at is not null"),
        (Command, "", "o.verb"),
    )
}


@transaction.atomic
def settle(*, outcomes: Sequence[Outcome]) -> int:
    """Writes outcomes and tells their facts; returns how many were written.

    An outcome whose claim ran out and was taken by somebody else is dropped: the same key was sent again.
    """
    letters = [SettledLetter(*row) for row in _written(Letter, outcomes)]
    commands = [SettledCommand(*row) for row in _written(Command, outcomes)]
    rows: dict[tuple[Model, int], SettledLetter | SettledCommand] = {
        **{(Letter, row.pk): row for row in letters},
        **{(Command, row.pk): row for row in commands},
    }
    told = [
        Told(fact, row.person_id, row.place_id, one.at)
        for one in outcomes
        if (row := rows.get((one.claim.model, one.claim.number))) and (fact := _fact(one, row))
    ]
    at = max((one.at for one in outcomes), default=now())
    tell(told, at=at)
    asked = [row.pk for row in letters if row.redact_asked]
    if asked:
        redact_rows(list(Letter.objects.filter(pk__in=asked, state=State.SENT)), at=at)
    return len(rows)


def _written(model: Model, outcomes: Sequence[Outcome]) -> list[tuple[Any, ...]]:
    mine = [one for one in outcomes if one.claim.model is model]
    if not mine:
        return []
    hold, write = _SQL[model]
    with connection.cursor() as cursor:
        cursor.execute(hold, [[one.claim.number for one in mine]])
        cursor.execute(write, [msgspec.json.encode([_line(one) for one in mine]).decode()])
        return list(cursor.fetchall())


def _line(one: Outcome) -> dict[str, Any]:
    ended = one.fate not in ("again", "released")
    return {
        "id": one.claim.number,
        "claim": one.claim.claim,
        "state": _STATES[one.fate],
        "reason": one.reason[:60],
        "platform_id": one.platform_id[:300],
        "more": list(one.more),
        "retry_at": one.retry_at.isoformat() if one.retry_at else None,
        "done_at": one.at.isoformat() if ended else None,
        "tried": int(one.fate != "released"),
        "own": int(one.own),
    }


def _fact(one: Outcome, row: SettledLetter | SettledCommand) -> Fact | None:
    if one.fate in ("failed", "again"):
        failed: dict[str, Any] = {
            "channel": row.channel,
            "reason": one.reason,
            "permanent": one.fate == "failed",
            "attempt": row.attempts,
        }
        if isinstance(row, SettledLetter):
            return LetterFailed(letter=row.pk, letter_class=row.letter_class, **failed)
        return CommandFailed(command=row.pk, verb=row.verb, **failed)
    if one.fate == "sent":
        return sent_fact(row, at=one.at) if isinstance(row, SettledLetter) else done_fact(row)
    return None


def sent_fact(row: Letter | SettledLetter, *, at: datetime) -> LetterSent:
    """A letter left."""
    return LetterSent(
        letter=row.pk,
        letter_class=row.letter_class,
        channel=row.channel,
        about_kind=row.about_kind,
        about=row.about,
        broadcast=row.broadcast,
        lag_ms=max((at - row.not_before) // timedelta(milliseconds=1), 0),
    )


def done_fact(row: Command | SettledCommand) -> CommandDone:
    """A command was done."""
    return CommandDone(command=row.pk, verb=row.verb, channel=row.channel, about_kind=row.about_kind, about=row.about)
