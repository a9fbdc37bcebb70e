"""What was found about a person, as plain values: measures give them, `assessing` stores them, screens show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

UNKNOWN = "unknown"
"""The word for too little evidence: nothing is concluded, in no direction."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign (凭据): how often it was seen, how much it weighs today, and when it was last seen."""

    sign: str
    good: bool
    count: int
    weight: float
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Assessed:
    """A person as they stand. `value` is 0 to 1, None where `word` is unknown; `effective` is the evidence by weight and
    `needed` how much of it there must be."""

    person_id: int
    value: float | None
    word: str
    effective: float
    needed: float
    evidence: tuple[Evidence, ...] = field(default_factory=tuple)

    @property
    def n(self) -> int:
        """How many pieces of evidence there are."""
        return sum(one.count for one in self.evidence)
