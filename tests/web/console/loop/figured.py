"""Figures as the hourly run stores them, made by hand for screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tongpin.core.figures.actions import put_figure

STEPS = ("gather", "give", "sell", "share")


def way(entrance: int, *, gather: int = 0, give: int = 0, sell: int = 0, share: int = 0, **more: Any) -> dict[str, Any]:
    told = {"kind": "entrance", "entrance": entrance, "gather": gather, "give": give, "sell": sell, "share": share}
    told |= {"orders": sell, "first_orders": 0, "net_fen": 0, "cost_fen": None, "cost_per_gathered_fen": None}
    return told | {"left_fen": 0, "cohort": 0, "cohort_brought": 0, "k": None} | more


def loop_figure(
    at: datetime,
    *ways: dict[str, Any],
    community: int = 0,
    people: Mapping[str, Sequence[int]] | None = None,
    slices: Sequence[int] = (),
    **more: Any,
) -> None:
    """The loop's figure with these rows; totals are their sums unless said otherwise."""
    told: dict[str, Any] = {step: sum(row[step] for row in ways) for step in STEPS}
    told |= {name: sum(row[name] for row in ways) for name in ("orders", "net_fen")}
    told |= {"gifts": 0, "cost_fen": sum(row["cost_fen"] or 0 for row in ways) or None} | more
    parts = [*ways, *({"kind": "slice", "turn": n} | dict.fromkeys(STEPS, one) for n, one in enumerate(slices))]
    put(at, "loop_by_entrance", {"value": 0.0, "more": told, "parts": parts}, community=community, people=people)


def k_figure(at: datetime, k: float | None, n: int, *, low: float = 0.19, high: float = 0.45) -> None:
    put(at, "referral_k", {"value": k, "low": low, "high": high}, n=n)


def weeks_figure(at: datetime, *contributions: int, community: int = 0, by_staff: int = 0) -> None:
    parts = [{"week": f"2026-{n}", "contributions": one, "by_staff": by_staff} for n, one in enumerate(contributions)]
    put(at, "weekly_givers", {"value": 1.0, "parts": parts}, community=community)


def put(
    at: datetime,
    measure: str,
    body: dict[str, Any],
    *,
    community: int = 0,
    n: int = 40,
    people: Mapping[str, Sequence[int]] | None = None,
) -> None:
    put_figure(
        measure=measure,
        as_of=at,
        known_at=at,
        body=body,
        n=n,
        quality="none" if body["value"] is None else "ok",
        at=at,
        scope_kind="community" if community else "merchant",
        scope=community,
        people=people,
    )
