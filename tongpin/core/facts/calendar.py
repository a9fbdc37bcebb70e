"""Said by the calendar (内容日历): what is planned, the stock of pieces, where they were published, who read them."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, Share, Time, fact
from tongpin.core.facts.nouns import About, CommunityId, PieceId


@fact("activity.planned", key=("about_kind", "about", "occurrence"), step="give", lane="session", subject="about")
class ActivityPlanned(Fact):
    """Something stands in the calendar (排期): a topic, talk, gathering, piece, sale. A later occurrence moves it."""

    about_kind: Code
    about: About
    starts: Time
    ends: Time | None = None
    community: CommunityId = 0
    motive: Code = ""
    occurrence: int = 1


@fact("activity.dropped", key=("about_kind", "about", "occurrence"), step="give", lane="session", subject="about")
class ActivityDropped(Fact):
    """Something was taken out of the calendar."""

    about_kind: Code
    about: About
    reason: Code = ""
    community: CommunityId = 0
    occurrence: int = 1


@fact("piece.stocked", key=("piece",), step="give")
class PieceStocked(Fact):
    """A piece of content lies ready (内容库存). The entry's person made it, if a member did."""

    piece: PieceId
    piece_kind: Code
    category: Code = ""
    provenance: Code = ""
    community: CommunityId = 0
    length: int = 0
    tokens: tuple[int, ...] = ()


@fact("piece.published", key=("piece", "surface", "place", "occurrence"), step="give", subject="piece")
class PiecePublished(Fact):
    """A piece stands where people see it (发布): group, official account, Moments, page, mail."""

    piece: PieceId
    surface: Code
    piece_kind: Code = ""
    community: CommunityId = 0
    advertising: bool = False
    occurrence: int = 1


@fact("piece.unpublished", key=("piece", "surface", "place", "occurrence"), step="give", subject="piece")
class PieceUnpublished(Fact):
    """A piece was taken down."""

    piece: PieceId
    surface: Code
    reason: Code = ""
    occurrence: int = 1


@fact("piece.read", key=("reading",), step="give", lane="bulk", subject="piece", quiet=True)
class PieceRead(Fact):
    """Somebody read, watched or heard a piece (阅读): how much of it. Read to the end it counts as use."""

    reading: int
    piece: PieceId
    share: Share = 0.0
    seconds: int = 0
    surface: Code = ""


@fact(
    "piece.reacted",
    key=("piece", "person", "reaction", "occurrence"),
    step="give",
    lane="bulk",
    subject="piece",
    quiet=True,
)
class PieceReacted(Fact):
    """Somebody liked, saved, passed on or commented a piece."""

    piece: PieceId
    reaction: Code
    occurrence: int = 1


@fact(
    "piece.counted",
    key=("piece", "surface", "place", "day", "occurrence"),
    step="give",
    lane="bulk",
    subject="piece",
    quiet=True,
)
class PieceCounted(Fact):
    """A platform's own count of a piece for a day: how many, not who. A later occurrence replaces it."""

    piece: PieceId
    surface: Code
    day: Day
    reads: int = 0
    likes: int = 0
    shares: int = 0
    saves: int = 0
    comments: int = 0
    occurrence: int = 1


@fact("pieces.called_for", key=("call",), step="give")
class PiecesCalledFor(Fact):
    """Members were asked for pieces of a category (征稿)."""

    call: int
    category: Code
    community: CommunityId = 0
    due: Day = ""


@fact("rights.given", key=("piece", "person", "occurrence"), step="give", subject="piece")
class RightsGiven(Fact):
    """A contributor let us publish their piece, with credit, until a day (授权)."""

    piece: PieceId
    until: Day = ""
    paid: bool = False
    occurrence: int = 1


@fact("rights.ended", key=("piece", "person", "occurrence"), step="give", subject="piece")
class RightsEnded(Fact):
    """The right to publish a piece is over; it comes down."""

    piece: PieceId
    reason: Code = ""
    occurrence: int = 1
