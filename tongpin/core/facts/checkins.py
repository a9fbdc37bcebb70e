"""Said by practices (共同做的事, 打卡): the thing done together, day by day."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, fact
from tongpin.core.facts.nouns import CommunityId, PracticeId


@fact("practice.opened", key=("practice",), step="give")
class PracticeOpened(Fact):
    """A community does one thing together from now on (发起打卡), perhaps with a goal for all."""

    practice: PracticeId
    community: CommunityId
    rhythm: Code = "daily"
    goal: int = 0
    goal_unit: Code = ""
    until: Day = ""


@fact("practice.joined", key=("practice", "person", "occurrence"), step="give")
class PracticeJoined(Fact):
    """A member takes part."""

    practice: PracticeId
    occurrence: int = 1


@fact("practice.quit", key=("practice", "person", "occurrence"), step="give")
class PracticeQuit(Fact):
    """A member no longer takes part."""

    practice: PracticeId
    occurrence: int = 1


@fact("checkin.done", key=("practice", "person", "day"), step="give", subject="person")
class CheckinDone(Fact):
    """A member did it that day (完成打卡). `streak` is days in a row, `total` all, `amount` how much of the unit."""

    practice: PracticeId
    day: Day
    streak: int
    total: int
    amount: int = 0
    made_up: bool = False
    community: CommunityId = 0
    with_picture: bool = False
    length: int = 0


@fact("streak.broken", key=("practice", "person", "day"), step="give", lane="bulk", subject="person")
class StreakBroken(Fact):
    """A member's days in a row ended (断签); the total stays."""

    practice: PracticeId
    day: Day
    streak: int


@fact("practice.milestone_reached", key=("practice", "milestone"), step="give")
class PracticeMilestoneReached(Fact):
    """All together reached a part of the goal (目标进度), and see it."""

    practice: PracticeId
    milestone: int
    done: int
    goal: int
    people: int = 0


@fact("practice.closed", key=("practice", "occurrence"), step="give")
class PracticeClosed(Fact):
    """A practice ended, with what all did together."""

    practice: PracticeId
    done: int = 0
    people: int = 0
    occurrence: int = 1
