"""Addresses that stand on cards. They are printed and shared: they do not change."""

from __future__ import annotations

from django.conf import settings

FOLLOW = "/l/{code}"
"""A tracked code."""

LIVE = "/t/{live_code}/"
"""The live page."""


def card_link(*, code: str) -> str:
    """The whole link of a card."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{FOLLOW.format(code=code)}"


def live_link(*, live_code: str) -> str:
    """The whole link of a live page."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{LIVE.format(live_code=live_code)}"
