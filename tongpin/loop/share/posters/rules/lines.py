"""Text broken into lines as Chinese is: between any two characters, but no line begins with a closing mark."""

from __future__ import annotations

import re
from collections.abc import Callable

CLOSING = frozenset("，。、；：？！…—）》」』】〕”’,.;:?!)]}%")
OPENING = frozenset("（《「『【〔“‘([{")
_CLAUSE = re.compile(r"[^，；。！？]+[，；。！？]*")
_PIECE = re.compile(r"[A-Za-z0-9@#&+'’._/-]+|\s|.", re.DOTALL)


def broken(text: str, *, fits: Callable[[str], bool], most: int) -> list[str]:
    """At most `most` lines, each of which `fits`; what does not find room ends in an ellipsis."""
    lines = [""]
    for piece in _pieces(text, fits):
        if fits(lines[-1] + piece.rstrip()) or not lines[-1]:
            lines[-1] += piece
        elif not piece.isspace():
            lines.append(piece)
    lines = [line.strip() for line in lines]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and not fits(last + "…"):
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def by_clause(text: str, *, fits: Callable[[str], bool], most: int) -> list[str]:
    """One line for each clause where that goes in, as a slogan is read; else broken wherever a line is full."""
    clauses = [one.strip() for one in _CLAUSE.findall(text)]
    if 1 < len(clauses) <= most and all(fits(one) for one in clauses):
        return clauses
    return broken(text, fits=fits, most=most)


def _pieces(text: str, fits: Callable[[str], bool]) -> list[str]:
    """What must stay on one line: a word, a character with the marks that cling to it."""
    pieces: list[str] = []
    opened = ""
    for one in _PIECE.findall(text):
        if one in OPENING:
            opened += one
        elif one in CLOSING and pieces and not opened and fits(pieces[-1].rstrip() + one):
            pieces[-1] = pieces[-1].rstrip() + one
        elif fits(opened + one):
            pieces.append(opened + one)
            opened = ""
        else:
            pieces.extend(opened + one)
            opened = ""
    return [*pieces, opened] if opened else pieces
