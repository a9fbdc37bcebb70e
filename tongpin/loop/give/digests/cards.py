"""Cards of a digest that is out: errands (代发) for the groups in which a human pastes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from tongpin.core.sending.models import Errand
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.give.digests.models import Digest

ABOUT = "digest"
ERRAND = "paste_group"


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card for one group. `state`: given, done, missed; `taps`: how often somebody copied it or said that it is done."""

    id: int
    place: str
    platform: str
    text: str
    state: str
    taps: int
    due: datetime | None


@dataclass(frozen=True, slots=True)
class DigestAtHand:
    """A digest with cards that wait, and until when the first of them is of use."""

    id: int
    title: str
    community_id: int
    cards: int
    due: datetime | None


def cards_of(*, digest_id: int) -> tuple[CardSeen, ...]:
    """All cards of a digest, in the order of giving. One query."""
    rows = Errand.objects.filter(about_kind=ABOUT, about=digest_id).select_related("place").order_by("pk")
    return tuple(
        CardSeen(
            id=one.pk,
            place=one.place.name if one.place else "",
            platform=one.place.platform if one.place else "",
            text=one.text,
            state=one.state,
            taps=one.taps,
            due=one.due,
        )
        for one in rows
    )


def cards_waiting() -> QuerySet[Errand]:
    """The open ones, of all digests."""
    return Errand.objects.filter(state=Errand.State.GIVEN, about_kind=ABOUT)


def digests_at_hand(*, scope: Scope, limit: int = 50) -> tuple[DigestAtHand, ...]:
    """Digests with cards that wait, what is due first. One query."""
    rows = Digest.objects.filter(pk__in=cards_waiting().values("about"))
    if isinstance(scope, Communities):
        rows = rows.filter(community__in=scope.ids)
    mine = cards_waiting().filter(about=OuterRef("pk")).order_by().values("about")
    found = rows.annotate(
        cards=Subquery(mine.annotate(n=Count("pk")).values("n")),
        due=Subquery(mine.annotate(until=Min("due")).values("until")),
    ).order_by("due", "pk")
    return tuple(DigestAtHand(row.pk, row.title, row.community_id, row.cards, row.due) for row in found[:limit])
