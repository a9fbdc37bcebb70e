"""A community's steps, and where a newcomer stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongpin.core.people.roots import records_of
from tongpin.loop.gather.welcome.models import Welcome, WelcomeStep
from tongpin.loop.gather.welcome.rules import Step, next_step


@dataclass(frozen=True, slots=True)
class StepSeen:
    """A step of somebody's welcome: what the community says at it now, and when it was done."""

    code: str
    words: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class WelcomeSeen:
    """Somebody's welcome. `next` is the step that comes now; None where it is over."""

    steps: tuple[StepSeen, ...]
    next: str | None
    begun_at: datetime
    finished_at: datetime | None

    @property
    def complete(self) -> bool:
        """Whether every step is done."""
        return all(step.done_at for step in self.steps)


def welcome_steps_of(*, community_id: int) -> tuple[Step, ...]:
    """The steps a newcomer goes through, in order. One query."""
    rows = WelcomeStep.objects.filter(community=community_id).order_by("position")
    return tuple(Step(row.code, row.words) for row in rows)


def welcome_of(*, person_id: int, community_id: int) -> WelcomeSeen | None:
    """Where somebody stands in their latest welcome, by any of their records; None where none was begun. Four queries."""
    theirs = records_of(person_id=person_id)
    row = latest_welcome(community_id=community_id, members=theirs)
    if row is None:
        return None
    words = {step.code: step.words for step in welcome_steps_of(community_id=community_id)}
    times: list[datetime | None] = [*row.done_at, *[None] * (len(row.steps) - len(row.done_at))]
    steps = tuple(StepSeen(code, words.get(code, ""), at) for code, at in zip(row.steps, times, strict=True))
    coming = None if row.finished_at else next_step(row.steps, len(row.done_at))
    return WelcomeSeen(steps, coming, row.begun_at, row.finished_at)


def latest_welcome(*, community_id: int, members: list[int]) -> Welcome | None:
    """The row of the welcome begun last by these records of one person."""
    rows = Welcome.objects.filter(community=community_id, person__in=members)
    return rows.order_by("-begun_at", "-pk").first()
