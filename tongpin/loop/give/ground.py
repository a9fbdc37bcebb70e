"""What every slice of give stands on: words as people wrote them, without marks that disturb."""

from __future__ import annotations

import re

from tongpin.base.text import clean

_MARKS = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufeff]")
_EMPTY_LINES = re.compile(r"\n{3,}")


def line(value: str, *, limit: int) -> str:
    """One line: a title, a name."""
    return clean(value, limit=limit)


def said(value: str) -> str:
    """Words as they were said: line breaks and joined emoji stay, control and direction marks go, ends are trimmed."""
    plain = _MARKS.sub("", value.replace("\r\n", "\n").replace("\t", " "))
    lines = "\n".join(one.rstrip() for one in plain.split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()
