"""Said by honours (荣誉): points, levels, badges, boards, thanks, rewards for those who give."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import About, BadgeId, CommunityId, MessageId, StaffId


@fact("points.earned", key=("posting",), step="give", subject="person")
class PointsEarned(Fact):
    """A member earned points for something (积分)."""

    posting: int
    points: int
    reason: Code
    about_kind: Code = ""
    about: About = 0
    community: CommunityId = 0


@fact("points.spent", key=("posting",), step="give", subject="person")
class PointsSpent(Fact):
    """A member spent points on something (兑换)."""

    posting: int
    points: int
    reason: Code
    about_kind: Code = ""
    about: About = 0


@fact("points.taken_back", key=("posting",), step="give", subject="person")
class PointsTakenBack(Fact):
    """Points ran out, or what earned them was undone."""

    posting: int
    points: int
    reason: Code


@fact("level.reached", key=("person", "community", "occurrence"), step="give", subject="person")
class LevelReached(Fact):
    """A member's level changed (等级), up or down."""

    community: CommunityId
    level: int
    old_level: int
    occurrence: int


@fact("badge.won", key=("person", "badge", "occurrence"), step="give", subject="person")
class BadgeWon(Fact):
    """A member won a badge (徽章)."""

    badge: BadgeId
    community: CommunityId = 0
    reason: Code = ""
    occurrence: int = 1


@fact("rank.taken", key=("person", "board", "day"), step="give", lane="bulk", subject="person")
class RankTaken(Fact):
    """A leader board's period closed with a member at this rank (榜单)."""

    board: Code
    day: Day
    rank: int
    score: int
    community: CommunityId = 0


@fact("thanks.given", key=("thanks",), step="give", subject="thanked", further={"thanked": "thanked"})
class ThanksGiven(Fact):
    """Somebody said thank you to a member (谢谢): the entry's person, or a teammate for the house."""

    thanks: int
    thanked: PersonId
    about_kind: Code = ""
    about: About = 0
    message: MessageId = 0
    staff: StaffId = 0
    community: CommunityId = 0


@fact("contributor.rewarded", key=("reward",), step="give", subject="person")
class ContributorRewarded(Fact):
    """A high contributor was rewarded (奖励贡献): goods, money, a trip, the stage. Its cost is `cost.booked`."""

    reward: int
    reward_kind: Code
    value_fen: Fen = 0
    reason: Code = ""
    community: CommunityId = 0
