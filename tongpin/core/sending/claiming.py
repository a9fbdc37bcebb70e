"""Taking what is due: one in flight in each queue, strictly by number, whoever asks and however many at once.

A letter stands in the way of later ones from the moment it is due, also while it waits for another try; one whose time
has not come does not. A claim is a lease: when it runs out the letter is due again, with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from tongpin.channels import port
from tongpin.core.facts.form import Fact
from tongpin.core.facts.sending import CommandFailed, LetterWithheld
from tongpin.core.places.models import Place
from tongpin.core.sending.addressing import person_addresses, place_address, places_of
from tongpin.core.sending.allowing import Known, known_of
from tongpin.core.sending.models import Command, Letter, State
from tongpin.core.sending.queueing import ADDRESS
from tongpin.core.sending.rules import LetterClass, Verdict, may_send
from tongpin.core.sending.telling import Told, tell
from tongpin.core.team.keys import keyring

LEASE = timedelta(minutes=5)

Model: TypeAlias = type[Letter] | type[Command]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to be sent until `until`. `number` and `claim` say whose outcome is reported."""

    model: Model
    number: int
    claim: int
    attempts: int
    failures: int
    until: datetime
    thing: port.Letter | port.Command


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is to be sent now, and how many were withheld or put off, so that others may have become due."""

    claims: list[Claim] = field(default_factory=list)
    settled: int = 0


_DUE = """
select o.id from {table} o
where o.channel = %(channel)s and o.state = 'queued' and o.not_before <= %(at)s
  and (o.retry_at is null or o.retry_at <= %(at)s)
  and not exists (
    select from {table} e where e.channel = o.channel and e.queue = o.queue and e.state in ('queued', 'claimed')
      and (e.state = 'claimed' or (e.id < o.id and e.not_before <= %(at)s)))
order by o.not_before, o.id limit %(limit)s for update of o skip locked
"""


def claim_letters(*, channel: str, worker: str, at: datetime, limit: int) -> Claimed:
    """Claims letters that are due, decides on them, and withholds or puts off what may not leave."""
    return _claim(Letter, _judge_letters, channel=channel, worker=worker, at=at, limit=limit)


def claim_commands(*, channel: str, worker: str, at: datetime, limit: int) -> Claimed:
    """Claims commands that are due."""
    return _claim(Command, _judge_commands, channel=channel, worker=worker, at=at, limit=limit)


@dataclass(slots=True)
class _Judged:
    """What becomes of the rows that are due."""

    go: list[tuple[Any, port.Letter | port.Command]] = field(default_factory=list)
    later: list[tuple[Any, Verdict]] = field(default_factory=list)
    never: list[tuple[Any, str]] = field(default_factory=list)


def _claim(
    model: Model,
    judge: Callable[..., _Judged],
    *,
    channel: str,
    worker: str,
    at: datetime,
    limit: int,
) -> Claimed:
    try:
        with transaction.atomic():
            _free_expired(model, channel, at)
            with connection.cursor() as cursor:
                cursor.execute(_DUE.format(table=model._meta.db_table), {"channel": channel, "at": at, "limit": limit})
                due = [row[0] for row in cursor.fetchall()]
            if not due:
                return Claimed()
            rows: Sequence[Any] = list(model.objects.filter(pk__in=due).order_by("pk"))
            judged = judge(rows, channel=channel, at=at)
            _put_off(model, judged, at)
            return Claimed(_take(model, judged, worker, at), len(judged.later) + len(judged.never))
    except IntegrityError:
        # Another worker, by a clock that differs, took one of the same queue in this very moment.
        return Claimed()


def _free_expired(model: Model, channel: str, at: datetime) -> None:
    held = model.objects.filter(channel=channel, state=State.CLAIMED, claimed_until__lt=at)
    expired = list(held.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if expired:
        model.objects.filter(pk__in=expired).update(state=State.QUEUED, claimed_by="")


def _take(model: Model, judged: _Judged, worker: str, at: datetime) -> list[Claim]:
    ids = [row.pk for row, _ in judged.go]
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {model._meta.db_table} set state = 'claimed', claim = claim + 1, claimed_by = %s, claimed_until = %s"
            " where id = any(%s)",
            [worker[:60], at + LEASE, ids],
        )
    return [
        Claim(model, row.pk, row.claim + 1, row.attempts, row.failures, at + LEASE, thing) for row, thing in judged.go
    ]


def _put_off(model: Model, judged: _Judged, at: datetime) -> None:
    for row, verdict in judged.later:
        model.objects.filter(pk=row.pk).update(not_before=verdict.until, reason=verdict.reason)
    told = []
    for row, reason in judged.never:
        emptied: dict[str, Any] = {}
        if isinstance(row, Letter):
            emptied = {"address_sealed": None, "payload": {} if row.fleeting else row.payload}
        state = State.WITHHELD if model is Letter else State.FAILED
        model.objects.filter(pk=row.pk).update(state=state, reason=reason, done_at=at, **emptied)
        told.append(Told(_refused(row, reason), row.person_id, row.place_id))
    tell(told, at=at)


def _refused(row: Letter | Command, reason: str) -> Fact:
    about: dict[str, Any] = {"about_kind": row.about_kind, "about": row.about}
    if isinstance(row, Letter):
        return LetterWithheld(letter=row.pk, letter_class=row.letter_class, channel=row.channel, reason=reason, **about)
    return CommandFailed(
        command=row.pk,
        verb=row.verb,
        channel=row.channel,
        reason=reason,
        permanent=True,
        attempt=row.attempts + 1,
    )


def _judge_letters(rows: Sequence[Letter], *, channel: str, at: datetime) -> _Judged:
    zone = ZoneInfo(settings.ZONE)
    people = {row.person_id for row in rows if row.person_id is not None}
    promoted = {row.person_id for row in rows if row.person_id is not None and row.letter_class == "promotion"}
    known = known_of(person_ids=sorted(promoted), at=at)
    places = places_of(place_ids=[row.place_id for row in rows if row.place_id is not None])
    addresses = person_addresses(person_ids=people, channel=channel)
    replied = dict(
        Letter.objects.filter(pk__in=[row.answers for row in rows if row.answers]).values_list("pk", "platform_id")
    )
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
        place = places.get(row.place_id or 0)
        to = _address(row, place, addresses)
        if verdict.what == "later":
            judged.later.append((row, verdict))
        elif verdict.what == "withheld":
            judged.never.append((row, verdict.reason))
        elif place is not None and place.closed_at is not None:
            judged.never.append((row, "place_closed"))
        elif to is None:
            judged.never.append((row, "no_address"))
        else:
            _go(judged, row, partial(_written, row, to, replied.get(row.answers, "")))
            _count(who, row, at)
    return judged


def _go(judged: _Judged, row: Any, written: Callable[[], port.Letter | port.Command]) -> None:
    """What it said may have been erased while it was on its way: then there is nothing left to send."""
    try:
        judged.go.append((row, written()))
    except ValueError:
        judged.never.append((row, "nothing_to_say"))


def _count(who: Known | None, row: Letter, at: datetime) -> None:
    """Two records of one person in the same batch share a cap."""
    if who is not None and row.letter_class == Letter.Class.PROMOTION:
        who.promoted_at.append(at)


def _class_of(row: Letter) -> LetterClass:
    return "promotion" if row.letter_class == "promotion" else "session" if row.letter_class == "session" else "service"


def _address(row: Letter, place: Place | None, people: dict[int, port.Address]) -> port.Address | None:
    if place is not None:
        return place_address(place=place)
    if row.person_id is not None:
        return people.get(row.person_id)
    if row.address_sealed is not None:
        return port.Address(kind="person", value=keyring().decrypt(row.address_sealed, context=ADDRESS))
    return None


def _written(row: Letter, to: port.Address, replied: str) -> port.Letter:
    told = dict(row.payload)
    in_reply_to = told.pop("in_reply_to", "") or replied
    content = msgspec.convert(told, port.Content, strict=False)
    return port.Letter(key=bytes(row.key).hex(), to=to, content=content, in_reply_to=in_reply_to, due=row.not_after)


def _told(row: Command, place: Place | None, person: port.Address | None) -> port.Command:
    told = {
        **row.payload,
        "key": bytes(row.key).hex(),
        "verb": row.verb,
        "place": place_address(place=place).value if place else "",
        "person": person.value if person else "",
    }
    return msgspec.convert(told, port.Command)


def _judge_commands(rows: Sequence[Command], *, channel: str, at: datetime) -> _Judged:
    places = places_of(place_ids=[row.place_id for row in rows if row.place_id is not None])
    people = person_addresses(person_ids={r.person_id for r in rows if r.person_id is not None}, channel=channel)
    judged = _Judged()
    for row in rows:
        place = places.get(row.place_id or 0)
        person = people.get(row.person_id or 0)
        if row.not_after is not None and at > row.not_after:
            judged.never.append((row, "too_late"))
        elif row.person_id is not None and person is None:
            judged.never.append((row, "no_address"))
        else:
            _go(judged, row, partial(_told, row, place, person))
    return judged


def take_up(*, worker: str) -> int:
    """When a worker starts under its old name: what it held when it died is due again at once. Returns how many."""
    taken = 0
    for model in (Letter, Command):
        held = model.objects.filter(state=State.CLAIMED, claimed_by=worker[:60])
        taken += held.update(state=State.QUEUED, claimed_by="")
    return taken
