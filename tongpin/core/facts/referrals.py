"""Said by referrals (裂变与转介绍): links, who came by whom, what qualified, what it earned."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Fen, PersonId, Time, fact
from tongpin.core.facts.nouns import About, CampaignId, CommunityId, TrackedCodeId


@fact("campaign.opened", key=("campaign", "occurrence"), step="share")
class CampaignOpened(Fact):
    """A referral campaign is on (裂变活动): one of the four fissions, what is needed, what both sides get."""

    campaign: CampaignId
    campaign_kind: Code
    needed: int = 1
    community: CommunityId = 0
    inviter_reward: Code = ""
    invitee_reward: Code = ""
    ends: Time | None = None
    occurrence: int = 1


@fact("campaign.closed", key=("campaign", "occurrence"), step="share")
class CampaignClosed(Fact):
    """A referral campaign is over or was stopped."""

    campaign: CampaignId
    reason: Code = ""
    occurrence: int = 1


@fact("share.asked", key=("person", "about_kind", "about", "occurrence"), step="share", subject="person")
class ShareAsked(Fact):
    """A person was asked to bring others (邀请分享): after a purchase, a group that filled, a good review."""

    about_kind: Code
    about: About
    campaign: CampaignId = 0
    occurrence: int = 1


@fact("referral_link.made", key=("tracked_code",), step="share", subject="person")
class ReferralLinkMade(Fact):
    """A person has a link of their own (专属链接)."""

    tracked_code: TrackedCodeId
    campaign: CampaignId = 0
    about_kind: Code = ""
    about: About = 0


@fact("referral_link.sent", key=("sharing",), step="share", lane="bulk", subject="person", quiet=True)
class ReferralLinkSent(Fact):
    """A person passed their link or poster on (分享出去), where we can know it. K needs it: invitations per member."""

    sharing: int
    tracked_code: TrackedCodeId
    campaign: CampaignId = 0
    channel: Code = ""


@fact(
    "referral_link.opened",
    key=("opening",),
    step="share",
    lane="bulk",
    subject="tracked_code",
    further={"inviter": "inviter"},
    quiet=True,
)
class ReferralLinkOpened(Fact):
    """Somebody followed a person's link; the entry's person is the visitor."""

    opening: int
    tracked_code: TrackedCodeId
    inviter: PersonId
    campaign: CampaignId = 0
    itself: bool = False


@fact(
    "referral.bound",
    key=("person", "campaign", "occurrence"),
    step="share",
    subject="person",
    further={"inviter": "inviter"},
)
class ReferralBound(Fact):
    """A newcomer counts as brought by somebody (绑定): the contract for rewards, apart from attribution.

    `generation` counts from the first person who came by no link; campaign 0 is the always-on referral.
    """

    inviter: PersonId
    campaign: CampaignId = 0
    tracked_code: TrackedCodeId = 0
    generation: int = 1
    by_agent: bool = False
    until: Day = ""
    occurrence: int = 1


@fact(
    "referral.qualified",
    key=("person", "campaign", "occurrence"),
    step="share",
    subject="person",
    further={"inviter": "inviter"},
)
class ReferralQualified(Fact):
    """A referral counts (有效推荐): the newcomer stayed or paid, was not refunded, and passed the fraud rules."""

    inviter: PersonId
    by: Code
    campaign: CampaignId = 0
    order: Code = ""
    occurrence: int = 1


@fact(
    "referral.disqualified",
    key=("person", "campaign", "occurrence"),
    step="share",
    subject="person",
    further={"inviter": "inviter"},
)
class ReferralDisqualified(Fact):
    """A referral does not count: refunded, gone at once, found to be fraud, over the inviter's cap."""

    inviter: PersonId
    reason: Code
    campaign: CampaignId = 0
    occurrence: int = 1


@fact("referral_goal.reached", key=("person", "campaign", "goal"), step="share", subject="person")
class ReferralGoalReached(Fact):
    """A person brought as many as the campaign asks for (邀请达标)."""

    campaign: CampaignId
    goal: int
    brought: int


@fact(
    "referral.rewarded",
    key=("reward",),
    step="share",
    lane="money",
    subject="person",
    further={"inviter": "inviter", "invitee": "invitee"},
)
class ReferralRewarded(Fact):
    """A reward for bringing or for coming was given (推荐奖励). The entry's person got it."""

    reward: int
    side: Code
    reward_kind: Code
    amount_fen: Fen = 0
    points: int = 0
    inviter: PersonId = 0
    invitee: PersonId = 0
    campaign: CampaignId = 0
    held_until: Day = ""


@fact("referral.reward_released", key=("reward",), step="share", lane="money", subject="person")
class ReferralRewardReleased(Fact):
    """A held reward is free: the refund window of what earned it is over (奖励解冻)."""

    reward: int
    amount_fen: Fen = 0
    points: int = 0


@fact("referral.reward_taken_back", key=("reward",), step="share", lane="money", subject="person")
class ReferralRewardTakenBack(Fact):
    """A reward was taken back, most often because of a refund."""

    reward: int
    reason: Code
    amount_fen: Fen = 0
    points: int = 0
