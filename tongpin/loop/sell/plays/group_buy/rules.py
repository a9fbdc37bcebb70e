"""Who may join, leave, and what a seat comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

GroupState = Literal["running", "filled", "failed", "unpaid"]
"""unpaid: a member opened it and nobody paid in time; it ended before its hour, and nobody is told."""

SeatState = Literal["held", "taken", "lapsed", "left", "failed", "too_late"]
Shown = Literal["held", "waiting", "filled", "lapsed", "left", "failed", "too_late"]

PLAY = "group_buy"
SEAT = "group_buy_seat"
"""What orders call the play, and what payments call a seat."""

HOLD = timedelta(minutes=15)
"""How long a seat is kept for somebody who is at the till."""

LINGER = timedelta(minutes=5)
"""How long a member's group in which nobody sits is left open: what was paid in the last minute may be on its way."""

LIVE: tuple[SeatState, ...] = ("held", "taken")


@dataclass(frozen=True, slots=True)
class Group:
    """A group as these rules need it. `held` counts only seats whose time has not run out."""

    state: GroupState
    seats: int
    taken: int
    held: int
    ends: datetime


@dataclass(frozen=True, slots=True)
class Comer:
    """Who wants a seat, merged records together: do they sit already, how many of the offer did they order before."""

    has_seat: bool
    bought: int
    per_person: int


def may_join(group: Group, comer: Comer, now: datetime) -> str | None:
    """Why somebody cannot take a seat now, as a code; None where they can.

    `all_held`: the last seats wait for a payment and may come free again.
    """
    if group.state != "running":
        return group.state
    if now >= group.ends:
        return "over"
    if comer.has_seat:
        return "has_a_seat"
    if comer.per_person and comer.bought + 1 > comer.per_person:
        return "person_limit"
    return "all_held" if group.taken + group.held >= group.seats else None


def missing(group: Group) -> int:
    """How many paid seats are still needed."""
    return group.seats - group.taken


def held_until(now: datetime, ends: datetime) -> datetime:
    """Until when a seat is kept: never past the group's own end."""
    return min(now + HOLD, ends)


def is_over(group: Group, now: datetime) -> bool:
    """Is it time to give everybody the money back?"""
    return group.state == "running" and now >= group.ends


def why_not_left(group: GroupState, seat: SeatState) -> str | None:
    """Why a seat cannot be given up any more, as a code; None where it can."""
    if seat not in LIVE:
        return seat
    return None if group == "running" or seat == "held" else group


def shown(group: GroupState, seat: SeatState, *, until: datetime | None, now: datetime) -> Shown:
    """What the buyer is told of a seat. A held one whose time ran out has lapsed, swept up or not."""
    if seat == "held":
        return "held" if until is not None and now < until and group == "running" else "lapsed"
    if seat == "taken":
        return "filled" if group == "filled" else "failed" if group == "failed" else "waiting"
    return seat
