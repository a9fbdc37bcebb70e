"""Signed-in sessions: begun, seen, ended. The session itself is Django's; this is what its owner sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from tongpin.core.team.limits import IDLE_ON_OWN_DEVICE
from tongpin.core.team.models import Staff, Visit
from tongpin.core.team.rules import Actor
from tongpin.core.team.trail import audit


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A session one can end."""

    id: int
    began_at: datetime
    seen_at: datetime
    how: str
    device: str
    place: str
    is_this: bool


def visits_of(*, staff_id: int, session_key: str | None) -> list[VisitSeen]:
    """Where someone is signed in: this session first, then the latest."""
    seen = [
        VisitSeen(v.pk, v.began_at, v.seen_at, v.how, v.device, v.place, v.session_key == session_key)
        for v in Visit.objects.filter(staff_id=staff_id).order_by("-seen_at")
    ]
    return sorted(seen, key=lambda one: not one.is_this)


@transaction.atomic
def begin_visit(*, staff_id: int, session_key: str, how: str, device: str, actor: Actor, now: datetime) -> None:
    """Someone has signed in. Visits nobody has used for longer than a session lasts are forgotten."""
    Visit.objects.filter(seen_at__lt=now - IDLE_ON_OWN_DEVICE).delete()
    Visit.objects.create(
        staff_id=staff_id,
        session_key=session_key,
        began_at=now,
        seen_at=now,
        how=how,
        device=device[:60],
        place=actor.place,
    )
    Staff.objects.filter(pk=staff_id).update(last_seen=now)
    audit(actor=actor, action="staff.signed_in", at=now, subject=("staff", staff_id), details={"how": how})


def touch_visit(*, staff_id: int, session_key: str, now: datetime) -> None:
    """The session is in use."""
    Visit.objects.filter(session_key=session_key, staff_id=staff_id).update(seen_at=now)
    Staff.objects.filter(pk=staff_id).update(last_seen=now)


def move_visit(*, old_key: str, new_key: str) -> None:
    """The session got a new key (it does when a password is set)."""
    Visit.objects.filter(session_key=old_key).update(session_key=new_key)


def leave(*, session_key: str) -> None:
    """Signed out: nothing to keep of this visit; Django ends the session."""
    Visit.objects.filter(session_key=session_key).delete()


@transaction.atomic
def end_visit(*, visit_id: int, staff_id: int, actor: Actor, now: datetime) -> bool:
    """Ends one session of this person; False where there is none such."""
    visit = Visit.objects.filter(pk=visit_id, staff_id=staff_id).first()
    if visit is None:
        return False
    Session.objects.filter(session_key=visit.session_key).delete()
    visit.delete()
    audit(actor=actor, action="staff.session_ended", at=now, subject=("staff", staff_id))
    return True


def end_all_visits(*, staff_id: int, keep: str | None = None) -> int:
    """Ends every session of this person but `keep`, in the caller's transaction. Counting the epoch up makes sure
    that a session which was missed here is no longer good: who keeps a session must renew its hash."""
    visits = Visit.objects.filter(staff_id=staff_id).exclude(session_key=keep or "")
    ended = Session.objects.filter(session_key__in=list(visits.values_list("session_key", flat=True))).delete()[0]
    visits.delete()
    Staff.objects.filter(pk=staff_id).update(epoch=F("epoch") + 1)
    return ended
