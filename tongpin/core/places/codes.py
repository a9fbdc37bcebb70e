"""Tracked codes (活码): short links, printed as QR codes, that know what they lead to and count who follows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.base.ids import token
from tongpin.core.facts.places import TrackedCodeMade, TrackedCodeOpened
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.telling import Told, tell_all
from tongpin.core.places.models import CodeOpening, TrackedCode

LENGTH = 10
"""50 bits: nobody finds a code by trying, and it can still be read aloud."""


class CodeUnknown(LookupError):
    """There is no such tracked link. It may have been copied only in part."""


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A tracked code: what it is printed as and what it leads to."""

    id: int
    code: str
    kind: str
    target_kind: str
    target: int


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening of a tracked code."""

    code: CodeSeen
    opening: int


def make_code(
    *,
    code_kind: str,
    target_kind: str,
    target: int,
    actor: str,
    at: datetime,
    staff: int = 0,
    person_id: int | None = None,
) -> CodeSeen:
    """A new code for a target. `code_kind` says what for (entrance, poster, product, talk…); `person_id` whose own it is."""
    return make_codes(
        count=1, code_kind=code_kind, target_kind=target_kind, target=target, actor=actor, at=at, staff=staff,
        person_id=person_id,
    )[0]  # fmt: skip


@transaction.atomic
def make_codes(
    *,
    count: int,
    code_kind: str,
    target_kind: str,
    target: int,
    actor: str,
    at: datetime,
    staff: int = 0,
    person_id: int | None = None,
) -> list[CodeSeen]:
    """So many codes for one target, to be told apart by who follows which. A fixed number of queries."""
    made = TrackedCode.objects.bulk_create(
        TrackedCode(code=token(size=LENGTH), kind=code_kind, target_kind=target_kind, target=target, made_at=at)
        for _ in range(count)
    )
    told = [
        TrackedCodeMade(tracked_code=one.pk, code_kind=code_kind, target_kind=target_kind, target=target, staff=staff)
        for one in made
    ]
    tell_all([Told(fact, person_id) for fact in told], at=at, actor=actor)
    return [_seen(one) for one in made]


@transaction.atomic
def open_code(*, code: str, person_id: int | None, at: datetime) -> Opened:
    """Notes that somebody followed a code, and says where it leads. Raises CodeUnknown."""
    held = TrackedCode.objects.filter(code=code.strip().lower()[:20]).first()
    if held is None:
        raise CodeUnknown("this link leads nowhere: ask whoever gave it to you for the whole link")
    opening = CodeOpening.objects.create(tracked_code=held, person_id=person_id, opened_at=at)
    record(TrackedCodeOpened(opening=opening.pk, tracked_code=held.pk), at=at, person_id=person_id, actor="visitor")
    return Opened(_seen(held), opening.pk)


def code_of(*, code_id: int) -> CodeSeen | None:
    """A code by its number."""
    held = TrackedCode.objects.filter(pk=code_id).first()
    return None if held is None else _seen(held)


def find_code(*, code: str) -> CodeSeen | None:
    """A code as it is printed; nothing is counted."""
    held = TrackedCode.objects.filter(code=code.strip().lower()[:20]).first()
    return None if held is None else _seen(held)


def _seen(one: TrackedCode) -> CodeSeen:
    return CodeSeen(one.pk, one.code, one.kind, one.target_kind, one.target)
