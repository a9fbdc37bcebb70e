"""Drafting a digest (整理): of a talk that ended, or of a stretch of chat in a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongpin.base.ids import token
from tongpin.core.facts.digests import DigestDrafted
from tongpin.core.ledger.actions import record
from tongpin.core.people.consents import may_contact
from tongpin.core.places.models import Place
from tongpin.loop.give.digests.keeping import DigestUnknown, held_digest, said_in, said_on_stage
from tongpin.loop.give.digests.models import Digest, Giver, Quote, QuoteConsent
from tongpin.loop.give.digests.rules import Choice, Chosen, Said, Source, choose, wrong_window
from tongpin.loop.give.ground import line, said
from tongpin.loop.give.talks.models import Talk, TalkPlace
from tongpin.loop.give.talks.rules import LONGEST_TITLE, chat_window

CODE = 10
PURPOSE, STANDING = "publish_words", "standing"
LONGEST_CONCLUSION = 500
SAY = {
    "unknown": "choose a group or page that belongs to a community",
    "ends_before": "the stretch ends before it begins; mend the days",
    "too_long": "take a stretch of at most 31 days",
    "not_ended": "a digest is made once the talk has ended",
    "nothing": "nothing in this stretch is long enough or was answered; import the chat first, or take a longer stretch",
    "no_title": "give the digest a title",
}


class BadDigest(ValueError):
    """The digest cannot be so; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@transaction.atomic
def draft_from_place(*, place_id: int, first: datetime, last: datetime, title: str, at: datetime, actor: str) -> int:
    """A draft of what was said in a place; the same stretch again is the same digest. Nobody is asked or told yet.

    Raises BadDigest.
    """
    if reason := wrong_window(first=first, last=last):
        raise BadDigest(reason)
    place = Place.objects.select_for_update(no_key=True).filter(pk=place_id, community__isnull=False).first()
    if place is None or place.community_id is None:
        raise BadDigest("unknown")
    heard = said_in(place_ids=[place.pk], first=first, last=last)
    digest = Digest(
        community_id=place.community_id, about_kind="place", about=place.pk, first_at=first, last_at=last, title=title
    )
    return _draft(digest, heard, at=at, actor=actor)


@transaction.atomic
def draft_from_talk(*, talk_id: int, at: datetime, actor: str) -> int:
    """A draft of a talk that ended: what the guest said in words, and the chats around it. The same talk again is the
    same digest; while it is a draft it takes in what was heard since, such as a chat that was added.

    Raises BadDigest, DigestUnknown (no such talk).
    """
    talk = Talk.objects.select_for_update(no_key=True).filter(pk=talk_id).first()
    if talk is None:
        raise DigestUnknown
    if talk.started_at is None or talk.ended_at is None:
        raise BadDigest("not_ended")
    first, last = chat_window(started_at=talk.started_at, ended_at=talk.ended_at)
    places = list(TalkPlace.objects.filter(talk=talk).order_by("place_id").values_list("place_id", flat=True))
    heard = [
        *said_in(place_ids=places, first=first, last=last),
        *said_on_stage(talk_id=talk.pk, guest_person_id=talk.guest_person_id),
    ]
    digest = Digest(
        community_id=talk.community_id, about_kind="talk", about=talk.pk, first_at=first, last_at=last, title=talk.title
    )
    return _draft(digest, heard, at=at, actor=actor)


def _draft(digest: Digest, heard: Sequence[Said], *, at: datetime, actor: str) -> int:
    """Writes a draft; its talk or place is held, so of two at once one finds the other's."""
    held = Digest.objects.filter(
        about_kind=digest.about_kind, about=digest.about, first_at=digest.first_at, last_at=digest.last_at
    )
    if (known := held.select_for_update(no_key=True).first()) is not None:
        if known.state == Digest.State.DRAFT:
            _grow(known, heard)
        return known.pk
    digest.title = _title(digest.title)
    chosen = choose(said=heard)
    if not chosen.quotes:
        raise BadDigest("nothing")
    digest.code = token(size=CODE)
    digest.messages, digest.people = _counted(heard)
    digest.drafted_at, digest.drafted_by = at, actor[:60]
    digest.save(force_insert=True)
    _keep(digest, chosen)
    told = DigestDrafted(digest=digest.pk, about_kind=digest.about_kind, about=digest.about, quotes=len(chosen.quotes))
    record(told, at=at, actor=actor, place_id=digest.about if digest.about_kind == "place" else None)
    return digest.pk


def _keep(digest: Digest, chosen: Choice) -> None:
    Quote.objects.bulk_create(_quote(digest, one, position) for position, one in enumerate(chosen.quotes, 1))
    asked = sorted({one.person_id for one in chosen.quotes})
    QuoteConsent.objects.bulk_create(_consent(digest, person) for person in asked)
    _give(digest, chosen)


def _grow(digest: Digest, heard: Sequence[Said]) -> None:
    """Chooses anew. A quote that was left out by hand, and one whose person was asked, keep their place in the draft."""
    chosen = choose(said=heard)
    if not chosen.quotes:
        return
    rank = {(one.source, one.number): place for place, one in enumerate(chosen.quotes, 1)}
    consents = QuoteConsent.objects.filter(digest=digest)
    asked = set(consents.exclude(state=QuoteConsent.State.UNASKED).values_list("person_id", flat=True))
    rows = {_named(row): row for row in Quote.objects.filter(digest=digest).order_by("position")}
    stay = {key: row for key, row in rows.items() if key in rank or row.left_out or row.person_id in asked}
    Quote.objects.filter(pk__in=[row.pk for key, row in rows.items() if key not in stay]).delete()
    for place, (key, row) in enumerate(stay.items(), len(rank) + 1):
        row.position = rank.get(key, place)
    Quote.objects.bulk_update(stay.values(), ["position"])
    news = [one for one in chosen.quotes if (one.source, one.number) not in stay]
    Quote.objects.bulk_create(_quote(digest, one, rank[(one.source, one.number)]) for one in news)
    quoted = {one.person_id for one in news} | {row.person_id for row in stay.values()}
    known = set(consents.values_list("person_id", flat=True))
    consents.filter(state=QuoteConsent.State.UNASKED).exclude(person_id__in=quoted).delete()
    QuoteConsent.objects.bulk_create(_consent(digest, person) for person in sorted(quoted - known))
    Giver.objects.filter(digest=digest).delete()
    _give(digest, chosen)
    digest.messages, digest.people = _counted(heard)
    digest.save(update_fields=["messages", "people"])


def _named(row: Quote) -> tuple[Source, int]:
    return ("message", row.message_id) if row.message_id is not None else ("segment", row.segment_id or 0)


def _counted(heard: Sequence[Said]) -> tuple[int, int]:
    """How much was said, and by how many."""
    return len(heard), len({one.person_id for one in heard if one.person_id is not None})


def _give(digest: Digest, chosen: Choice) -> None:
    Giver.objects.bulk_create(
        Giver(digest=digest, person_id=person, gifts=gifts) for person, gifts in sorted(chosen.givers.items())
    )


def _quote(digest: Digest, one: Chosen, position: int) -> Quote:
    return Quote(
        digest=digest,
        message_id=one.number if one.source == "message" else None,
        segment_id=one.number if one.source == "segment" else None,
        person_id=one.person_id,
        position=position,
        answers=one.answers,
        thanks=one.thanks,
    )


def _consent(digest: Digest, person: int) -> QuoteConsent:
    """Who allowed it once for all, on their page of privacy, need not be asked."""
    if not may_contact(person_id=person, purpose=PURPOSE, channel="any"):
        return QuoteConsent(digest=digest, person_id=person)
    return QuoteConsent(
        digest=digest,
        person_id=person,
        state=QuoteConsent.State.GIVEN,
        how=STANDING,
        answered_at=digest.drafted_at,
        answered_by=f"person:{person}",
    )


@transaction.atomic
def write_up(*, digest_id: int, title: str, conclusion: str, actor: str) -> None:
    """The editor's own words: a title, and what it comes to in a sentence. Members' words are never changed.

    Raises BadDigest, DigestUnknown.
    """
    digest = held_digest(digest_id=digest_id)
    digest.title = _title(title)
    digest.conclusion = said(conclusion)[:LONGEST_CONCLUSION]
    digest.save(update_fields=["title", "conclusion"])


@transaction.atomic
def leave_out(*, digest_id: int, quote_id: int, out: bool, actor: str) -> None:
    """Leaves a quote out, or takes it in again; also of a digest that is out already. Raises DigestUnknown."""
    digest = held_digest(digest_id=digest_id)
    if not Quote.objects.filter(pk=quote_id, digest=digest).update(left_out=out):
        raise DigestUnknown


def _title(value: str) -> str:
    kept = line(value, limit=LONGEST_TITLE)
    if not kept:
        raise BadDigest("no_title")
    return kept
