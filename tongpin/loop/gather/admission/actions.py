"""What applicants do: ask to be let in, mend their answers, take the application back. And what they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.admission import AdmissionApplied, AdmissionWithdrawn
from tongpin.core.ledger.actions import record
from tongpin.core.people.models import Person
from tongpin.core.people.roots import members_of, present, root_of
from tongpin.core.places.models import Community, TrackedCode
from tongpin.loop.gather.admission.models import Answer, Application, QuestionSheet
from tongpin.loop.gather.admission.queries import is_member, questions_of, waiting_of, why_not_apply
from tongpin.loop.gather.admission.rules import Question, faults, wrong_with
from tongpin.loop.gather.charter.actions import accept_charter
from tongpin.loop.gather.charter.queries import doors_of
from tongpin.loop.gather.entrances.queries import entrance_by_code
from tongpin.loop.gather.ground import CommunityClosed, CommunityUnknown, held_community, paragraph, sentence, sentences

SAY = {
    "too_many": "ask at most five questions",
    "no_text": "a question needs its words",
    "asked_twice": "ask each question once",
    "strange_kind": "a question is answered in words or by a choice",
    "too_few_choices": "give at least two choices",
    "too_many_choices": "give at most eight choices",
}
SHUT = {
    "not_open_yet": "this community is still being prepared; it is not open yet",
    "shut": "this community takes nobody in at the moment",
    "by_invitation": "this community takes in who is brought by a member; ask one for their link",
    "seeds_only": "this community is open to the first few who were asked; come back later",
    "way_closed": "the way in by which you came is closed; come by another, or by the community's page",
}


class BadQuestions(ValueError):
    """These questions cannot be asked; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


class BadAnswers(ValueError):
    """Answers are missing or do not fit; `faults` says which and why (rules.faults)."""

    def __init__(self, found: dict[int, str]) -> None:
        super().__init__("some answers are missing or do not fit; look at the fields that are marked")
        self.faults = found


class DoorShut(Exception):
    """Nobody may ask to be let in this way; `reason` is a code of `SHUT`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SHUT[reason])
        self.reason = reason


class AlreadyIn(Exception):
    """This person was let in and is a member."""


class ApplicationUnknown(LookupError):
    """There is no such application of this person; look the number up again."""


class AlreadyDecided(Exception):
    """Somebody decided first: the `state` it has now, by whom ("staff:3") and when."""

    def __init__(self, *, state: str, decided_by: str, decided_at: datetime | None) -> None:
        super().__init__("this application is decided already")
        self.state = state
        self.decided_by = decided_by
        self.decided_at = decided_at


@dataclass(frozen=True, slots=True)
class Applied:
    """The application that waits, and whether this call made it."""

    application_id: int
    is_new: bool


@transaction.atomic
def set_questions(*, community_id: int, questions: Sequence[Question], at: datetime, actor: str) -> None:
    """Decides what applicants are asked; nothing at all is a decision too. Who applied before keeps their answers.

    No fact: that it is decided shows in the launch checklist. Raises BadQuestions, CommunityUnknown, CommunityClosed.
    """
    kept = [
        replace(one, text=sentence(one.text), hint=sentence(one.hint), choices=sentences(one.choices))
        for one in questions
    ]
    if reason := wrong_with(kept):
        raise BadQuestions(reason)
    community = held_community(community_id=community_id)
    told = {"questions": [asdict(one) for one in kept], "decided_at": at, "decided_by": actor[:60]}
    QuestionSheet.objects.update_or_create(community=community, defaults=told)


@transaction.atomic
def apply(
    *,
    community_id: int,
    person_id: int,
    answers: Sequence[str],
    charter_edition: int,
    at: datetime,
    actor: str,
    code_id: int | None = None,
    inviter_id: int | None = None,
) -> Applied:
    """Somebody asks to be let in and agrees to the charter in the same step. Answers stand in the order of the questions.

    Who waits already gets the application that waits. An inviter who is unknown, erased or the applicant is left out.
    Raises DoorShut, BadAnswers, NotInForce, AlreadyIn, CommunityUnknown, CommunityClosed, PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    theirs = members_of(root=person.pk)
    if held := waiting_of(community_id=community_id, members=theirs):
        return Applied(held.pk, False)
    _is_there(community_id)
    if _was_let_in(community_id, theirs) and is_member(community_id=community_id, person_id=person.pk):
        raise AlreadyIn("you are a member already")
    entrance = entrance_by_code(community_id=community_id, code_id=code_id)
    inviter = _inviter(inviter_id, theirs)
    vouched = inviter is not None and is_member(community_id=community_id, person_id=inviter)
    doors = doors_of(community_id=community_id)
    if reason := why_not_apply(doors=doors, entrance=entrance, vouched=vouched):
        raise DoorShut(reason)
    questions, said = _said(community_id, answers)
    accept_charter(community_id=community_id, person_id=person_id, edition=charter_edition, at=at, actor=actor)
    code = TrackedCode.objects.filter(pk=code_id).values_list("pk", flat=True).first() if code_id else None
    row = Application.objects.create(
        community_id=community_id,
        person_id=person_id,
        code_id=code,
        entrance_id=entrance.id if entrance else None,
        inviter_id=inviter,
        charter_edition=charter_edition,
        applied_at=at,
    )
    _keep_answers(row.pk, questions, said)
    told = AdmissionApplied(
        application=row.pk,
        community=community_id,
        tracked_code=code or 0,
        inviter=inviter,
        answers=sum(1 for words in said if words),
    )
    record(told, at=at, person_id=person_id, actor=actor)
    return Applied(row.pk, True)


@transaction.atomic
def amend_answers(*, application_id: int, person_id: int, answers: Sequence[str]) -> None:
    """An applicant who waits mends their answers to the questions as they are asked now. No fact: nothing new happened.

    Raises ApplicationUnknown, AlreadyDecided, BadAnswers, PersonUnknown, PersonIsErased.
    """
    row = _own(application_id=application_id, person_id=person_id)
    if row.state != Application.State.WAITING:
        raise decided(row)
    questions, said = _said(row.community_id, answers)
    Answer.objects.filter(application=row).delete()
    _keep_answers(row.pk, questions, said)


@transaction.atomic
def withdraw(*, application_id: int, person_id: int, at: datetime, actor: str) -> None:
    """An applicant takes the application back. Twice changes nothing.

    Raises ApplicationUnknown, AlreadyDecided, PersonUnknown, PersonIsErased.
    """
    row = _own(application_id=application_id, person_id=person_id)
    if row.state == Application.State.WITHDRAWN:
        return
    waiting = Application.objects.filter(pk=application_id, state=Application.State.WAITING)
    if not waiting.update(state=Application.State.WITHDRAWN, decided_at=at, decided_by=actor[:60]):
        row.refresh_from_db()
        raise decided(row)
    told = AdmissionWithdrawn(application=application_id, community=row.community_id)
    record(told, at=at, person_id=row.person_id, actor=actor)


def forget(person_ids: Sequence[int]) -> None:
    """Erasing people: their applications go with every answer; those they brought lose the inviter."""
    Answer.objects.filter(application__person__in=person_ids).delete()
    Application.objects.filter(person__in=person_ids).delete()
    Application.objects.filter(inviter__in=person_ids).update(inviter=None)


def decided(row: Application) -> AlreadyDecided:
    """The exception that says who decided."""
    return AlreadyDecided(state=row.state, decided_by=row.decided_by, decided_at=row.decided_at)


def _is_there(community_id: int) -> None:
    found = Community.objects.filter(pk=community_id).first()
    if found is None:
        raise CommunityUnknown("there is no such community; look the number up again")
    if found.closed_at is not None:
        raise CommunityClosed("this community has ended; nothing new begins in it")


def _was_let_in(community_id: int, theirs: list[int]) -> bool:
    let_in = Application.objects.filter(community=community_id, person__in=theirs, state=Application.State.ACCEPTED)
    return let_in.exists()


def _inviter(inviter_id: int | None, theirs: list[int]) -> int | None:
    """An inviter the application can name: somebody else, known, and not erased."""
    if inviter_id is None or root_of(person_id=inviter_id) in theirs:
        return None
    return Person.objects.filter(pk=inviter_id, erased_at=None).values_list("pk", flat=True).first()


def _said(community_id: int, answers: Sequence[str]) -> tuple[tuple[Question, ...], list[str]]:
    questions = questions_of(community_id=community_id) or ()
    said = [paragraph(words) for words in answers]
    if found := faults(questions, said):
        raise BadAnswers(found)
    return questions, said


def _keep_answers(application_id: int, questions: Sequence[Question], said: Sequence[str]) -> None:
    Answer.objects.bulk_create(
        Answer(application_id=application_id, position=position, question=question.text, words=words)
        for position, (question, words) in enumerate(zip(questions, said, strict=True), 1)
    )


def _own(*, application_id: int, person_id: int) -> Application:
    """The person's own application, under the person's lock."""
    person = present(person_id=person_id)
    row = Application.objects.filter(pk=application_id, person__in=members_of(root=person.pk)).first()
    if row is None:
        raise ApplicationUnknown("there is no such application of this person; look the number up again")
    return row
