"""Taking back that one wants to hear a talk (取消报名): before it begins, as often as one changes one's mind."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.facts.talks import TalkSignedUp
from tongpin.core.ledger.withdrawing import withdraw_one
from tongpin.core.people.roots import members_of, present
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown
from tongpin.loop.give.talks.models import SignUp, Talk


@transaction.atomic
def sign_off(*, talk_id: int, person_id: int, at: datetime, actor: str) -> bool:
    """Somebody who signed up, by any of their records, does not want to hear an announced talk after all: no further
    letter about it is written to them, and that they signed up is withdrawn. False where they had not.

    Raises NotNow, TalkUnknown, PersonUnknown, PersonIsErased.
    """
    state = Talk.objects.filter(pk=talk_id).values_list("state", flat=True).first()
    if state is None:
        raise TalkUnknown
    if state != Talk.State.ANNOUNCED:
        raise NotNow(state=state)
    theirs = members_of(root=present(person_id=person_id).pk)
    held = list(SignUp.objects.select_for_update().filter(talk=talk_id, person__in=theirs).order_by("pk"))
    for one in held:
        withdraw_one(fact=TalkSignedUp(talk=talk_id), person_id=one.person_id, at=at, actor=actor)
    SignUp.objects.filter(pk__in=[one.pk for one in held]).delete()
    return bool(held)
