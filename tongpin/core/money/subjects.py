"""What can be paid for. A room registers its kind at start; money calls back in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tongpin.core.money.seen import PaymentSeen, RefundSeen


class Settled(Protocol):
    """Called once when the money is in. `late`: the payment had been closed; usually the subject refunds."""

    def __call__(self, payment: PaymentSeen, *, late: bool, at: datetime) -> None: ...


class Refunded(Protocol):
    """Called once per refund, when the payer has the money back."""

    def __call__(self, payment: PaymentSeen, refund: RefundSeen, *, at: datetime) -> None: ...


class Closed(Protocol):
    """Called once when a payment can no longer be made. Not called where a further attempt replaced it."""

    def __call__(self, payment: PaymentSeen, *, reason: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """`title(about)` is what screens call it. `locks(about)` takes the rows the callbacks will change BEFORE the payment's
    row is taken: so a room that locks its own row and then closes payments never stands across from a notice."""

    title: Callable[[int], str]
    settled: Settled
    refunded: Refunded
    closed: Closed
    locks: Callable[[int], None] | None = None


class NoSuchSubject(LookupError):
    """Nobody registered this kind of thing to be paid for."""


_subjects: dict[str, Subject] = {}


def register_subject(kind: str, subject: Subject) -> None:
    """Makes a kind payable; called by the wiring at start. A second call replaces the first."""
    _subjects[kind] = subject


def forget_subject(kind: str) -> None:
    """Takes a kind away again (tests)."""
    _subjects.pop(kind, None)


def subject_of(kind: str) -> Subject:
    """The subject of a kind. Raises NoSuchSubject."""
    found = _subjects.get(kind)
    if found is None:
        raise NoSuchSubject(f"{kind} cannot be paid for: register_subject is called for it at start")
    return found
