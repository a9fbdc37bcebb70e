"""How long links and sessions last, and how often one may try. Pure numbers and the decisions on them."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pyotp

OWNER_LINK_LASTS = timedelta(minutes=15)
INVITATION_LASTS = timedelta(days=3)
SECOND_STEP_LASTS = timedelta(minutes=5)
FRESH_LINK_LASTS = timedelta(minutes=15)
"""Who came in by a link may set a new password without the old one for this long."""

IDLE = timedelta(hours=12)
IDLE_ON_OWN_DEVICE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)
OLD_KEY_LASTS = timedelta(days=1)
"""How long a rolled key goes on, so that a site can be changed without losing events."""

TryKind = Literal["code", "link", "apply", "again", "again_from"]


@dataclass(frozen=True, slots=True)
class Tries:
    """So many tries within a span; then the door stays shut until the span is over."""

    most: int
    within: timedelta


TRIES: dict[TryKind, Tries] = {
    "code": Tries(5, timedelta(minutes=15)),
    "link": Tries(20, timedelta(minutes=15)),
    # A whole expo hall scans a code behind one address; a program tries far more often.
    "apply": Tries(120, timedelta(minutes=15)),
    # Letters with a sign-in link: to one mailbox, and asked for from one address.
    "again": Tries(3, timedelta(minutes=15)),
    "again_from": Tries(30, timedelta(minutes=15)),
}
STEP = 30


def opens_again(*, kind: TryKind, count: int, since: datetime, now: datetime) -> datetime | None:
    """When the door opens again, or None while one may still try. `count` includes the try in hand."""
    allowed = TRIES[kind]
    over = since + allowed.within
    return over if count > allowed.most and now < over else None


def matching_step(*, secret: str, code: str, at: datetime, after_step: int) -> int | None:
    """The time step a TOTP code belongs to: this one, the last or the next, and later than the step last used."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    present = int(at.timestamp()) // STEP
    generator = pyotp.TOTP(secret)
    found = None
    for step in (present - 1, present, present + 1):
        right = hmac.compare_digest(generator.generate_otp(step), digits)
        if right and step > after_step:
            found = step
    return found


def idle_too_long(*, seen_at: datetime, now: datetime, own_device: bool) -> bool:
    """Whether a session was left alone for longer than it may be."""
    return now - seen_at > (IDLE_ON_OWN_DEVICE if own_device else IDLE)
