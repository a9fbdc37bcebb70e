"""Log lines without values: an address can hold a secret, and the text of an error what somebody typed.

Of a request its method and route are told, of an error its type and place: enough to find the line of code.
"""

from __future__ import annotations

import copy
import logging
from traceback import extract_tb
from types import TracebackType
from typing import Any


class Discreet(logging.Formatter):
    """Formats every line of every process."""

    def format(self, record: logging.LogRecord) -> str:
        """Records that Django made of a request are worded anew."""
        told = copy.copy(record)
        told.exc_text = None
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an address that is not ours"
            told.msg, told.args = (
                "%s %s %s",
                (getattr(record, "status_code", ""), getattr(request, "method", ""), route),
            )
        return super().format(told)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Types and places of an error and of those behind it."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            lines += [f"  {at.filename}:{at.lineno} {at.name}" for at in extract_tb(error.__traceback__)]
            behind: Any = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            error = behind
        return "\n".join(lines)
