"""Said by listening (倾听): complaints, and signals found in what members write and do, each with a human decision."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Share, fact
from tongpin.core.facts.nouns import About, CommunityId, ComplaintId, MessageId, ProductId, StaffId


@fact("complaint.made", key=("complaint",), step="give")
class ComplaintMade(Fact):
    """A member is not content (投诉); the words stand in the complaint. A sign of distrust until it is settled well."""

    complaint: ComplaintId
    grade: Code
    channel: Code = ""
    about_kind: Code = ""
    about: About = 0
    product: ProductId = 0
    product_version: Code = ""
    community: CommunityId = 0
    message: MessageId = 0


@fact("complaint.settled", key=("complaint", "occurrence"), step="give")
class ComplaintSettled(Fact):
    """What was done about a complaint, and whether the member is satisfied now (None: not said)."""

    complaint: ComplaintId
    outcome: Code
    satisfied: bool | None = None
    staff: StaffId = 0
    occurrence: int = 1


@fact("signal.proposed", key=("signal",), step="give", lane="bulk")
class SignalProposed(Fact):
    """A complaint, wish, need or hot word seems to be in what was written or done (信号); a human decides."""

    signal: int
    signal_kind: Code
    by: Code
    message: MessageId = 0
    product: ProductId = 0
    community: CommunityId = 0
    score: Share | None = None
    token: int = 0


@fact("signal.decided", key=("signal",), step="give")
class SignalDecided(Fact):
    """A teammate confirmed a signal and graded it, or said that it is none."""

    signal: int
    signal_kind: Code
    confirmed: bool
    grade: Code = ""
    staff: StaffId = 0


@fact("signal.followed", key=("signal", "occurrence"), step="give")
class SignalFollowed(Fact):
    """What became of a confirmed signal: answered, made an idea, a topic, a piece, a product change, let go."""

    signal: int
    signal_kind: Code
    outcome: Code
    about_kind: Code = ""
    about: About = 0
    occurrence: int = 1
