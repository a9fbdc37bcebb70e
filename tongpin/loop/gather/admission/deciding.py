"""What teammates do with applications: let in, or not. Of two who decide at once exactly one wins."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from tongpin.core.facts.admission import (
    AdmissionAccepted,
    AdmissionReconsidered,
    AdmissionRefused,
    AdmissionWithdrawn,
)
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present, root_of
from tongpin.core.places.joining import join, leave
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.gather.admission.actions import AlreadyIn, ApplicationUnknown, decided
from tongpin.loop.gather.admission.models import Answer, Application
from tongpin.loop.gather.admission.queries import is_member, waiting_of
from tongpin.loop.gather.admission.rules import REFUSALS
from tongpin.loop.gather.welcome.actions import NotBegun, begin_welcome, leave_off_welcome

DOUBLE = "double"
"""Why the other application of a merged person ends."""

ANSWERS_KEPT = timedelta(days=30)
"""How long answers stay after somebody was not let in, or took the application back."""


TAKEN_BACK_WITHIN = timedelta(minutes=10)

RECONSIDERED_WITHIN = timedelta(days=7)
"""How long a refusal can be taken back; the answers are kept for longer."""


class NotAccepted(Exception):
    """There is nothing to take back."""


class NotRefused(Exception):
    """There is no refusal to take back."""


class AppliedAgain(Exception):
    """They have applied again since, and that application waits."""


class TooLate(Exception):
    """It was too long ago to be taken back."""


class StrangeReason(ValueError):
    """Choose the reason from the list."""


@transaction.atomic
def accept(*, application_id: int, at: datetime, actor: str) -> int:
    """Lets an applicant in: they join the community's web place, which is returned, and their welcome begins.

    The same teammate twice changes nothing. Raises AlreadyDecided (says who), ApplicationUnknown, PersonIsErased.
    """
    row, won = _decide(application_id, state=Application.State.ACCEPTED, reason="", at=at, actor=actor)
    place = web_place_of(community_id=row.community_id, at=at, actor=actor)
    if won:
        told = AdmissionAccepted(application=row.pk, community=row.community_id, inviter=row.inviter_id)
        record(told, at=at, person_id=row.person_id, actor=actor)
        join(
            person_id=row.person_id,
            place_id=place,
            scene="admitted",
            inviter_id=row.inviter_id,
            code_id=row.code_id or 0,
            actor=actor,
            at=at,
        )
        begin_welcome(community_id=row.community_id, person_id=row.person_id, at=at, actor=actor)
    return place


@transaction.atomic
def take_back_accept(*, application_id: int, at: datetime, actor: str) -> None:
    """A slip is undone within TAKEN_BACK_WITHIN: the person is out again and their application waits as before.

    The acceptance stays in the ledger, and so does the leaving. Raises TooLate, NotAccepted, ApplicationUnknown,
    PersonIsErased.
    """
    row = _held(application_id)
    if row.state != Application.State.ACCEPTED or row.decided_at is None:
        raise NotAccepted("this application is not accepted")
    if at > row.decided_at + TAKEN_BACK_WITHIN:
        raise TooLate("letting somebody in can be taken back for ten minutes; ask them to leave instead")
    accepted = Application.objects.filter(pk=application_id, state=Application.State.ACCEPTED)
    accepted.update(state=Application.State.WAITING, decided_at=None, decided_by="", reason="")
    place = web_place_of(community_id=row.community_id, at=at, actor=actor)
    leave(person_id=row.person_id, place_id=place, reason="taken_back", actor=actor, at=at)
    with suppress(NotBegun):
        leave_off_welcome(community_id=row.community_id, person_id=row.person_id, at=at, actor=actor)


@transaction.atomic
def refuse(*, application_id: int, reason: str, at: datetime, actor: str) -> None:
    """Does not let an applicant in, for a reason of `REFUSALS`. They may apply again.

    The same teammate twice with the same reason changes nothing. Raises StrangeReason, AlreadyDecided (says who),
    ApplicationUnknown, PersonIsErased.
    """
    if reason not in REFUSALS:
        raise StrangeReason("choose the reason from the list")
    row, won = _decide(application_id, state=Application.State.REFUSED, reason=reason, at=at, actor=actor)
    if won:
        told = AdmissionRefused(
            application=row.pk,
            community=row.community_id,
            reason=reason,
            inviter=row.inviter_id,
            occurrence=row.reconsidered + 1,
        )
        record(told, at=at, person_id=row.person_id, actor=actor)


@transaction.atomic
def reconsider(*, application_id: int, at: datetime, actor: str) -> bool:
    """A refusal is taken back within RECONSIDERED_WITHIN (重新考虑): the application waits again, its answers as they were.

    False where it waits again already. Raises NotRefused, TooLate, AppliedAgain, AlreadyIn, ApplicationUnknown,
    PersonIsErased.
    """
    row = _held(application_id)
    if row.state == Application.State.WAITING and row.reconsidered:
        return False
    if row.state != Application.State.REFUSED or row.decided_at is None:
        raise NotRefused("this application is not refused")
    if at > row.decided_at + RECONSIDERED_WITHIN:
        raise TooLate("a refusal can be taken back for seven days; ask them to apply again")
    if is_member(community_id=row.community_id, person_id=row.person_id):
        raise AlreadyIn("they have come in since")
    theirs = members_of(root=root_of(person_id=row.person_id))
    if waiting_of(community_id=row.community_id, members=theirs) is not None:
        raise AppliedAgain("they have applied again since; decide on that application")
    row.state, row.decided_at, row.decided_by, row.reason = Application.State.WAITING, None, "", ""
    row.reconsidered, row.reconsidered_at = row.reconsidered + 1, at
    row.save()
    told = AdmissionReconsidered(application=row.pk, community=row.community_id, occurrence=row.reconsidered)
    record(told, at=at, person_id=row.person_id, actor=actor)
    return True


@transaction.atomic
def delete_old_answers(*, now: datetime, limit: int = 1000) -> int:
    """Deletes answers of those who were not let in, as promised above the button. Returns how many; run it until 0."""
    over = Application.objects.filter(
        state__in=(Application.State.REFUSED, Application.State.WITHDRAWN), decided_at__lt=now - ANSWERS_KEPT
    )
    old = list(Answer.objects.filter(application__in=over).order_by("pk").values_list("pk", flat=True)[:limit])
    return Answer.objects.filter(pk__in=old).delete()[0]


def _held(application_id: int) -> Application:
    """The application under its person's lock: nobody else decides on it meanwhile."""
    row = Application.objects.filter(pk=application_id).first()
    if row is None:
        raise ApplicationUnknown("there is no such application; look the number up again")
    present(person_id=row.person_id)
    row.refresh_from_db()
    return row


def _decide(
    application_id: int, *, state: Application.State, reason: str, at: datetime, actor: str
) -> tuple[Application, bool]:
    """The application and whether this call decided it; not, where the same teammate decided the same before."""
    row = Application.objects.filter(pk=application_id).first()
    if row is None:
        raise ApplicationUnknown("there is no such application; look the number up again")
    # The person first: an erasure holds them before it deletes their application.
    person = present(person_id=row.person_id)
    waiting = Application.objects.filter(pk=application_id, state=Application.State.WAITING)
    told = {"state": state, "decided_at": at, "decided_by": actor[:60], "reason": reason}
    if not waiting.update(**told):
        row.refresh_from_db()
        if (row.state, row.decided_by, row.reason) == (state, actor[:60], reason):
            return row, False
        raise decided(row)
    _end_doubles(row, root=person.pk, at=at, actor=actor)
    return row, True


def _end_doubles(row: Application, *, root: int, at: datetime, actor: str) -> None:
    """Where two records with an application each were merged, the other one is answered with this."""
    waiting = Application.objects.filter(
        community=row.community_id, person__in=members_of(root=root), state=Application.State.WAITING
    )
    for other in waiting:
        other.state, other.decided_at, other.decided_by = Application.State.WITHDRAWN, at, actor[:60]
        other.reason = DOUBLE
        other.save(update_fields=["state", "decided_at", "decided_by", "reason"])
        told = AdmissionWithdrawn(application=other.pk, community=other.community_id, reason=DOUBLE)
        record(told, at=at, person_id=other.person_id, actor=actor)
