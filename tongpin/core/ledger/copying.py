"""What writing thousands of rows by COPY needs: texts as its text form wants them, and numbers drawn in one go."""

from __future__ import annotations

from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copied(text: str) -> str:
    """A text as COPY's text form wants it."""
    # A line break or a tab is not printable; neither is much else that needs nothing, and that is rare.
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


def draw(cursor: Any, sequence: str, count: int) -> list[int]:
    """The next `count` numbers of a sequence, rising."""
    cursor.execute(
        "select string_agg(n::text, ',') from (select nextval(%s::regclass) n from generate_series(1, %s)) x",
        [sequence, count],
    )
    told = cursor.fetchone()[0]
    return sorted(map(int, told.split(","))) if told else []
