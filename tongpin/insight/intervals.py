"""Intervals of shares (置信区间)."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The normal quantile of 97.5 %."""


def wilson(*, hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson interval of a share (SCIENCE §0); (0, 1) where nothing was tried. Raises ValueError for hits > n."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    under = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / under
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / under
    return max(0.0, centre - half), min(1.0, centre + half)
