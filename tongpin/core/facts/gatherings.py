"""Said by gatherings (线下活动): seats, waiting list, tickets, the door, and memories after."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, PersonId, Time, fact
from tongpin.core.facts.nouns import CommunityId, FileId, GatheringId, PaymentId


@fact("gathering.announced", key=("gathering", "occurrence"), step="give", further={"organiser": "organiser"})
class GatheringAnnounced(Fact):
    """A gathering is on (活动发布): when, how many seats, who organises it. A later occurrence moves it."""

    gathering: GatheringId
    starts: Time
    seats: int
    gathering_kind: Code = ""
    community: CommunityId = 0
    organiser: PersonId = 0
    fee_fen: Fen = 0
    occurrence: int = 1


@fact("gathering.signed_up", key=("gathering", "person", "occurrence"), step="give", subject="gathering")
class GatheringSignedUp(Fact):
    """A person has a seat (报名成功) and a ticket."""

    gathering: GatheringId
    ticket: int
    guests: int = 0
    payment: PaymentId = 0
    occurrence: int = 1


@fact("gathering.waitlisted", key=("gathering", "person", "occurrence"), step="give", subject="gathering")
class GatheringWaitlisted(Fact):
    """All seats are taken; the person waits at this rank (候补)."""

    gathering: GatheringId
    rank: int
    occurrence: int = 1


@fact("gathering.seat_offered", key=("gathering", "person", "occurrence"), step="give", subject="gathering")
class GatheringSeatOffered(Fact):
    """A seat came free and is held for the next on the waiting list until a moment."""

    gathering: GatheringId
    held_until: Time
    occurrence: int = 1


@fact("gathering.given_up", key=("gathering", "person", "occurrence"), step="give", subject="gathering")
class GatheringGivenUp(Fact):
    """A person gave the seat or the waiting place back, or let the offer lapse."""

    gathering: GatheringId
    reason: Code = ""
    occurrence: int = 1


@fact("gathering.checked_in", key=("gathering", "person"), step="give", lane="session", subject="gathering")
class GatheringCheckedIn(Fact):
    """A person came (到场), with so many friends."""

    gathering: GatheringId
    ticket: int = 0
    guests: int = 0
    by: Code = ""


@fact("gathering.missed", key=("gathering", "person"), step="give", lane="bulk", subject="gathering")
class GatheringMissed(Fact):
    """A person had a seat and did not come."""

    gathering: GatheringId
    ticket: int = 0


@fact("gathering.remembered", key=("gathering", "file"), step="give", subject="gathering")
class GatheringRemembered(Fact):
    """A photo or a memory was added afterwards (回忆)."""

    gathering: GatheringId
    file: FileId
    may_show: bool = False


@fact("gathering.ended", key=("gathering",), step="give")
class GatheringEnded(Fact):
    """The gathering took place."""

    gathering: GatheringId
    came: int
    seats: int = 0
    community: CommunityId = 0


@fact("gathering.cancelled", key=("gathering",), step="give")
class GatheringCancelled(Fact):
    """The gathering does not take place; who paid has the money back."""

    gathering: GatheringId
    reason: Code = ""
