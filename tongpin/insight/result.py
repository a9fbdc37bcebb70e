"""What a measure answers: a number with what it rests on, or the plain word that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Quality = Literal["ok", "low", "none"]
"""ok; low: too few to rank, warn or act by (below the measure's min_n); none: not defined, the value is None."""

Scalar = float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Parameters:
    """What every measure may be asked: one community, or (0) the merchant; from how many cases a number is ok."""

    community: int = 0
    min_n: int = 10


@dataclass(frozen=True, slots=True)
class Result:
    """`value` rests on `n` cases. `low` and `high` bound it with 95 %. `method` says which of its ways a measure took.

    `more` are single numbers beside it, `parts` its rows. A share, a mean or a cost over nothing is None, never 0.
    `people` are who stands behind a number, by the name of its cell: the screens open them. They are kept apart.
    """

    value: float | None
    n: int
    quality: Quality
    low: float | None = None
    high: float | None = None
    method: str = ""
    more: Mapping[str, Scalar] = field(default_factory=dict)
    parts: tuple[Mapping[str, Scalar], ...] = ()
    people: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values for `core.figures`."""
        told: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high, "method": self.method}
        return told | {"more": dict(self.more), "parts": [dict(part) for part in self.parts]}


def quality_of(*, value: float | None, n: int, min_n: int) -> Quality:
    """How far a value may be trusted by its number of cases alone."""
    if value is None:
        return "none"
    return "ok" if n >= min_n else "low"


def divided(over: float | None, under: float | None) -> float | None:
    """A quotient, or None where it is not defined."""
    return None if over is None or not under else over / under
