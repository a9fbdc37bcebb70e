"""Saying how newcomers are welcomed, and leading each through it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.welcome import WelcomeBegun, WelcomeFinished, WelcomeStepDone
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.loop.gather.ground import held_community, paragraph
from tongpin.loop.gather.welcome.models import Welcome, WelcomeStep
from tongpin.loop.gather.welcome.queries import latest_welcome, welcome_steps_of
from tongpin.loop.gather.welcome.rules import Step, next_step, wrong_with

SAY = {
    "strange_step": "choose the steps of the welcome from the list",
    "step_twice": "each step of the welcome stands there once",
    "wrong_order": "keep the steps in their order: a greeting first, a first act last",
}


class BadWelcome(ValueError):
    """These steps make no welcome; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


class NotBegun(LookupError):
    """This person is not being welcomed in this community."""


class NotYet(Exception):
    """Another step comes first; `next` is its code, None where the welcome is over."""

    def __init__(self, coming: str | None) -> None:
        super().__init__("another step comes first" if coming else "the welcome is over")
        self.next = coming


@transaction.atomic
def plan_welcome(*, community_id: int, steps: Sequence[Step]) -> None:
    """Sets the steps for those who come from now on, in place of the ones before. No fact: a plan is nothing that happened.

    Raises BadWelcome, CommunityUnknown, CommunityClosed.
    """
    if reason := wrong_with(steps):
        raise BadWelcome(reason)
    community = held_community(community_id=community_id)
    WelcomeStep.objects.filter(community=community).delete()
    WelcomeStep.objects.bulk_create(
        WelcomeStep(community=community, position=position, code=step.code, words=paragraph(step.words))
        for position, step in enumerate(steps, 1)
    )


@transaction.atomic
def begin_welcome(*, community_id: int, person_id: int, at: datetime, actor: str) -> bool:
    """A newcomer's welcome begins. False where the community has no steps, or where they are on the way already.

    Who comes back after an earlier welcome ended begins again. Raises PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    steps = [step.code for step in welcome_steps_of(community_id=community_id)]
    if not steps:
        return False
    row = latest_welcome(community_id=community_id, members=members_of(root=person.pk))
    if row is None:
        row = Welcome.objects.create(community_id=community_id, person_id=person_id, steps=steps, begun_at=at)
    elif row.finished_at is None:
        return False
    else:
        row.steps, row.done_at, row.begun_at, row.finished_at = steps, [], at, None
        row.occurrence += 1
        row.save(update_fields=["steps", "done_at", "begun_at", "finished_at", "occurrence"])
    told = WelcomeBegun(community=community_id, steps=len(steps), occurrence=row.occurrence)
    record(told, at=at, person_id=row.person_id, actor=actor)
    return True


@transaction.atomic
def do_step(
    *, community_id: int, person_id: int, step: str, at: datetime, actor: str, message_id: int = 0
) -> str | None:
    """The step that comes now is done; returns the next one. After the last the welcome is finished and None comes back.

    A step that is done already stays done. `message_id` is where they introduced themselves. Raises NotBegun, NotYet,
    PersonUnknown, PersonIsErased.
    """
    row = _held(community_id=community_id, person_id=person_id)
    coming = next_step(row.steps, len(row.done_at))
    if step in row.steps[: len(row.done_at)]:
        return coming if row.finished_at is None else None
    if row.finished_at is not None or step != coming:
        raise NotYet(coming if row.finished_at is None else None)
    row.done_at = [*row.done_at, at]
    row.save(update_fields=["done_at"])
    told = WelcomeStepDone(community=community_id, ritual_step=step, message=message_id, occurrence=row.occurrence)
    record(told, at=at, person_id=row.person_id, actor=actor)
    following = next_step(row.steps, len(row.done_at))
    if following is None:
        _finish(row, at=at, actor=actor)
    return following


@transaction.atomic
def leave_off_welcome(*, community_id: int, person_id: int, at: datetime, actor: str) -> bool:
    """The welcome ends with steps undone: the newcomer left, or answers no more. False where it is over already.

    Raises NotBegun, PersonUnknown, PersonIsErased.
    """
    row = _held(community_id=community_id, person_id=person_id)
    if row.finished_at is not None:
        return False
    _finish(row, at=at, actor=actor)
    return True


def forget(person_ids: Sequence[int]) -> None:
    """Erasing people: their welcomes go with them."""
    Welcome.objects.filter(person__in=person_ids).delete()


def _held(*, community_id: int, person_id: int) -> Welcome:
    """Their latest welcome; the person's lock keeps two steps from being done at once."""
    person = present(person_id=person_id)
    row = latest_welcome(community_id=community_id, members=members_of(root=person.pk))
    if row is None:
        raise NotBegun("this person is not being welcomed here")
    return row


def _finish(row: Welcome, *, at: datetime, actor: str) -> None:
    row.finished_at = at
    row.save(update_fields=["finished_at"])
    told = WelcomeFinished(
        community=row.community_id, complete=len(row.done_at) == len(row.steps), occurrence=row.occurrence
    )
    record(told, at=at, person_id=row.person_id, actor=actor)
