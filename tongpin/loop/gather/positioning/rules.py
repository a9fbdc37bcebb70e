"""What a positioning canvas (定位画布) is, and when it says enough to let people in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

KINDS = ("product", "education", "service", "linking", "learning", "values", "interest", "person")
"""What a community is about (MISSION G1); `person`: it gathers around somebody."""

TIES = ("kin", "school", "work", "interest", "use")
"""What holds members together (纽带)."""

MOTIVES = ("fun", "knowledge", "opportunity")
"""Why people come (动机), strongest first in a canvas."""

NEEDED = ("thing_done_together", "ideal_member")
"""Parts without which nobody knows whether they are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The parts of a positioning. Words are people's own; kinds, tie and motives are codes of the tables above."""

    thing_done_together: str = ""
    kinds: tuple[str, ...] = ()
    ideal_member: str = ""
    vision: str = ""
    values: str = ""
    benefit_members: str = ""
    benefit_operator: str = ""
    tie: str = ""
    hobby_or_need: str = ""
    difference: str = ""
    scene: str = ""
    kept_up_together: str = ""
    motives: tuple[str, ...] = ()


PARTS: tuple[str, ...] = tuple(part.name for part in fields(Canvas))
CODED = ("kinds", "tie", "motives")
WORDS: tuple[str, ...] = tuple(part for part in PARTS if part not in CODED)


def filled(canvas: Canvas) -> int:
    """How many of the parts say something."""
    return sum(1 for part in PARTS if getattr(canvas, part))


def lacking(canvas: Canvas) -> tuple[str, ...]:
    """The needed parts that are still empty."""
    return tuple(part for part in NEEDED if not getattr(canvas, part))


def unknown_codes(canvas: Canvas) -> tuple[str, ...]:
    """Codes that stand in none of the tables, and codes named twice."""
    return (
        *_strange(canvas.kinds, KINDS),
        *_strange((canvas.tie,) if canvas.tie else (), TIES),
        *_strange(canvas.motives, MOTIVES),
    )


def _strange(codes: tuple[str, ...], known: Iterable[str]) -> tuple[str, ...]:
    allowed = set(known)
    return tuple(code for at, code in enumerate(codes) if code not in allowed or code in codes[:at])
