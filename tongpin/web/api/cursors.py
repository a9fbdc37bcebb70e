"""Marks of pages: opaque to who uses the API, a few keys to us."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime

MOST = (1 << 63) - 1


class BadMark(ValueError):
    """This mark of a page is not one of ours: begin without `after`."""

    def __init__(self) -> None:
        super().__init__("this mark of a page cannot be read: begin without `after`")


def mark(*keys: int | float | str) -> str:
    """Keys as a mark."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def keys_of(text: str, *types: type[int | float | str]) -> Sequence[int | float | str] | None:
    """The keys of a mark, of these types; None for no mark. Raises BadMark."""
    if not text:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise BadMark from error
    if not isinstance(found, list) or [type(one) for one in found] != list(types):
        raise BadMark
    if any(isinstance(one, int) and not 0 <= one <= MOST for one in found):
        raise BadMark
    return found


def number_of(text: str) -> int | None:
    """The number of a mark that holds one. Raises BadMark."""
    keys = keys_of(text, int)
    return int(keys[0]) if keys else None


def moment_and_number(text: str) -> tuple[datetime, int] | None:
    """The moment and number of a mark that holds both. Raises BadMark."""
    keys = keys_of(text, str, int)
    if keys is None:
        return None
    try:
        at = datetime.fromisoformat(str(keys[0]))
    except ValueError as error:
        raise BadMark from error
    if at.tzinfo is None:
        raise BadMark
    return at, int(keys[1])
