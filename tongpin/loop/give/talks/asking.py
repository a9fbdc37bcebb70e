"""Questions from everywhere in one queue (提问): the live page, and what is said in groups while the guest speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tongpin.base.ids import digest
from tongpin.core.facts.questions import QuestionAsked
from tongpin.core.ledger.actions import Cause, record
from tongpin.core.people.roots import PersonIsErased, members_of, present, root_of
from tongpin.core.places.models import Message
from tongpin.loop.give.ground import line, said
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown
from tongpin.loop.give.talks.models import Question, Talk, TalkPlace
from tongpin.loop.give.talks.rules import LONGEST_NAME, LONGEST_QUESTION, MOST_WAITING, is_question

SAY = {
    "empty": "write your question",
    "too_long": "ask it in at most five hundred characters",
    "too_many": "five of your questions wait already; they come first",
    "into_itself": "choose the other questions, not the one they are merged into",
    "other_talk": "these questions belong to different talks",
    "closed": "this question was dropped or merged; choose another",
}
ASKABLE = (Talk.State.ANNOUNCED, Talk.State.LIVE)
"""While a talk is so far it is asked questions, and its guest has the stage to see them on."""


class BadQuestion(ValueError):
    """This cannot be done with a question; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether this call made it."""

    question_id: int
    is_new: bool


@transaction.atomic
def ask(
    *,
    talk_id: int,
    person_id: int | None,
    name: str,
    words: str,
    channel: str,
    at: datetime,
    message_id: int | None = None,
    place_id: int | None = None,
    key: str = "",
    actor: str = "",
    cause: Cause | None = None,
) -> Asked:
    """A question before or while the guest speaks. The talk is not held: thousands may ask at once.

    The same message, the same words of the same person, and the same words by the same form (`key`, the form's own) are
    the same question. `channel`: `live` on the live page, else where it was heard.

    Raises BadQuestion, NotNow, TalkUnknown, PersonUnknown, PersonIsErased.
    """
    community = _community_of_askable(talk_id)
    plain = said(words)
    if not plain or len(plain) > LONGEST_QUESTION:
        raise BadQuestion("too_long" if plain else "empty")
    theirs = members_of(root=present(person_id=person_id).pk) if person_id is not None else []
    once = _once(key, plain)
    if known := _known(talk_id, theirs, plain, message_id) or _known_once(talk_id, once):
        return Asked(known, False)
    if theirs and message_id is None:
        waiting = Question.objects.filter(talk=talk_id, person_id__in=theirs, state=Question.State.WAITING)
        if waiting.count() >= MOST_WAITING:
            raise BadQuestion("too_many")
    try:
        with transaction.atomic():
            question = Question.objects.create(
                talk_id=talk_id,
                person_id=person_id,
                name=line(name, limit=LONGEST_NAME),
                words=plain,
                channel=channel[:30],
                message_id=message_id,
                once=once,
                place_id=place_id,
                asked_at=at,
            )
    except IntegrityError:
        # Two read the same message, or took the same form, at once.
        if known := _known(talk_id, theirs, plain, message_id) or _known_once(talk_id, once):
            return Asked(known, False)
        raise
    fact = _asked(question, community)
    own = actor or (f"person:{person_id}" if person_id else "visitor")
    record(fact, at=at, person_id=person_id, place_id=place_id, actor=own, cause=cause)
    return Asked(question.pk, True)


def was_asked(*, talk_id: int, key: str, words: str) -> bool:
    """Whether these words came by this form before: whoever sends them again has tried nothing new. One query."""
    return _known_once(talk_id, _once(key, said(words))) is not None


def take_message(
    *, place_id: int, person_id: int | None, message_id: int, at: datetime, cause: Cause | None = None
) -> int | None:
    """What was said in a place that takes a live talk becomes a question where it sounds like one; its number.

    The guest's own words are none, and neither is what was said while nobody spoke.
    """
    invited = TalkPlace.objects.filter(place=place_id, way=TalkPlace.Way.EVERY, state=TalkPlace.State.INVITED)
    held = invited.filter(talk__state=Talk.State.LIVE, talk__started_at__lte=at).order_by("-talk__started_at")
    row = held.select_related("talk", "place").first()
    if row is None:
        return None
    message = Message.objects.filter(pk=message_id, place=place_id, recalled_at=None).first()
    if message is None or not is_question(message.words):
        return None
    guest = row.talk.guest_person_id
    if guest is not None and person_id is not None and root_of(person_id=guest) == root_of(person_id=person_id):
        return None
    try:
        asked = ask(
            talk_id=row.talk_id,
            person_id=person_id,
            name="",
            words=message.words,
            channel=row.place.platform,
            message_id=message_id,
            place_id=place_id,
            at=at,
            cause=cause,
        )
    except (PersonIsErased, NotNow):
        return None  # they were erased, or the talk ended, in between
    return asked.question_id


def _asked(question: Question, community: int) -> QuestionAsked:
    return QuestionAsked(
        question=question.pk,
        channel=question.channel,
        community=community,
        about_kind="talk",
        about=question.talk_id,
        message=question.message_id or 0,
        length=len(question.words),
    )


def _community_of_askable(talk_id: int) -> int:
    talk = Talk.objects.filter(pk=talk_id).values_list("state", "community_id").first()
    if talk is None:
        raise TalkUnknown
    if talk[0] not in ASKABLE:
        raise NotNow(state=talk[0])
    return int(talk[1])


def _once(key: str, words: str) -> bytes | None:
    return digest("question.once", key, words) if key else None


def _known_once(talk_id: int, once: bytes | None) -> int | None:
    held = Question.objects.filter(talk=talk_id, once=once).values_list("pk", flat=True)
    return None if once is None else held.first()


def _known(talk_id: int, theirs: list[int], words: str, message_id: int | None) -> int | None:
    held = Question.objects.filter(talk=talk_id)
    if message_id is not None:
        return held.filter(message_id=message_id).values_list("pk", flat=True).first()
    same = held.filter(person_id__in=theirs, words=words, message_id=None)
    return same.order_by("pk").values_list("pk", flat=True).first()
