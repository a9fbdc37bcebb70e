"""What one head cost."""

from __future__ import annotations

import pytest

from tongpin.loop.gather.channel_costs.rules import each_fen


@pytest.mark.parametrize(
    ("cost", "people", "each"),
    [(10000, 3, 3333), (12000, 7, 1714), (9999, 2, 5000), (9999, 3, 3333), (0, 3, None), (100, 0, None), (-5, 1, None)],
)
def test_cost_is_shared_and_rounded_to_whole_fen(cost: int, people: int, each: int | None) -> None:
    assert each_fen(cost, people) == each
