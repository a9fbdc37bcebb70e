"""Said by talks (嘉宾分享): a guest speaks from a stage page, and every segment goes to every group."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, PersonId, Share, Time, fact
from tongpin.core.facts.nouns import CommunityId, StaffId, TalkId


@fact("guest.invited", key=("talk", "person", "occurrence"), step="give", lane="session")
class GuestInvited(Fact):
    """Somebody, perhaps from within, was asked to speak (邀请嘉宾)."""

    talk: TalkId
    from_within: bool = False
    staff: StaffId = 0
    occurrence: int = 1


@fact("guest.answered", key=("talk", "person", "occurrence"), step="give", lane="session")
class GuestAnswered(Fact):
    """The guest said yes, no or another day."""

    talk: TalkId
    answer: Code
    occurrence: int = 1


@fact("talk.announced", key=("talk", "occurrence"), step="give", lane="session", further={"guest": "guest"})
class TalkAnnounced(Fact):
    """A talk was announced to so many places (分享预告). A later occurrence moves it."""

    talk: TalkId
    starts: Time
    community: CommunityId = 0
    guest: PersonId = 0
    places: int = 0
    series: int = 0
    occurrence: int = 1


@fact("talk.signed_up", key=("talk", "person", "occurrence"), step="give", lane="session")
class TalkSignedUp(Fact):
    """A person wants to hear the talk (报名); the pool's next open group takes them."""

    talk: TalkId
    occurrence: int = 1


@fact("talk.started", key=("talk",), step="give", lane="session")
class TalkStarted(Fact):
    """The guest speaks (开讲)."""

    talk: TalkId
    community: CommunityId = 0


@fact("talk.segment_given", key=("talk", "segment"), step="give", lane="session")
class TalkSegmentGiven(Fact):
    """The guest gave one segment from the stage: text, picture or voice. It is what is relayed, and nothing else."""

    talk: TalkId
    segment: int
    form: Code
    length: int = 0
    seconds: int = 0


@fact("talk.segment_relayed", key=("talk", "segment"), step="give", lane="session")
class TalkSegmentRelayed(Fact):
    """A segment is through (转播): how many places have it, wait for a human, or failed, and how late the last was.

    Each place's own delivery is a `letter.sent` about this talk.
    """

    talk: TalkId
    segment: int
    reached: int
    waiting: int = 0
    failed: int = 0
    lag_ms: int = 0


@fact("talk.segment_redacted", key=("talk", "segment"), step="give", lane="session")
class TalkSegmentRedacted(Fact):
    """A segment was taken back everywhere it had gone."""

    talk: TalkId
    segment: int


@fact("talk.attended", key=("talk", "person", "how"), step="give", lane="people", subject="talk")
class TalkAttended(Fact):
    """A person heard a talk (听了分享): live on the page, in a group, or by a chat that was attached afterwards."""

    talk: TalkId
    how: Code
    seconds: int = 0
    messages: int = 0


@fact("talk.replayed", key=("talk", "person", "occurrence"), step="give", lane="bulk", subject="talk", quiet=True)
class TalkReplayed(Fact):
    """A person opened the replay and heard this much of it (回放)."""

    talk: TalkId
    share: Share = 0.0
    occurrence: int = 1


@fact("talk.ended", key=("talk",), step="give", lane="session", further={"guest": "guest"})
class TalkEnded(Fact):
    """The guest is done (分享结束), with what it came to."""

    talk: TalkId
    community: CommunityId = 0
    guest: PersonId = 0
    seconds: int = 0
    segments: int = 0
    attended: int = 0
    questions: int = 0


@fact("talk.cancelled", key=("talk",), step="give", lane="session")
class TalkCancelled(Fact):
    """An announced talk does not take place."""

    talk: TalkId
    reason: Code = ""
