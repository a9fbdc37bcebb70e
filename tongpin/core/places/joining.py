"""Joining (入群) by hand: a teammate says that somebody is in a group."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.places import MemberJoined
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.core.places.models import Membership


@transaction.atomic
def join_by_hand(*, person_id: int, place_id: int, called: str = "", actor: str, at: datetime) -> bool:
    """Makes a person a member of a place, again where they had left. False where they are one already.

    Raises PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    held = list(Membership.objects.filter(place=place_id, person__in=members_of(root=person.pk)).order_by("pk"))
    if any(one.left_at is None for one in held):
        return False
    if held:
        member = held[0]
        member.left_at, member.joined_at, member.occurrence = None, at, member.occurrence + 1
        member.save(update_fields=["left_at", "joined_at", "occurrence"])
    else:
        member = Membership.objects.create(
            person=person, place_id=place_id, called=clean(called, limit=120), joined_at=at, first_seen_at=at
        )
    told = MemberJoined(occurrence=member.occurrence)
    record(told, at=at, person_id=member.person_id, place_id=place_id, actor=actor)
    return True
