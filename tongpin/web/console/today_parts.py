"""What a thing to do on Today is made of; each room says its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils.safestring import SafeString

SOON = timedelta(hours=8)
"""What has less than this left is expiring."""

Heap = Literal["expiring", "waiting", "house"]


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
