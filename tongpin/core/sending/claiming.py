"""Taking what is due: one in flight in each queue, strictly by number, whoever asks and however many at once.

A letter stands in the way of later ones from the moment it is due, also while it waits for another try; one whose time
has not come does not. A claim is a lease: when it runs out the letter is due again, with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from tongpin.channels import port
from tongpin.core.facts.form import Fact
from tongpin.core.facts.sending import CommandFailed, LetterWithheld
from tongpin.core.ledger.telling import Told
from tongpin.core.sending.addressing import person_addresses
from tongpin.core.sending.allowing import Known, known_of
from tongpin.core.sending.due import DueCommand, DueLetter, due_commands, due_letters, waits
from tongpin.core.sending.models import Command, Letter, State
from tongpin.core.sending.queueing import ADDRESS
from tongpin.core.sending.rules import LetterClass, Verdict, may_send
from tongpin.core.sending.telling import tell
from tongpin.core.team.keys import keyring

LEASE = timedelta(minutes=5)

Model: TypeAlias = type[Letter] | type[Command]
Row = TypeVar("Row", DueLetter, DueCommand)


class _Reply(msgspec.Struct):
    in_reply_to: str = ""


_content: Final = msgspec.json.Decoder(port.Content, strict=False)
_reply: Final = msgspec.json.Decoder(_Reply)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to be sent until `until`. `number` and `claim` say whose outcome is reported.

    others_wait: more is to follow in the same queue.
    """

    model: Model
    number: int
    claim: int
    attempts: int
    failures: int
    until: datetime
    thing: port.Letter | port.Command
    others_wait: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is to be sent now, and how many were withheld or put off, so that others may have become due."""

    claims: list[Claim] = field(default_factory=list)
    settled: int = 0


def claim_due(*, channel: str, worker: str, at: datetime, limit: int) -> Claimed:
    """Letters first, then commands. Where nothing is due it costs one question."""
    found = Claimed()
    for claim, wait in zip((claim_letters, claim_commands), waits(channel=channel, at=at), strict=True):
        left = limit - len(found.claims)
        if left > 0 and (wait.due or wait.expired):
            more = claim(channel=channel, worker=worker, at=at, limit=left, expired=wait.expired)
            found = Claimed(found.claims + more.claims, found.settled + more.settled)
    return found


def claim_letters(*, channel: str, worker: str, at: datetime, limit: int, expired: bool = True) -> Claimed:
    """Claims letters that are due, decides on them, and withholds or puts off what may not leave.

    expired: whether claims may have run out.
    """
    ask = _Ask(channel, worker, at, limit, expired)
    return _claim(Letter, due_letters, _judge_letters, ask)


def claim_commands(*, channel: str, worker: str, at: datetime, limit: int, expired: bool = True) -> Claimed:
    """Claims commands that are due."""
    ask = _Ask(channel, worker, at, limit, expired)
    return _claim(Command, due_commands, _judge_commands, ask)


class _Ask(NamedTuple):
    """Who claims, where, when and how many; whether claims may have run out."""

    channel: str
    worker: str
    at: datetime
    limit: int
    expired: bool


@dataclass(slots=True)
class _Judged:
    """What becomes of the rows that are due."""

    go: list[tuple[DueLetter | DueCommand, port.Letter | port.Command]] = field(default_factory=list)
    later: list[tuple[DueLetter, Verdict]] = field(default_factory=list)
    never: list[tuple[DueLetter | DueCommand, str]] = field(default_factory=list)


def _claim(model: Model, due: Callable[..., list[Row]], judge: Callable[..., _Judged], ask: _Ask) -> Claimed:
    channel, worker, at, limit, expired = ask
    try:
        with transaction.atomic():
            if expired:
                _free_expired(model, channel, at)
            rows = due(channel=channel, at=at, limit=limit)
            if not rows:
                return Claimed()
            judged = judge(rows, channel=channel, at=at)
            _put_off(model, judged, at)
            return Claimed(_take(model, judged, worker, at), len(judged.later) + len(judged.never))
    except IntegrityError:
        # Another worker, by a clock that differs, took one of the same queue in this very moment.
        return Claimed()


def _free_expired(model: Model, channel: str, at: datetime) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} set state = 'queued', claimed_by = '' where id in (select id from {table}"
            " where channel = %s and state = 'claimed' and claimed_until < %s for update skip locked)",
            [channel, at],
        )


def _take(model: Model, judged: _Judged, worker: str, at: datetime) -> list[Claim]:
    if not judged.go:
        return []
    with connection.cursor() as cursor:
        # The disk need not have it before we go on: a claim that is lost with the machine is one without an outcome.
        cursor.execute(
            f"update {model._meta.db_table} set state = 'claimed', claim = claim + 1, claimed_by = %s, claimed_until = %s"
            " where id = any(%s) and (select set_config('synchronous_commit', 'off', true)) is not null",
            [worker[:60], at + LEASE, [row.pk for row, _ in judged.go]],
        )
    return [
        Claim(model, row.pk, row.claim + 1, row.attempts, row.failures, at + LEASE, thing, row.others_wait)
        for row, thing in judged.go
    ]


def _put_off(model: Model, judged: _Judged, at: datetime) -> None:
    for row, verdict in judged.later:
        model.objects.filter(pk=row.pk).update(not_before=verdict.until, reason=verdict.reason)
    told = []
    for one, reason in judged.never:
        emptied: dict[str, Any] = {}
        if isinstance(one, DueLetter):
            emptied = {"address_sealed": None, **({"payload": {}} if one.fleeting else {})}
        state = State.WITHHELD if model is Letter else State.FAILED
        model.objects.filter(pk=one.pk).update(state=state, reason=reason, done_at=at, **emptied)
        told.append(Told(_refused(one, reason), one.person_id, one.place_id))
    tell(told, at=at)


def _refused(row: DueLetter | DueCommand, reason: str) -> Fact:
    if isinstance(row, DueLetter):
        return LetterWithheld(
            letter=row.pk,
            letter_class=row.letter_class,
            channel=row.channel,
            reason=reason,
            about_kind=row.about_kind,
            about=row.about,
        )
    return CommandFailed(
        command=row.pk,
        verb=row.verb,
        channel=row.channel,
        reason=reason,
        permanent=True,
        attempt=row.attempts + 1,
    )


def _judge_letters(rows: Sequence[DueLetter], *, channel: str, at: datetime) -> _Judged:
    zone = ZoneInfo(settings.ZONE)
    people = {row.person_id for row in rows if row.person_id is not None}
    promoted = {row.person_id for row in rows if row.person_id is not None and row.letter_class == "promotion"}
    known = known_of(person_ids=sorted(promoted), at=at) if promoted else {}
    addresses = person_addresses(person_ids=people, channel=channel) if people else {}
    judged = _Judged()
    for row in rows:
        who = known.get(row.person_id or 0)
        verdict = may_send(
            letter_class=_class_of(row),
            at=at,
            zone=zone,
            consented=who.consented(channel=channel) if who else row.place_id is not None,
            promoted_at=who.promoted_at if who else (),
            not_after=row.not_after,
        )
        to = _address(row, addresses)
        if verdict.what == "later":
            judged.later.append((row, verdict))
        elif verdict.what == "withheld":
            judged.never.append((row, verdict.reason))
        elif row.place_closed:
            judged.never.append((row, "place_closed"))
        elif to is None:
            judged.never.append((row, "no_address"))
        else:
            _go(judged, row, partial(_written, row, to))
            _count(who, row, at)
    return judged


def _go(judged: _Judged, row: DueLetter | DueCommand, written: Callable[[], port.Letter | port.Command]) -> None:
    """What it said may have been erased while it was on its way: then there is nothing left to send."""
    try:
        judged.go.append((row, written()))
    except ValueError:
        judged.never.append((row, "nothing_to_say"))


def _count(who: Known | None, row: DueLetter, at: datetime) -> None:
    """Two records of one person in the same batch share a cap."""
    if who is not None and row.letter_class == "promotion":
        who.promoted_at.append(at)


def _class_of(row: DueLetter) -> LetterClass:
    return "promotion" if row.letter_class == "promotion" else "session" if row.letter_class == "session" else "service"


def _address(row: DueLetter, people: dict[int, port.Address]) -> port.Address | None:
    if row.place_id is not None:
        return row.place
    if row.person_id is not None:
        return people.get(row.person_id)
    if row.address_sealed is not None:
        return port.Address(kind="person", value=keyring().decrypt(row.address_sealed, context=ADDRESS))
    return None


def _written(row: DueLetter, to: port.Address) -> port.Letter:
    in_reply_to = _reply.decode(row.payload).in_reply_to or row.answered
    content = _content.decode(row.payload)
    return port.Letter(key=bytes(row.key).hex(), to=to, content=content, in_reply_to=in_reply_to, due=row.not_after)


def _told(row: DueCommand, person: port.Address | None) -> port.Command:
    told = {
        **msgspec.json.decode(row.payload, type=dict[str, Any]),
        "key": bytes(row.key).hex(),
        "verb": row.verb,
        "place": row.place_at or "",
        "person": person.value if person else "",
    }
    return msgspec.convert(told, port.Command)


def _judge_commands(rows: Sequence[DueCommand], *, channel: str, at: datetime) -> _Judged:
    ids = {row.person_id for row in rows if row.person_id is not None}
    people = person_addresses(person_ids=ids, channel=channel) if ids else {}
    judged = _Judged()
    for row in rows:
        person = people.get(row.person_id or 0)
        if row.not_after is not None and at > row.not_after:
            judged.never.append((row, "too_late"))
        elif row.person_id is not None and person is None:
            judged.never.append((row, "no_address"))
        else:
            _go(judged, row, partial(_told, row, person))
    return judged


def take_up(*, worker: str) -> int:
    """What stands under the name of a worker that died is due again at once; also its own, where it does not know whether
    its last claims were written. Returns how many."""
    taken = 0
    for model in (Letter, Command):
        held = model.objects.filter(state=State.CLAIMED, claimed_by=worker[:60])
        taken += held.update(state=State.QUEUED, claimed_by="")
    return taken
