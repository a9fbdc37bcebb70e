"""What writing thousands of rows by COPY needs: texts as its text form wants them, and numbers drawn in one go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copied(text: str) -> str:
    """A text as COPY's text form wants it."""
    # A line break or a tab is not printable; neither is much else that needs nothing, and that is rare.
    return text.translate(_ESCAPES) if "\\" in text or not text.isprintable() else text


@contextmanager
def copying(cursor: Any, statement: str) -> Iterator[Any]:
    """COPY by a statement; its errors are Django's, as those of every other statement are: whoever waits for a database
    that is away or full waits for this one too."""
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        yield copy


def draw(cursor: Any, sequence: str, count: int) -> list[int]:
    """The next `count` numbers of a sequence, rising."""
    if not count:
        return []
    # Numbers almost always come as one run, which two of them tell; others draw at the same moment seldom.
    cursor.execute(
        "select min(n), max(n), case when max(n) - min(n) >= count(*) then string_agg(n::text, ',') end"
        " from (select nextval(%s::regclass) n from generate_series(1, %s)) x",
        [sequence, count],
    )
    first, last, told = cursor.fetchone()
    return list(range(first, last + 1)) if told is None else sorted(map(int, told.split(",")))
