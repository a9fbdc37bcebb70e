"""Headers of notices: servers in between write them in any case."""

from __future__ import annotations

from collections.abc import Mapping


def find_header(*, headers: Mapping[str, str], name: str) -> str:
    """The header's value, or nothing. Of two that differ in case only the first counts."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")
