"""Planning a talk (排期), and the guest's private link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tongpin.base.ids import ALPHABET, digest, token, token_digest
from tongpin.core.facts.calendar import ActivityPlanned
from tongpin.core.facts.talks import GuestInvited
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.core.places.models import Community, Membership
from tongpin.loop.give.ground import line, said
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown, held_talk
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.give.talks.rules import LONGEST_NAME, LONGEST_TITLE, wrong_with_plan

LIVE_CODE = 10
"""50 bits: who was not told does not find the page by trying."""

SAY = {
    "no_title": "give the talk a title",
    "no_guest": "say who speaks",
    "too_long": "shorten what you say about it to two thousand characters",
    "ends_before": "it ends before it begins; mend the times",
    "in_the_past": "it would begin in the past; mend the time",
}


class BadTalk(ValueError):
    """The talk cannot be so; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Plan:
    """What a talk is to be."""

    title: str
    about: str
    guest_name: str
    guest_person_id: int | None
    starts_at: datetime
    ends_hint: datetime | None


@transaction.atomic
def plan_talk(
    *,
    community_id: int,
    title: str,
    guest_name: str,
    starts_at: datetime,
    at: datetime,
    actor: str,
    about: str = "",
    guest_person_id: int | None = None,
    ends_hint: datetime | None = None,
    key: str = "",
) -> int:
    """A draft; nobody is told yet. A guest of our own people is asked by it. The same `key` (of a form) again: the same
    talk, as it stands.

    Raises BadTalk, TalkUnknown (no such community, or it ended), PersonUnknown, PersonIsErased.
    """
    code = _code_of(key) if key else token(size=LIVE_CODE)
    if key and (known := _with_code(code)) is not None:
        return known
    plan = plan_of(title, about, guest_name, guest_person_id, starts_at, ends_hint)
    if not Community.objects.filter(pk=community_id, closed_at=None).exists():
        raise TalkUnknown
    try:
        with transaction.atomic():
            talk = Talk.objects.create(
                community_id=community_id,
                live_code=code,
                planned_by=actor[:60],
                planned_at=at,
                **columns(plan),
            )
    except IntegrityError:
        # Two came with the same form at once: this one waited for the other.
        if key and (known := _with_code(code)) is not None:
            return known
        raise
    note_date(talk, at=at, actor=actor)
    invite(talk, at=at, actor=actor)
    return talk.pk


def _code_of(key: str) -> str:
    """The live code that belongs to a form's own key, as unguessable as the key: what tells that a form came twice."""
    return "".join(ALPHABET[byte & 31] for byte in digest("talk", key)[:LIVE_CODE])


def _with_code(code: str) -> int | None:
    return Talk.objects.filter(live_code=code).values_list("pk", flat=True).first()


@transaction.atomic
def new_stage_link(*, talk_id: int, at: datetime, actor: str) -> str:
    """The secret of the guest's private link (台). It is shown once; an earlier one opens no more.

    No fact: whoever holds it is known by nothing but it. Raises TalkUnknown, NotNow (over or cancelled).
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state in (Talk.State.ENDED, Talk.State.CANCELLED):
        raise NotNow(state=talk.state)
    secret = token()
    talk.stage_key_hash = token_digest(secret)
    talk.save(update_fields=["stage_key_hash"])
    return secret


def plan_of(
    title: str,
    about: str,
    guest_name: str,
    guest_person_id: int | None,
    starts_at: datetime,
    ends_hint: datetime | None,
) -> Plan:
    """The plan as it is kept. Raises BadTalk, PersonUnknown, PersonIsErased."""
    plan = Plan(
        line(title, limit=LONGEST_TITLE),
        said(about),
        line(guest_name, limit=LONGEST_NAME),
        guest_person_id,
        starts_at,
        ends_hint,
    )
    reason = wrong_with_plan(
        title=plan.title, about=plan.about, guest_name=plan.guest_name, starts_at=starts_at, ends_hint=ends_hint
    )
    if reason:
        raise BadTalk(reason)
    if guest_person_id is not None:
        present(person_id=guest_person_id)
    return plan


def columns(plan: Plan) -> dict[str, Any]:
    """By the columns of the talk."""
    return {name: getattr(plan, name) for name in Plan.__slots__}


def note_date(talk: Talk, *, at: datetime, actor: str) -> None:
    """Tells the calendar."""
    planned = ActivityPlanned(
        about_kind="talk",
        about=talk.pk,
        starts=talk.starts_at,
        ends=talk.ends_hint,
        community=talk.community_id,
        occurrence=talk.edition,
    )
    record(planned, at=at, actor=actor)


def invite(talk: Talk, *, at: datetime, actor: str) -> None:
    """A guest of our own people was asked."""
    if talk.guest_person_id is None:
        return
    theirs = members_of(root=present(person_id=talk.guest_person_id).pk)
    inside = Membership.objects.filter(place__community=talk.community_id, person__in=theirs, left_at=None).exists()
    invited = GuestInvited(talk=talk.pk, from_within=inside, occurrence=talk.edition)
    record(invited, at=at, person_id=talk.guest_person_id, actor=actor)
