"""The relay (转播): a segment goes to every place that takes it, in one call, and what became of it is read from receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tongpin.channels.port import Content, Picture, Voice
from tongpin.core.facts.talks import TalkSegmentRelayed
from tongpin.core.ledger.actions import record
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import NewLetter, queue_letters
from tongpin.loop.give.talks.keeping import TalkUnknown, one_by_one, places_held
from tongpin.loop.give.talks.models import Segment, TalkPlace
from tongpin.loop.give.talks.rules import SEGMENT_WITHIN, PlaceHeld, relay_to

ABOUT = "talk_segment"
ON_THE_WAY = ("queued", "claimed")
FATES = {"sent": "delivered", "queued": "waiting", "claimed": "waiting", "given": "waiting"}
"""What the state of a letter means on the board; anything else failed."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a segment in one place: delivered, waiting, failed. `lag`: how late it came."""

    segment_id: int
    place_id: int
    fate: str
    on_the_way: bool
    lag: timedelta | None


@transaction.atomic
def relay(*, segment_id: int, at: datetime) -> int:
    """Queues one letter for each place that takes every segment; how many places. Done again, it queues nothing twice.

    Called in the order of segments, so each place has them in order. A place that was invited later does not get it.
    Raises TalkUnknown.
    """
    # Held so that a segment that is being taken back is either not relayed, or relayed first and then taken back.
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).select_related("talk").filter(pk=segment_id)
    held = segment.first()
    if held is None:
        raise TalkUnknown
    return _queue(held, _invited(held), at=at)


@transaction.atomic
def relay_rest(*, talk_id: int) -> int:
    """Queues what was said and is not relayed yet, so that what comes after it cannot overtake it; how many letters.

    For whoever holds the talk.
    """
    # All at once and in order, as the lane takes them one after the other: neither waits for the other in a ring.
    segments = Segment.objects.select_for_update(no_key=True, of=("self",)).select_related("talk").filter(talk=talk_id)
    said = list(segments.order_by("pk"))
    known = set(
        Letter.objects.filter(about_kind=ABOUT, about__in=[one.pk for one in said]).values_list("about", flat=True)
    )
    return sum(_queue(one, _invited(one), at=one.at) for one in said if one.pk not in known)


def _invited(segment: Segment) -> list[PlaceHeld]:
    """The places of its talk that were invited when it was said."""
    by_then = TalkPlace.objects.filter(talk=segment.talk_id, invited_at__lte=segment.at)
    numbers = set(by_then.values_list("place_id", flat=True))
    return [one for one in places_held(talk_id=segment.talk_id) if one.place_id in numbers]


def _queue(held: Segment, places: Collection[PlaceHeld], *, at: datetime) -> int:
    chosen = relay_to(places=places, redacted=held.redacted_at is not None)
    content = content_of(held, speaker=held.talk.guest_name) if chosen else None
    if content is None:
        return 0
    letters = [
        NewLetter(
            key=f"talk.segment:{held.pk}:place:{place.place_id}",
            letter_class="session",
            channel=place.platform,
            content=content,
            place_id=place.place_id,
            about_kind=ABOUT,
            about=held.pk,
            not_after=held.at + SEGMENT_WITHIN,
            speaker_person_id=held.talk.guest_person_id,
        )
        for place in chosen
    ]
    return len(queue_letters(letters=letters, at=at))


def relay_number(*, talk_id: int, number: int, at: datetime) -> int:
    """The same for the segment that stands in a fact. Raises TalkUnknown."""
    found = Segment.objects.filter(talk=talk_id, number=number).values_list("pk", flat=True).first()
    if found is None:
        raise TalkUnknown
    return relay(segment_id=found, at=at)


def content_of(segment: Segment, *, speaker: str) -> Content | None:
    """A segment as it is said in a group; None where nothing of it is left."""
    pictures = tuple(Picture(media=name) for name in segment.files) if segment.form == Segment.Form.PICTURE else ()
    voiced = segment.form == Segment.Form.VOICE and segment.files
    voice = Voice(media=segment.files[0], seconds=segment.seconds) if voiced else None
    if not (segment.words or pictures or voice):
        return None
    return Content(text=segment.words, pictures=pictures, voice=voice, speaker=speaker)


def relayed(*, talk_id: int, at: datetime) -> int:
    """Tells of each segment that is through how many places have it, read from the receipts. How many were told.

    A segment is through once nothing of it is on its way. Once it was told it stays as it was told.
    """
    told = 0
    for segment_id in list(
        Segment.objects.filter(talk=talk_id, relayed_at=None).order_by("number").values_list("pk", flat=True)
    ):
        told += _tell_relayed(segment_id, at=at)
    return told


def relayed_due(*, at: datetime, limit: int = 200) -> int:
    """The same for every talk that has segments on their way."""
    open_talks = (
        Segment.objects.filter(relayed_at=None).order_by("talk_id").values_list("talk_id", flat=True).distinct()
    )
    return one_by_one(relayed, talk_ids=list(open_talks[:limit]), at=at)


@transaction.atomic
def _tell_relayed(segment_id: int, *, at: datetime) -> bool:
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment_id)
    found = deliveries(segment_ids=[segment_id])
    young = not found and at < segment.at + SEGMENT_WITHIN and segment.redacted_at is None
    takes = young and relay_to(places=places_held(talk_id=segment.talk_id), redacted=False)
    if segment.relayed_at is not None or takes or any(one.on_the_way for one in found):
        return False
    segment.relayed_at = at
    segment.save(update_fields=["relayed_at"])
    fates = [one.fate for one in found]
    lags = [one.lag for one in found if one.lag is not None]
    fact = TalkSegmentRelayed(
        talk=segment.talk_id,
        segment=segment.number,
        reached=fates.count("delivered"),
        waiting=fates.count("waiting"),
        failed=fates.count("failed"),
        lag_ms=max(lags, default=timedelta(0)) // timedelta(milliseconds=1),
    )
    record(fact, at=at)
    return True


def deliveries(*, segment_ids: Collection[int]) -> list[Delivery]:
    """What became of segments in each place that was to have them, in order of place. One query."""
    rows = Letter.objects.filter(about_kind=ABOUT, about__in=segment_ids, place__isnull=False).order_by(
        "place_id", "pk"
    )
    return [
        Delivery(
            segment_id=about,
            place_id=place,
            fate=FATES.get(state, "failed"),
            on_the_way=state in ON_THE_WAY,
            lag=max(done_at - not_before, timedelta(0)) if state == "sent" and done_at else None,
        )
        for about, place, state, not_before, done_at in rows.values_list(
            "about", "place_id", "state", "not_before", "done_at"
        )
    ]


def deliveries_by_place(*, segment_ids: Collection[int]) -> dict[int, list[Delivery]]:
    """The same by place."""
    found: dict[int, list[Delivery]] = defaultdict(list)
    for one in deliveries(segment_ids=segment_ids):
        found[one.place_id].append(one)
    return found
