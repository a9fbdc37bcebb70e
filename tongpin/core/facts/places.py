"""Said by places (群, 公众号, 页面, 店): communities, who is where, what was heard. Words stand in the messages."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, PersonId, PlaceId, fact
from tongpin.core.facts.nouns import About, CommunityId, MessageId, StaffId, TrackedCodeId


@fact("community.founded", key=("community",), step="gather")
class CommunityFounded(Fact):
    """A community (社群) was named."""

    community: CommunityId


@fact("community.closed", key=("community", "occurrence"), step="gather")
class CommunityClosed(Fact):
    """A community ended with dignity, or was joined into another."""

    community: CommunityId
    into: CommunityId = 0
    occurrence: int = 1


@fact("place.opened", key=("place",), step="gather", subject="place")
class PlaceOpened(Fact):
    """A place began to be used: a group, an official account, a page, a venue, a shop."""

    place_kind: Code
    community: CommunityId = 0
    capacity: int = 0


@fact("place.assigned", key=("place", "occurrence"), step="gather", subject="place")
class PlaceAssigned(Fact):
    """A place that was there already belongs to a community from now on (归入社群), or (0) to none."""

    community: CommunityId
    occurrence: int


@fact("place.closed", key=("place", "occurrence"), step="gather", subject="place")
class PlaceClosed(Fact):
    """A place is no longer used."""

    occurrence: int = 1


@fact("place.filled", key=("place", "occurrence"), step="gather", subject="place")
class PlaceFilled(Fact):
    """A group of the pool reached its capacity; the join code leads to `next` now."""

    next: PlaceId = 0
    occurrence: int = 1


@fact("members.counted", key=("place", "occurrence"), step="gather", lane="bulk", subject="place", quiet=True)
class MembersCounted(Fact):
    """The head count of a place as the platform or a human tells it: all we know of a plain WeChat group."""

    members: int
    by: Code
    occurrence: int


@fact(
    "member.joined",
    key=("person", "place", "occurrence"),
    step="gather",
    subject="place",
    further={"inviter": "inviter"},
)
class MemberJoined(Fact):
    """A person became a member of a place. `scene` says how: code, invited, import, heard…"""

    scene: Code = ""
    inviter: PersonId | None = None
    tracked_code: TrackedCodeId = 0
    occurrence: int = 1


@fact("member.left", key=("person", "place", "occurrence"), step="gather", subject="place")
class MemberLeft(Fact):
    """A member left a place, was removed, or the place was closed."""

    reason: Code = ""
    occurrence: int = 1


@fact("role.given", key=("person", "community", "role", "occurrence"), step="give", subject="community")
class RoleGiven(Fact):
    """A member took on a role of the charter (creator, manager, payer, contributor, volunteer…)."""

    community: CommunityId
    role: Code
    occurrence: int = 1


@fact("role.ended", key=("person", "community", "role", "occurrence"), step="give", subject="community")
class RoleEnded(Fact):
    """A member laid down a role."""

    community: CommunityId
    role: Code
    occurrence: int = 1


@fact(
    "message.heard",
    key=("place", "message_key"),
    step="give",
    lane="session",
    subject="place",
    quiet=True,
    further={"answered": "answered"},
)
class MessageHeard(Fact):
    """Somebody said something in a place (发言): features of it, never the words.

    `answered` is whom it answers and `edge` how we know: reply, mention, or adjacent (the one before it in the chat).
    `shingles` and `tokens` are hashes whose meaning stands beside the messages, within reach of erasure.
    """

    message: MessageId
    message_key: Code
    message_kind: Code = "text"
    length: int = 0
    han: int = 0
    reply_to: MessageId = 0
    thread: int = 0
    answered: PersonId | None = None
    edge: Code = ""
    mentions: int = 0
    captioned: bool = False
    seconds: int = 0
    links: int = 0
    shingles: tuple[int, ...] = ()
    tokens: tuple[int, ...] = ()


@fact("message.edited", key=("message", "edition"), step="give", lane="session", subject="place", quiet=True)
class MessageEdited(Fact):
    """A message has other words now, or words at last: changed by who said it, or a voice was written down (转写)."""

    message: MessageId
    edition: int
    by: Code
    length: int = 0
    han: int = 0
    links: int = 0
    shingles: tuple[int, ...] = ()
    tokens: tuple[int, ...] = ()


@fact("message.recalled", key=("message",), step="give", lane="session", subject="place", quiet=True)
class MessageRecalled(Fact):
    """A message was taken back by who said it, or removed by a host."""

    message: MessageId
    by: Code


@fact(
    "message.reacted",
    key=("message", "person", "reaction", "occurrence"),
    step="give",
    lane="session",
    subject="place",
    quiet=True,
)
class MessageReacted(Fact):
    """A member liked, saved or otherwise marked a message."""

    message: MessageId
    reaction: Code
    occurrence: int = 1


@fact("message.kept", key=("message", "how"), step="give", lane="people", subject="place")
class MessageKept(Fact):
    """A message was pinned, accepted as the answer, saved, or relayed to another group by a host (精华)."""

    message: MessageId
    how: Code


@fact("tracked_code.made", key=("tracked_code",), step="gather")
class TrackedCodeMade(Fact):
    """A tracked link or QR code (活码) was made for an entrance, a talk, a product, a poster, a parcel."""

    tracked_code: TrackedCodeId
    code_kind: Code
    about: Code = ""
    target_kind: Code = ""
    target: About = 0
    staff: StaffId = 0


@fact("tracked_code.opened", key=("opening",), step="gather", lane="bulk", subject="tracked_code", quiet=True)
class TrackedCodeOpened(Fact):
    """Somebody followed a tracked link or scanned its code."""

    opening: int
    tracked_code: TrackedCodeId
