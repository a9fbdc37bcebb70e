"""What became of claimed letters and commands, written in batches: receipts, further tries, failures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from django.db import connection, transaction

from tongpin.core.facts.form import Fact
from tongpin.core.facts.sending import CommandDone, CommandFailed, LetterFailed, LetterSent
from tongpin.core.sending.claiming import Claim, Model
from tongpin.core.sending.models import Command, Letter, State
from tongpin.core.sending.redacting import redact_rows
from tongpin.core.sending.telling import Told, tell

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
returning o.id
"""

_FORGET = """,
    address_sealed = case when t.state = 'queued' then o.address_sealed end,
    payload = case when o.fleeting and t.state in ('sent', 'failed') then '{}'::jsonb else o.payload end"""


@transaction.atomic
def settle(*, outcomes: Sequence[Outcome]) -> int:
    """Writes outcomes and tells their facts; returns how many were written.

    An outcome whose claim ran out and was taken by somebody else is dropped: the same key was sent again.
    """
    return sum(
        _settle(model, [one for one in outcomes if one.claim.model is model], forget)
        for model, forget in ((Letter, _FORGET), (Command, ""))
    )


def _settle(model: Model, outcomes: Sequence[Outcome], forget: str) -> int:
    if not outcomes:
        return 0
    numbers = [one.claim.number for one in outcomes]
    # In order of number, as whoever takes letters back locks them.
    list(model.objects.filter(pk__in=numbers).order_by("pk").select_for_update().values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE.format(table=model._meta.db_table, forget=forget),
            [json.dumps([_line(one) for one in outcomes])],
        )
        written = {row[0] for row in cursor.fetchall()}
    rows: dict[int, Any] = {row.pk: row for row in model.objects.filter(pk__in=written)}
    for at, told in _by_moment([(one, rows[one.claim.number]) for one in outcomes if one.claim.number in written]):
        tell(told, at=at)
    asked = [row for row in rows.values() if model is Letter and row.redact_asked_at and row.state == State.SENT]
    if asked:
        redact_rows(asked, at=max(one.at for one in outcomes))
    return len(written)


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


def _by_moment(settled: Sequence[tuple[Outcome, Any]]) -> list[tuple[datetime, list[Told]]]:
    """Facts by the moment at which they happened, in the order in which they were reported."""
    found: dict[datetime, list[Told]] = {}
    for one, row in settled:
        fact = _fact(one, row)
        if fact is not None:
            found.setdefault(one.at, []).append(Told(fact, row.person_id, row.place_id))
    return list(found.items())


def _fact(one: Outcome, row: Letter | Command) -> Fact | None:
    if one.fate in ("failed", "again"):
        failed: dict[str, Any] = {
            "channel": row.channel,
            "reason": one.reason,
            "permanent": one.fate == "failed",
            "attempt": row.attempts,
        }
        if isinstance(row, Letter):
            return LetterFailed(letter=row.pk, letter_class=row.letter_class, **failed)
        return CommandFailed(command=row.pk, verb=row.verb, **failed)
    if one.fate == "sent":
        return sent_fact(row, at=one.at) if isinstance(row, Letter) else done_fact(row)
    return None


def sent_fact(row: Letter, *, at: datetime) -> LetterSent:
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


def done_fact(row: Command) -> CommandDone:
    """A command was done."""
    return CommandDone(command=row.pk, verb=row.verb, channel=row.channel, about_kind=row.about_kind, about=row.about)
