"""Joining and leaving (入群、退群): a teammate says so, an application is accepted, or somebody goes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.places import MemberJoined, MemberLeft
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.core.places.models import Membership


@transaction.atomic
def join(
    *,
    person_id: int,
    place_id: int,
    actor: str,
    at: datetime,
    called: str = "",
    scene: str = "",
    inviter_id: int | None = None,
    code_id: int = 0,
) -> bool:
    """Makes a person a member of a place, again where they had left. False where they are one already.

    `scene` says how (admitted, bought…), `inviter_id` who brought them, `code_id` by which tracked code. Raises
    PersonUnknown, PersonIsErased.
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
    told = MemberJoined(scene=scene, inviter=inviter_id, tracked_code=code_id, occurrence=member.occurrence)
    record(told, at=at, person_id=member.person_id, place_id=place_id, actor=actor)
    return True


def join_by_hand(*, person_id: int, place_id: int, called: str = "", actor: str, at: datetime) -> bool:
    """A teammate says that somebody is in a group. False where they are already. Raises PersonUnknown, PersonIsErased."""
    return join(person_id=person_id, place_id=place_id, called=called, actor=actor, at=at)


@transaction.atomic
def leave(*, person_id: int, place_id: int, reason: str, actor: str, at: datetime) -> bool:
    """A person is no member of a place any more, with none of their records. False where they were none.

    Raises PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    held = Membership.objects.filter(place=place_id, person__in=members_of(root=person.pk), left_at=None)
    gone = list(held.order_by("pk"))
    for member in gone:
        member.left_at = at
        member.save(update_fields=["left_at"])
        told = MemberLeft(reason=reason, occurrence=member.occurrence)
        record(told, at=at, person_id=member.person_id, place_id=place_id, actor=actor)
    return bool(gone)
