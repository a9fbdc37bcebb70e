"""What may leave, and when: decisions on plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

LetterClass: TypeAlias = Literal["service", "session", "promotion"]

QUIET_FROM = time(21, 30)
QUIET_UNTIL = time(8, 30)
"""No promotion between these, in the merchant's zone."""

CAPS: tuple[tuple[timedelta, int, str], ...] = (
    (timedelta(days=30), 8, "cap_month"),
    (timedelta(days=7), 3, "cap_week"),
)
"""At most so many promotions to one person within so long (rolling), on all channels together."""

DAY_CAP = 1
"""Promotions to one person on one calendar day."""

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
MOST_FAILURES = 10
"""After so many failures of its own a letter is given up, so that those behind it go on."""

LONGEST_PAUSE = timedelta(minutes=1)
"""A channel that is down is tried again at least this often."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """now; later, at `until`; or withheld. `reason` is a code, empty for now."""

    what: Literal["now", "later", "withheld"]
    reason: str = ""
    until: datetime | None = None


NOW = Verdict("now")


def may_send(
    *,
    letter_class: LetterClass,
    at: datetime,
    zone: ZoneInfo,
    consented: bool,
    promoted_at: Sequence[datetime] = (),
    not_after: datetime | None = None,
) -> Verdict:
    """Whether a letter may leave at this moment.

    Service and session are exempt from all but their own time. For a promotion, `consented` is the person's word (to a
    place: that the place takes promotions), `promoted_at` when they had promotions in the last 30 days.
    """
    if not_after is not None and at > not_after:
        return Verdict("withheld", "too_late")
    if letter_class != "promotion":
        return NOW
    if not consented:
        return Verdict("withheld", "no_consent")
    for span, most, reason in CAPS:
        if sum(at - span < sent <= at for sent in promoted_at) >= most:
            return Verdict("withheld", reason)
    today = at.astimezone(zone).date()
    if sum(sent.astimezone(zone).date() == today for sent in promoted_at) >= DAY_CAP:
        until, reason = _morning(at + timedelta(days=1), zone), "cap_day"
    elif is_quiet(at=at, zone=zone):
        until, reason = next_morning(at=at, zone=zone), "quiet_hours"
    else:
        return NOW
    if not_after is not None and until > not_after:
        return Verdict("withheld", reason)
    return Verdict("later", reason, until)


def is_quiet(*, at: datetime, zone: ZoneInfo) -> bool:
    """Whether promotions rest (免打扰)."""
    local = at.astimezone(zone).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def next_morning(*, at: datetime, zone: ZoneInfo) -> datetime:
    """The next end of the quiet hours."""
    this = _morning(at, zone)
    return this if this > at else _morning(at + timedelta(days=1), zone)


def _morning(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), QUIET_UNTIL, zone).astimezone(at.tzinfo)


def wait_after(*, failures: int, asked: timedelta | None = None) -> timedelta:
    """How long until the next try after so many failures: two seconds, doubled each time, five minutes at most; never
    less than what the platform asked for."""
    own = min(FIRST_WAIT * (1 << min(max(failures - 1, 0), 12)), LONGEST_WAIT)
    return max(own, asked or timedelta(0))


def pause_after(*, failures: int, asked: timedelta | None = None) -> timedelta:
    """How long a whole channel rests: what the platform asked for, else two seconds doubled each time, a minute at most."""
    return asked if asked is not None else min(wait_after(failures=failures), LONGEST_PAUSE)
