"""Said by topics (话题讨论): announced with a window, primed, asked, rewarded, closed."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Time, fact
from tongpin.core.facts.nouns import CommunityId, QuestionId, TopicId


@fact("topic.announced", key=("topic", "occurrence"), step="give", lane="session")
class TopicAnnounced(Fact):
    """A discussion was announced with its window (话题预告, 21:00–21:30). A later occurrence moves it."""

    topic: TopicId
    starts: Time
    ends: Time
    community: CommunityId = 0
    places: int = 1
    occurrence: int = 1


@fact("topic.primed", key=("topic", "person"), step="give", lane="session")
class TopicPrimed(Fact):
    """A KOL or active member was asked to speak first (暖场)."""

    topic: TopicId


@fact("topic.booked", key=("topic", "person", "occurrence"), step="give", lane="session")
class TopicBooked(Fact):
    """A member means to come and wants to be reminded (预约)."""

    topic: TopicId
    occurrence: int = 1


@fact("topic.opened", key=("topic",), step="give", lane="session")
class TopicOpened(Fact):
    """The window is open: members speak."""

    topic: TopicId
    community: CommunityId = 0


@fact("topic.question_posted", key=("topic", "ordinal"), step="give", lane="session")
class TopicQuestionPosted(Fact):
    """The host put the next question to the groups."""

    topic: TopicId
    ordinal: int
    question: QuestionId = 0


@fact("speaker.rewarded", key=("topic", "person"), step="give", subject="topic")
class SpeakerRewarded(Fact):
    """An active speaker of a discussion was rewarded (积极发言)."""

    topic: TopicId
    rank: int
    reward_kind: Code
    amount: int = 0


@fact("topic.closed", key=("topic",), step="give", lane="session")
class TopicClosed(Fact):
    """The window is over, with how many spoke how often."""

    topic: TopicId
    community: CommunityId = 0
    speakers: int = 0
    first_timers: int = 0
    messages: int = 0


@fact("topic.cancelled", key=("topic",), step="give", lane="session")
class TopicCancelled(Fact):
    """An announced discussion does not take place."""

    topic: TopicId
    reason: Code = ""
