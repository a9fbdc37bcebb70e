"""The host's queue of questions: hand one to the guest, merge, drop, answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.questions import QuestionAnswered, QuestionClosed, QuestionRouted
from tongpin.core.ledger.actions import record
from tongpin.loop.give.ground import said
from tongpin.loop.give.talks.asking import ASKABLE, BadQuestion
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown, append, held_question
from tongpin.loop.give.talks.models import Line, Question, Segment, Talk
from tongpin.loop.give.talks.rules import LONGEST_SEGMENT

OUTCOMES = ("out_of_place", "given_up")
RECALLED = "recalled"
"""Why a question ends that was taken back where it was asked."""

OPEN = (Question.State.WAITING, Question.State.SHOWN)


@transaction.atomic
def hand_question(*, question_id: int, at: datetime, actor: str, staff: int = 0) -> bool:
    """Puts a waiting question before the guest's eyes. False where it is not waiting.

    Raises NotNow (nobody stands on the stage any more), TalkUnknown.
    """
    talk, question = held_question(question_id=question_id)
    if talk.state not in ASKABLE:
        raise NotNow(state=talk.state)
    if question.state != Question.State.WAITING:
        return False
    question.state, question.shown_at, question.routed = Question.State.SHOWN, at, question.routed + 1
    question.save(update_fields=["state", "shown_at", "routed"])
    routed = QuestionRouted(
        question=question.pk,
        expert=talk.guest_person_id or 0,
        staff=staff,
        by="host",
        occurrence=question.routed,
    )
    record(routed, at=at, person_id=question.person_id, actor=actor)
    return True


@transaction.atomic
def put_back_question(*, question_id: int) -> bool:
    """A question that was handed on waits again. No fact: nobody answered it. False where it was not. Raises TalkUnknown."""
    _, question = held_question(question_id=question_id)
    if question.state != Question.State.SHOWN:
        return False
    question.state, question.shown_at = Question.State.WAITING, None
    question.save(update_fields=["state", "shown_at"])
    return True


@transaction.atomic
def merge_questions(*, question_ids: Collection[int], into: int, at: datetime, actor: str) -> int:
    """Questions that ask the same become one; those merged into one of them follow. How many were merged by this call.

    Raises BadQuestion (into_itself, other_talk, closed), TalkUnknown.
    """
    if into in question_ids:
        raise BadQuestion("into_itself")
    talk, target = held_question(question_id=into)
    if target.state in (Question.State.DROPPED, Question.State.MERGED):
        raise BadQuestion("closed")
    rows = list(Question.objects.filter(pk__in=set(question_ids)).order_by("pk"))
    if any(one.talk_id != talk.pk for one in rows):
        raise BadQuestion("other_talk")
    merged = [one for one in rows if one.state in OPEN]
    Question.objects.filter(merged_into__in=[one.pk for one in merged]).update(merged_into=target)
    for one in merged:
        one.state, one.merged_into = Question.State.MERGED, target
        one.save(update_fields=["state", "merged_into"])
        record(
            QuestionClosed(question=one.pk, outcome="merged", into=into), at=at, person_id=one.person_id, actor=actor
        )
    return len(merged)


@transaction.atomic
def drop_question(*, question_id: int, at: datetime, actor: str, outcome: str = "out_of_place") -> bool:
    """A question that is not answered here: `out_of_place` or `given_up`. False where it is not open. Raises TalkUnknown."""
    _, question = held_question(question_id=question_id)
    if question.state not in OPEN:
        return False
    question.state = Question.State.DROPPED
    question.save(update_fields=["state"])
    closed = QuestionClosed(question=question.pk, outcome=outcome if outcome in OUTCOMES else "out_of_place")
    record(closed, at=at, person_id=question.person_id, actor=actor)
    return True


@transaction.atomic
def recall_question(*, message_id: int, at: datetime, actor: str = "system") -> bool:
    """What was asked in a group was taken back there: it says nothing here either, and where it is open nobody need answer.

    False where no question came of that message, or it was emptied before.
    """
    number = Question.objects.filter(message_id=message_id).exclude(words="").values_list("pk", flat=True).first()
    if number is None:
        return False
    _, question = held_question(question_id=number)
    was_open = question.state in OPEN
    question.words, question.name = "", ""
    question.state = Question.State.DROPPED if was_open else question.state
    question.save(update_fields=["words", "name", "state"])
    if was_open:
        record(QuestionClosed(question=question.pk, outcome=RECALLED), at=at, person_id=question.person_id, actor=actor)
    return True


@transaction.atomic
def answer(*, question_id: int, words: str, at: datetime, actor: str, staff: int = 0) -> int:
    """A host answers in words, seen on the live page (also after the end). The number of the answer.

    The same words again are the same answer. The guest answers by giving a segment with the question's number.
    Raises BadQuestion (empty, too_long, closed), TalkUnknown.
    """
    plain = said(words)
    if not plain or len(plain) > LONGEST_SEGMENT:
        raise BadQuestion("too_long" if plain else "empty")
    talk, question = held_question(question_id=question_id)
    if question.state in (Question.State.DROPPED, Question.State.MERGED):
        raise BadQuestion("closed")
    if question.answers and question.answer_words == plain:
        return question.answers
    question.answer_words = plain
    _answered(question, at=at)
    append(talk=talk, kind=Line.Kind.ANSWER, ref=question.pk, words=plain, at=at)
    fact = QuestionAnswered(
        question=question.pk,
        answer=question.answers,
        asker=question.person_id or 0,
        staff=staff,
        length=len(plain),
        first=question.answers == 1,
    )
    record(fact, at=at, actor=actor)
    return question.answers


def guest_answers(*, talk: Talk, question_id: int, segment: Segment, at: datetime, actor: str) -> None:
    """A segment of a talk that is held answers a question of it. Raises BadQuestion, TalkUnknown."""
    question = Question.objects.filter(pk=question_id, talk=talk).first()
    if question is None:
        raise TalkUnknown
    if question.state in (Question.State.DROPPED, Question.State.MERGED):
        raise BadQuestion("closed")
    Segment.objects.filter(pk=segment.pk).update(question=question)
    _answered(question, at=at)
    fact = QuestionAnswered(
        question=question.pk,
        answer=question.answers,
        asker=question.person_id or 0,
        length=len(segment.words),
        first=question.answers == 1,
    )
    record(fact, at=at, person_id=talk.guest_person_id, actor=actor)


def _answered(question: Question, *, at: datetime) -> None:
    question.state, question.answers = Question.State.ANSWERED, question.answers + 1
    question.answered_at = question.answered_at or at
    question.save(update_fields=["state", "answers", "answered_at", "answer_words"])
