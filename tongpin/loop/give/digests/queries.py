"""Digests as pages ask for them. Names and words are read anew each time: nothing of them is kept here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import records_of
from tongpin.core.places.models import Membership, Message, Place
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.give.digests.cards import cards_waiting
from tongpin.loop.give.digests.keeping import DigestUnknown
from tongpin.loop.give.digests.models import Digest, Giver, Quote, QuoteConsent
from tongpin.loop.give.talks.models import Line, Talk


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A digest in a list: how many people are quoted, how many of them agreed, how many cards wait to be pasted."""

    id: int
    community_id: int
    community: str
    title: str
    about_kind: str
    state: str
    quoted: int
    agreed: int
    drafted_at: datetime
    published_at: datetime | None
    code: str
    cards: int


@dataclass(frozen=True, slots=True)
class QuoteSeen:
    """A quote. `consent`: unasked, asked, given, refused; `stands`: its words are there and not recalled.

    `question` is what the guest answered, where a segment answers one. Where it was said: `place` by name, and by which
    it is found there: `line` on the talk's page, `key` in the `room` of another platform, `batch` that brought it in.
    `community` is whose place it was: a talk is heard in groups of several.
    """

    id: int
    person_id: int
    name: str
    words: str
    at: datetime | None
    source: str
    answers: int
    thanks: int
    left_out: bool
    consent: str
    how: str
    answered_at: datetime | None
    stands: bool
    question: str = ""
    place: str = ""
    platform: str = ""
    room: str = ""
    key: str = ""
    batch: int | None = None
    line: int = 0
    community: int | None = None
    place_id: int = 0

    @property
    def shown(self) -> bool:
        """Whether it stands on the published page."""
        return self.stands and not self.left_out and self.consent == "given"


@dataclass(frozen=True, slots=True)
class GiverSeen:
    """Somebody who gave."""

    person_id: int
    name: str
    gifts: int


@dataclass(frozen=True, slots=True)
class DigestSeen:
    """A digest. `source_name` is the place or talk it was made of; `live_code` that of the talk, else empty."""

    id: int
    code: str
    community_id: int
    community: str
    about_kind: str
    about: int
    source_name: str
    live_code: str
    first_at: datetime
    last_at: datetime
    title: str
    conclusion: str
    messages: int
    people: int
    state: str
    drafted_at: datetime
    published_at: datetime | None
    quotes: tuple[QuoteSeen, ...]
    givers: tuple[GiverSeen, ...]

    @property
    def shown(self) -> tuple[QuoteSeen, ...]:
        """The quotes of the published page."""
        return tuple(one for one in self.quotes if one.shown)

    @property
    def last_moment(self) -> datetime:
        """A stretch of whole days ends as the next day begins: its last moment is of the day before."""
        return max(self.first_at, self.last_at - timedelta(microseconds=1))


def digest_seen(*, digest_id: int | None = None, code: str = "") -> DigestSeen:
    """A digest by its number or its code. Nine queries. Raises DigestUnknown."""
    held = Digest.objects.select_related("community")
    row = (held.filter(pk=digest_id) if digest_id is not None else held.filter(code=code)).first()
    if row is None:
        raise DigestUnknown
    quotes = list(Quote.objects.filter(digest=row).select_related("segment__question").order_by("position"))
    givers = list(Giver.objects.filter(digest=row).order_by("-gifts", "person_id"))
    people = {one.person_id for one in quotes} | {one.person_id for one in givers}
    names = _names(row.community_id, people)
    source, live_code = _source(row)
    return DigestSeen(
        id=row.pk,
        code=row.code,
        community_id=row.community_id,
        community=row.community.name,
        about_kind=row.about_kind,
        about=row.about,
        source_name=source,
        live_code=live_code,
        first_at=row.first_at,
        last_at=row.last_at,
        title=row.title,
        conclusion=row.conclusion,
        messages=row.messages,
        people=row.people,
        state=row.state,
        drafted_at=row.drafted_at,
        published_at=row.published_at,
        quotes=_quotes(row, quotes, names),
        givers=tuple(GiverSeen(one.person_id, names.get(one.person_id, ""), one.gifts) for one in givers),
    )


def digests_of(
    *,
    scope: Scope | None = None,
    community_id: int | None = None,
    state: str = "",
    limit: int = 100,
    below: int | None = None,
) -> tuple[DigestLine, ...]:
    """Digests, newest first, of numbers below `below`. Two queries."""
    rows = Digest.objects.select_related("community").order_by("-pk")
    if isinstance(scope, Communities):
        rows = rows.filter(community__in=scope.ids)
    if community_id is not None:
        rows = rows.filter(community=community_id)
    if state:
        rows = rows.filter(state=state)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    waiting = cards_waiting().filter(about=OuterRef("pk")).order_by().values("about")
    found = list(rows.annotate(cards=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0))[:limit])
    counted = {
        one["digest"]: (one["people"], one["agreed"])
        for one in QuoteConsent.objects.filter(digest__in=found)
        .values("digest")
        .annotate(people=Count("pk"), agreed=Count("pk", filter=Q(state=QuoteConsent.State.GIVEN)))
        .order_by()
    }
    return tuple(
        DigestLine(
            id=row.pk,
            community_id=row.community_id,
            community=row.community.name,
            title=row.title,
            about_kind=row.about_kind,
            state=row.state,
            quoted=counted.get(row.pk, (0, 0))[0],
            agreed=counted.get(row.pk, (0, 0))[1],
            drafted_at=row.drafted_at,
            published_at=row.published_at,
            code=row.code,
            cards=row.cards,
        )
        for row in found
    )


def community_of(*, digest_id: int) -> int:
    """The community of a digest. One query. Raises DigestUnknown."""
    found = Digest.objects.filter(pk=digest_id).values_list("community_id", flat=True).first()
    if found is None:
        raise DigestUnknown
    return found


def is_member(*, community_id: int, person_id: int) -> bool:
    """Whether somebody is in any place of the community now. Three queries."""
    theirs = records_of(person_id=person_id)
    return Membership.objects.filter(person__in=theirs, left_at=None, place__community=community_id).exists()


def _quotes(row: Digest, quotes: Sequence[Quote], names: dict[int, str]) -> tuple[QuoteSeen, ...]:
    numbers = {one.message_id for one in quotes if one.message_id is not None}
    messages = {one.pk: one for one in Message.objects.filter(pk__in=numbers, recalled_at=None).select_related("place")}
    spoken = [one.segment_id for one in quotes if one.segment_id is not None]
    on_page = (
        Line.objects.filter(kind=Line.Kind.SEGMENT, ref__in=spoken, talk=row.about) if spoken else Line.objects.none()
    )
    lines = dict(on_page.values_list("ref", "number"))
    consents = {one.person_id: one for one in QuoteConsent.objects.filter(digest=row)}
    seen = []
    for one in quotes:
        message = messages.get(one.message_id or 0)
        words, at = (message.words, message.said_at) if message is not None else ("", None)
        question = ""
        if one.segment is not None and one.segment.redacted_at is None:
            words, at = one.segment.words, one.segment.at
            question = one.segment.question.words if one.segment.question else ""
        consent = consents.get(one.person_id)
        seen.append(
            QuoteSeen(
                id=one.pk,
                person_id=one.person_id,
                name=names.get(one.person_id, ""),
                words=words,
                at=at,
                source="segment" if one.segment is not None else "message",
                answers=one.answers,
                thanks=one.thanks,
                left_out=one.left_out,
                consent=consent.state if consent else "unasked",
                how=consent.how if consent else "",
                answered_at=consent.answered_at if consent else None,
                stands=bool(words),
                question=question,
                place=message.place.name if message else "",
                platform=message.place.platform if message else "",
                room=message.place.external_id if message else "",
                key=message.key if message else "",
                batch=message.batch if message else None,
                line=lines.get(one.segment_id or 0, 0),
                community=message.place.community_id if message else row.community_id,
                place_id=message.place_id if message else 0,
            )
        )
    return tuple(seen)


def _names(community_id: int, people: Collection[int]) -> dict[int, str]:
    """What each is called where it was said, else as we know them."""
    known = display_names(person_ids=sorted(people)) if people else {}
    borne = Membership.objects.filter(person__in=people, place__community=community_id).exclude(called="")
    return known | dict(borne.order_by("pk").values_list("person_id", "called"))


def _source(row: Digest) -> tuple[str, str]:
    if row.about_kind == "talk":
        return Talk.objects.filter(pk=row.about).values_list("title", "live_code").first() or ("", "")
    return Place.objects.filter(pk=row.about).values_list("name", flat=True).first() or "", ""
