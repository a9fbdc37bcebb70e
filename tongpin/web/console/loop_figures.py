"""The loop's figures for a screen: whose they are, how old they are, what they say. They are prepared; nothing is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongpin.core.figures.queries import COMMUNITY, MERCHANT, Shown, latest_of
from tongpin.core.team.rules import Communities, Scope

LOOP, K, GIVERS = "loop_by_entrance", "referral_k", "weekly_givers"
ENOUGH_FOR_K = 30
STEPS = ("gather", "give", "sell", "share")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose figures are meant: the merchant's (0), or one community's."""

    community: int = 0

    @property
    def kind(self) -> str:
        """As figures name it."""
        return COMMUNITY if self.community else MERCHANT


@dataclass(frozen=True, slots=True)
class LoopSeen:
    """What the newest figures say of the loop: `more` and `parts` of the measure, K with its interval where known."""

    whose: Whose
    as_of: datetime
    n: int
    more: Mapping[str, Any]
    parts: tuple[Mapping[str, Any], ...]
    k: Shown | None

    def number(self, name: str) -> int:
        """One of the whole numbers beside the measure; 0 where it says nothing."""
        return int(self.more.get(name) or 0)

    @property
    def entrances(self) -> list[Mapping[str, Any]]:
        """One row an entrance, most people first; those nobody knows the way of come last."""
        rows = [part for part in self.parts if part.get("kind") == "entrance"]
        return sorted(rows, key=lambda row: (row["entrance"] == 0, -int(row["gather"]), -int(row["net_fen"])))

    def line(self, step: str) -> list[int]:
        """A step over the window in six parts, oldest first; empty where nothing is known."""
        return [int(part[step]) for part in self.parts if part.get("kind") == "slice"]


def whose_in(scope: Scope, chosen: int | None) -> Whose | None:
    """Whose figures somebody sees here: the community in view, their only one, or everybody's. None: they must choose."""
    if chosen is not None:
        return Whose(chosen) if scope.holds(chosen) else None
    if not isinstance(scope, Communities):
        return Whose()
    return Whose(next(iter(scope.ids))) if len(scope.ids) == 1 else None


def figures_of(whose: Whose) -> dict[str, Shown]:
    """The newest figures that Today and the loop page read. One query."""
    return latest_of(measures=(LOOP, K, GIVERS), scope_kind=whose.kind, scope=whose.community)


def loop_in(whose: Whose, figures: Mapping[str, Shown]) -> LoopSeen | None:
    """The loop these figures tell; None where none was computed yet."""
    found = figures.get(LOOP)
    if found is None:
        return None
    body = found.body
    return LoopSeen(whose, found.as_of, found.n, body.get("more") or {}, tuple(body.get("parts") or ()), figures.get(K))
