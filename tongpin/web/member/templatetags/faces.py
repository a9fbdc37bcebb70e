"""A member's face: the first character of the name they chose, on one of seven grounds. Never a picture they did not set."""

from __future__ import annotations

from zlib import crc32

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

GROUNDS = 7


def face(name: str) -> SafeString:
    """The round sign that stands beside a name."""
    cleaned = name.strip()
    ground = crc32(cleaned.encode()) % GROUNDS
    return format_html('<span class="face face-{}" aria-hidden="true">{}</span>', ground, (cleaned or "·")[0].upper())


register = template.Library()
register.simple_tag(face)
