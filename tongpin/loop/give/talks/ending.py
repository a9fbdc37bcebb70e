"""A talk ends (分享结束): cards to the replay go out, and what it came to is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tongpin.core.facts.talks import TalkEnded
from tongpin.core.facts.value import ValueGiven
from tongpin.core.ledger.actions import record
from tongpin.core.people.models import Person
from tongpin.loop.give.talks.attending import GROUP, LIVE, note_attendance, note_speakers
from tongpin.loop.give.talks.cards import tell_places
from tongpin.loop.give.talks.keeping import NotNow, append, held_talk, one_by_one
from tongpin.loop.give.talks.models import Hearer, Line, Question, Segment, Talk, TalkPlace
from tongpin.loop.give.talks.relaying import relay_rest
from tongpin.loop.give.talks.rules import ends_about, ends_by_itself


@transaction.atomic
def end(*, talk_id: int, at: datetime, actor: str) -> bool:
    """The guest is done. Every place that was told gets the card of the replay; nothing goes out from the stage; who heard it and
    what the guest gave is told. False where it had ended. Raises NotNow (not live), TalkUnknown.
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state == Talk.State.ENDED:
        return False
    if talk.state != Talk.State.LIVE or talk.started_at is None:
        raise NotNow(state=talk.state)
    talk.state, talk.ended_at = Talk.State.ENDED, at
    talk.save(update_fields=["state", "ended_at"])
    append(talk=talk, kind=Line.Kind.ENDED, at=at)
    relay_rest(talk_id=talk.pk)
    tell_places(talk=talk, moment="after", at=at, actor=actor)
    _note_hearers(talk, at=at, actor=actor)
    seconds = max(int((at - talk.started_at).total_seconds()), 0)
    guest = _guest(talk)
    ended = TalkEnded(
        talk=talk.pk,
        community=talk.community_id,
        guest=guest or 0,
        seconds=seconds,
        segments=Segment.objects.filter(talk=talk, redacted_at=None).count(),
        attended=Hearer.objects.filter(talk=talk).values("person").distinct().count(),
        questions=Question.objects.filter(talk=talk).count(),
    )
    record(ended, at=at, actor=actor)
    if guest is not None:
        led = ValueGiven(
            about_kind="talk", about=talk.pk, part="led", community=talk.community_id, minutes=seconds // 60
        )
        record(led, at=at, person_id=guest, actor=actor)
    return True


def end_overdue(*, at: datetime, limit: int = 50) -> int:
    """Talks that were forgotten: past their end, and nothing was said for two hours. How many were ended."""
    live = Talk.objects.filter(state=Talk.State.LIVE).order_by("started_at", "pk")
    return one_by_one(_end_overdue, talk_ids=list(live.values_list("pk", flat=True)[:limit]), at=at)


def _end_overdue(*, talk_id: int, at: datetime) -> bool:
    talk = Talk.objects.get(pk=talk_id)
    newest: datetime | None = Segment.objects.filter(talk=talk).aggregate(at=Max("at"))["at"] or talk.started_at
    if newest is None:
        return False
    over = ends_about(starts_at=talk.starts_at, ends_hint=talk.ends_hint, started_at=talk.started_at)
    return ends_by_itself(over=over, last_word=newest, at=at) and end(talk_id=talk_id, at=at, actor="system")


def _guest(talk: Talk) -> int | None:
    """The guest's record as it was given, unless they were erased since."""
    if talk.guest_person_id is None:
        return None
    return Person.objects.filter(pk=talk.guest_person_id, erased_at=None).values_list("pk", flat=True).first()


def _note_hearers(talk: Talk, *, at: datetime, actor: str) -> None:
    """Those on the live page, and those who spoke in groups that had every segment."""
    live = Hearer.objects.filter(talk=talk, how=LIVE).order_by("pk")
    note_attendance(talk_id=talk.pk, hearers=live, at=at, actor=actor)
    heard_in = TalkPlace.objects.filter(talk=talk, way=TalkPlace.Way.EVERY, state=TalkPlace.State.INVITED)
    places = list(heard_in.values_list("place_id", flat=True))
    if places:
        note_speakers(talk=talk, place_ids=places, how=GROUP, at=at, actor=actor)
