"""What a way in is printed and shared as: its link, the square code (二维码), the poster."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse

QUIET = 4
"""Modules of white around a code; without them phones do not find it."""
HERE_ONLY = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Square:
    """A code to draw: `size` modules wide with its white rim, the dark ones as one path."""

    size: int
    path: str


def link_of(code: str) -> str:
    """The whole address of a tracked code."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('member:follow', args=[code])}"


def short_of(link: str) -> str:
    """The same as it is printed in words, without https://."""
    return link.partition("://")[2]


def opens_here_only() -> bool:
    """Whether the house's address reaches nothing but this machine: no phone would open the code."""
    return urlsplit(settings.PUBLIC_URL).hostname in HERE_ONLY


def square(link: str) -> Square:
    """The code of a link. Level M: a printed code may be creased by a seventh."""
    rows = list(segno.make(link, error="m", micro=False).matrix)
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                runs.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width or 1
    return Square(len(rows) + 2 * QUIET, "".join(runs))
