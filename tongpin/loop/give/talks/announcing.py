"""Announcing a talk (预告) to places, and reminding of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from tongpin.core.facts.talks import TalkAnnounced
from tongpin.core.ledger.actions import record
from tongpin.core.places.models import Place
from tongpin.loop.give.talks.addresses import live_link
from tongpin.loop.give.talks.cards import tell_people, tell_places
from tongpin.loop.give.talks.keeping import NotNow, held_talk, one_by_one
from tongpin.loop.give.talks.models import SignUp, Talk, TalkPlace
from tongpin.loop.give.talks.planning import BadTalk
from tongpin.loop.give.talks.rules import MOST_PLACES, PLACE_KINDS, REMIND_BEFORE, way_of

SAY = {
    "none": "choose at least one place",
    "unknown": "one of these places is not there, or nobody talks in it; choose again",
    "closed": "one of these places is closed; choose again",
    "too_many": "choose at most two thousand places",
}
JUST_TOLD = timedelta(minutes=30)
"""Who heard of a talk so shortly before it begins is not reminded."""


class BadPlaces(ValueError):
    """A talk cannot be announced in these places; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Announced:
    """How many letters were queued and errands given by this call, and how often the talk was announced."""

    letters: int
    errands: int
    occurrence: int


@transaction.atomic
def announce(*, talk_id: int, place_ids: Collection[int], at: datetime, actor: str) -> Announced:
    """Tells places which were not told yet; also while the guest speaks. Each has a tracked code of its own.

    Raises BadPlaces, BadTalk (in_the_past), NotNow, TalkUnknown.
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state not in (Talk.State.DRAFT, Talk.State.ANNOUNCED, Talk.State.LIVE):
        raise NotNow(state=talk.state)
    if talk.state == Talk.State.DRAFT and talk.starts_at <= at:
        raise BadTalk("in_the_past")
    places = _places(place_ids)
    told_already = set(TalkPlace.objects.filter(talk=talk).values_list("place_id", flat=True))
    new = [place for place in places if place.pk not in told_already]
    if len(told_already) + len(new) > MOST_PLACES:
        raise BadPlaces("too_many")
    if not new:
        return Announced(0, 0, talk.occurrence)
    TalkPlace.objects.bulk_create(
        TalkPlace(talk=talk, place=place, way=way_of(place.platform), invited_at=at) for place in new
    )
    if talk.state == Talk.State.DRAFT:
        talk.state = Talk.State.ANNOUNCED
    talk.occurrence += 1
    talk.save(update_fields=["state", "occurrence"])
    cards = tell_places(talk=talk, moment="before", at=at, actor=actor, place_ids=[place.pk for place in new])
    note_announcement(talk=talk, at=at, actor=actor)
    return Announced(cards.letters, cards.errands, talk.occurrence)


def note_announcement(*, talk: Talk, at: datetime, actor: str) -> None:
    """The fact, with all places that were told so far."""
    announced = TalkAnnounced(
        talk=talk.pk,
        starts=talk.starts_at,
        community=talk.community_id,
        guest=talk.guest_person_id or 0,
        places=TalkPlace.objects.filter(talk=talk, state=TalkPlace.State.INVITED).count(),
        occurrence=talk.occurrence,
    )
    record(announced, at=at, actor=actor)


def remind_due(*, at: datetime, limit: int = 50) -> int:
    """Ten minutes before: places in which we may write, and people who signed up. Each talk once for each date."""
    soon = Talk.objects.filter(state=Talk.State.ANNOUNCED, starts_at__gt=at, starts_at__lte=at + REMIND_BEFORE)
    soon = soon.filter(Q(reminded_for=None) | ~Q(reminded_for=F("starts_at")))
    due = list(soon.order_by("starts_at", "pk").values_list("pk", flat=True)[:limit])
    return one_by_one(_remind, talk_ids=due, at=at)


@transaction.atomic
def _remind(*, talk_id: int, at: datetime) -> bool:
    talk = held_talk(talk_id=talk_id)
    if talk.state != Talk.State.ANNOUNCED or talk.reminded_for == talk.starts_at:
        return False
    talk.reminded_for = talk.starts_at
    talk.save(update_fields=["reminded_for"])
    told_before = TalkPlace.objects.filter(talk=talk, invited_at__lte=at - JUST_TOLD)
    places = list(told_before.values_list("place_id", flat=True))
    tell_places(talk=talk, moment="soon", at=at, actor="system", place_ids=places)
    if SignUp.objects.filter(talk=talk).exists():
        tell_people(talk=talk, moment="soon", link=live_link(live_code=talk.live_code), at=at)
    return True


def _places(place_ids: Collection[int]) -> list[Place]:
    wanted = set(place_ids)
    if not wanted:
        raise BadPlaces("none")
    if len(wanted) > MOST_PLACES:
        raise BadPlaces("too_many")
    found = list(Place.objects.filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted) or not {place.kind for place in found} <= PLACE_KINDS:
        raise BadPlaces("unknown")
    if any(place.closed_at is not None for place in found):
        raise BadPlaces("closed")
    return found
