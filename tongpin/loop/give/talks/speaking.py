"""The guest speaks (开讲): from the stage and from nowhere else, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tongpin.core.facts.talks import TalkSegmentGiven, TalkSegmentRedacted, TalkStarted
from tongpin.core.files.actions import let_go_named
from tongpin.core.ledger.actions import record
from tongpin.core.sending.redacting import redact
from tongpin.loop.give.ground import said
from tongpin.loop.give.talks.answering import guest_answers
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown, append, held_talk
from tongpin.loop.give.talks.models import Line, Segment, Talk
from tongpin.loop.give.talks.relaying import ABOUT
from tongpin.loop.give.talks.rules import wrong_with_segment

FILES_OF = "talk"
"""Files of segments belong to their talk, in the terms of core/files."""

SAY = {
    "strange_form": "a segment is text, a picture or a voice",
    "no_key": "the page did not say which segment this is; reload it",
    "too_long": "say it in less than four thousand characters, or in two segments",
    "empty": "there are no words in it",
    "no_file": "choose a picture or record your voice",
    "too_many_files": "one voice, or at most nine pictures, at a time",
    "strange_file": "this file was not kept; choose it again",
}


class BadSegment(ValueError):
    """This cannot be given; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Given:
    """A segment, its number in the talk, the line it stands on, and whether this call made it."""

    segment_id: int
    number: int
    line: int
    is_new: bool


@transaction.atomic
def start(*, talk_id: int, at: datetime, actor: str) -> bool:
    """The guest begins; also before the time, and where nobody was told. False where it is live. Raises NotNow, TalkUnknown."""
    talk = held_talk(talk_id=talk_id)
    if talk.state == Talk.State.LIVE:
        return False
    if talk.state not in (Talk.State.DRAFT, Talk.State.ANNOUNCED):
        raise NotNow(state=talk.state)
    talk.state, talk.started_at = Talk.State.LIVE, at
    talk.save(update_fields=["state", "started_at"])
    append(talk=talk, kind=Line.Kind.STARTED, at=at)
    record(TalkStarted(talk=talk.pk, community=talk.community_id), at=at, person_id=talk.guest_person_id, actor=actor)
    return True


@transaction.atomic
def give_segment(
    *,
    talk_id: int,
    form: str,
    client_key: str,
    at: datetime,
    actor: str,
    words: str = "",
    files: Sequence[str] = (),
    seconds: int = 0,
    question_id: int | None = None,
) -> Given:
    """One segment, on the live page at once and in the groups a moment later. The same client_key is the same segment.

    `files` are names of kept files, `seconds` the length of a voice; `question_id` the question it answers.
    Raises BadSegment, NotNow (not live), TalkUnknown.
    """
    talk = held_talk(talk_id=talk_id)
    known = Segment.objects.filter(talk=talk, client_key=client_key).first()
    if known is not None:
        place = Line.objects.get(talk=talk, kind=Line.Kind.SEGMENT, ref=known.pk)
        return Given(known.pk, known.number, place.number, False)
    if talk.state != Talk.State.LIVE:
        raise NotNow(state=talk.state)
    plain = said(words)
    if reason := wrong_with_segment(form=form, words=plain, files=files, client_key=client_key):
        raise BadSegment(reason)
    newest: int | None = Segment.objects.filter(talk=talk).aggregate(newest=Max("number"))["newest"]
    segment = Segment.objects.create(
        talk=talk,
        number=(newest or 0) + 1,
        form=form,
        words=plain,
        files=list(files),
        seconds=max(seconds, 0) if form == "voice" else 0,
        client_key=client_key,
        at=at,
    )
    if question_id is not None:
        guest_answers(talk=talk, question_id=question_id, segment=segment, at=at, actor=actor)
    number = append(talk=talk, kind=Line.Kind.SEGMENT, ref=segment.pk, at=at)
    given = TalkSegmentGiven(
        talk=talk.pk, segment=segment.number, form=form, length=len(plain), seconds=segment.seconds
    )
    record(given, at=at, person_id=talk.guest_person_id, actor=actor)
    return Given(segment.pk, segment.number, number, True)


@transaction.atomic
def redact_segment(*, segment_id: int, at: datetime, actor: str) -> bool:
    """Takes a segment back: off the live page and the replay, and out of every group it reached. Also after the end.

    What was taken out of groups cannot be put back, and its files are gone for good: the guest says it again. False where
    it was taken back already.
    """
    talk_id = Segment.objects.filter(pk=segment_id).values_list("talk_id", flat=True).first()
    if talk_id is None:
        raise TalkUnknown
    talk = held_talk(talk_id=talk_id)
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment_id)
    if segment.redacted_at is not None:
        return False
    _forget_files(segment, at=at, actor=actor)
    segment.redacted_at, segment.files = at, []
    segment.save(update_fields=["redacted_at", "files"])
    append(talk=talk, kind=Line.Kind.REDACTION, ref=segment.pk, at=at)
    redact(about_kind=ABOUT, about=segment.pk, at=at, reason="redacted", actor=actor)
    record(TalkSegmentRedacted(talk=talk.pk, segment=segment.number), at=at, actor=actor)
    return True


def _forget_files(segment: Segment, *, at: datetime, actor: str) -> None:
    """Nobody fetches them any more, but those that another segment of the talk shows as well."""
    others = Segment.objects.filter(talk=segment.talk_id, redacted_at=None).exclude(pk=segment.pk)
    shown = {name for names in others.exclude(files=[]).values_list("files", flat=True) for name in names}
    gone = set(segment.files) - shown
    if gone:
        let_go_named(about_kind=FILES_OF, about=segment.talk_id, names=gone, at=at, actor=actor)
