"""Titles of charges as providers take them."""

from __future__ import annotations


def short_title(*, title: str, most: int) -> str:
    """One printable line of at most `most` characters, the end marked where it was cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    return line if len(line) <= most else line[: most - 1] + "…"
