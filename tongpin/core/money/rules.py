"""When to look again, what a provider will not refund, and what a payment may be called."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tongpin.base.text import clean

TITLE_LIMIT = 60
FIRST_LOOK = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
GRACE = timedelta(minutes=1)
"""How long after its time a payment is left open: somebody may be at the till."""

MANY_TRIES = 8
"""After so many answers that were none, a human should see it, though it is still asked."""

_CONTACT = re.compile(r"@|(?<!\d)1[3-9]\d{9}(?!\d)")


class BadTitle(ValueError):
    """A payment's title goes to the provider and onto bills: it names a thing, never a person."""


def title_of_payment(title: str) -> str:
    """The title, tidied and cut. Raises BadTitle for an empty one and for contact data."""
    cleaned = clean(title, limit=TITLE_LIMIT)
    if not cleaned or _CONTACT.search(cleaned):
        raise BadTitle("give the payment a title that names a thing, without mail or phone")
    return cleaned


def wait_after(tries: int) -> timedelta:
    """How long until the provider is asked again: two minutes, doubled each time, six hours at most."""
    return min(FIRST_LOOK * (1 << min(tries, 10)), LONGEST_WAIT)


def is_overdue(*, due: datetime | None, at: datetime) -> bool:
    """Has its time run out, grace included?"""
    return due is not None and at > due + GRACE


def refund_refusal(
    *,
    can_refund: bool,
    can_refund_parts: bool,
    max_refunds: int,
    refund_days: int,
    is_part: bool,
    earlier: int,
    paid_at: datetime,
    at: datetime,
) -> str:
    """Why a provider will not do a refund, as a code; empty where it may. 0 refunds or days at most: no limit."""
    if not can_refund:
        return "provider_cannot_refund"
    if is_part and not can_refund_parts:
        return "provider_refunds_whole_only"
    if max_refunds and earlier >= max_refunds:
        return "too_many_refunds"
    if refund_days and at > paid_at + timedelta(days=refund_days):
        return "too_old_to_refund"
    return ""
