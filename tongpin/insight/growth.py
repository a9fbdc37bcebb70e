"""Formulas of growth by people bringing people (裂变), SCIENCE §4.1 and §4.3. Pure numbers."""

from __future__ import annotations

import math


def people_after(*, start: float, k: float, days: float, cycle: float) -> float:
    """Everybody there after so many days, when each brings `k` within `cycle` days: U(t)."""
    rounds = days / cycle
    if k == 1:
        return start * (rounds + 1)
    return float(start * (k ** (rounds + 1) - 1) / (k - 1))


def people_per_seed(*, k: float) -> float | None:
    """How many one newcomer stands for in the end, with all they bring: 1/(1−K). None from K = 1 on: no end."""
    return 1 / (1 - k) if 0 <= k < 1 else None


def chance_of_size(*, k: float, size: int) -> float:
    """Borel: how likely a tree of `size` is when each person brings Poisson(k) others."""
    if size < 1:
        return 0.0
    if k == 0:
        return 1.0 if size == 1 else 0.0
    return math.exp(-k * size + (size - 1) * math.log(k * size) - math.lgamma(size + 1))


def chance_of_end(*, k: float, dispersion: float | None = None) -> float:
    """How likely a tree dies out: Poisson offspring, or negative binomial with a dispersion (1 is geometric)."""
    if k <= 1:
        return 1.0
    # The smallest fixed point of the generating function: iterating from 0 climbs to it.
    q = 0.0
    for _ in range(100_000):
        more = math.exp(k * (q - 1)) if dispersion is None else (1 + k * (1 - q) / dispersion) ** (-dispersion)
        if abs(more - q) < 1e-12:
            return more
        q = more
    return q


def blended_cost(*, cost: float, k: float, cost_of_brought: float) -> float | None:
    """Cost of a new customer where each brings K more at a price of their own: CAC·(1−K) + K·r. None from K = 1 on."""
    return cost * (1 - k) + k * cost_of_brought if 0 <= k < 1 else None
