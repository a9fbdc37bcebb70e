"""What a thing to do on Today is made of; each room says its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongpin.web.look.tags.words import near

SOON = timedelta(hours=8)
"""What has less than this left is expiring."""

Heap = Literal["expiring", "waiting", "house"]


def two_days(now: datetime) -> tuple[datetime, datetime, datetime]:
    """The calendar's days: when today begins, when tomorrow does, and the day after."""
    local = timezone.localtime(now)
    begin = (datetime.combine(local.date() + timedelta(days=n), time.min) for n in range(3))
    today, tomorrow, after = (timezone.make_aware(one, local.tzinfo) for one in begin)
    return today, tomorrow, after


def until_word(at: datetime | None) -> str:
    """Until when: the hour alone today, with its day otherwise; nothing where there is no end."""
    return _("until %(time)s") % {"time": near(at)} if at is not None else ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: what, why, until when, and the one verb that leads there."""

    heap: Heap
    step: str
    what: SafeString | str
    why: str
    until: str
    chip: str
    verb: str
    href: str
