"""Who can have brought whom, and what an invitation came to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tongpin.loop.share.referrals.rules import generation_after, state_of, wrong_with_binding

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("newcomer", "inviter", "above", "reason"),
    [(1, 2, [], None), (1, 2, [3, 4], None), (1, 1, [], "oneself"), (1, 2, [3, 1], "circle")],
)
def test_nobody_brings_themselves_or_whoever_brought_them(
    newcomer: int, inviter: int, above: list[int], reason: str | None
) -> None:
    assert wrong_with_binding(newcomer=newcomer, inviter=inviter, above=above) == reason


def test_generations_count_from_whoever_came_by_no_link() -> None:
    assert [generation_after(one) for one in (None, 1, 2)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("qualified", "window", "disqualified", "state"),
    [
        (None, None, None, "joined"),
        (NOON - WEEK, NOON + WEEK, None, "in_return_period"),
        (NOON - WEEK, NOON, None, "counts"),
        (NOON - WEEK, NOON + WEEK, NOON, "returned"),
    ],
)
def test_an_invitation_is_in_one_of_four_states(
    qualified: datetime | None, window: datetime | None, disqualified: datetime | None, state: str
) -> None:
    assert state_of(qualified_at=qualified, counts_from=window, disqualified_at=disqualified, now=NOON) == state
