"""Changing a talk before it begins, and calling it off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.core.facts.calendar import ActivityDropped
from tongpin.core.facts.talks import TalkCancelled
from tongpin.core.ledger.actions import record
from tongpin.loop.give.talks.addresses import live_link
from tongpin.loop.give.talks.announcing import note_announcement
from tongpin.loop.give.talks.cards import tell_people, tell_places
from tongpin.loop.give.talks.keeping import NotNow, held_talk
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.give.talks.planning import BadTalk, columns, invite, note_date, plan_of

REASONS = ("too_few", "guest_ill", "weather", "clash", "other")
"""Why a talk does not take place."""


@transaction.atomic
def amend_talk(
    *,
    talk_id: int,
    title: str,
    guest_name: str,
    starts_at: datetime,
    at: datetime,
    actor: str,
    about: str = "",
    guest_person_id: int | None = None,
    ends_hint: datetime | None = None,
) -> bool:
    """Changes a talk that has not begun. Where an announced one begins at another time, every place it was announced in
    hears of it, and who signed up. False where nothing is different.

    Raises BadTalk, NotNow, TalkUnknown, PersonUnknown, PersonIsErased.
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state not in (Talk.State.DRAFT, Talk.State.ANNOUNCED):
        raise NotNow(state=talk.state)
    plan = plan_of(title, about, guest_name, guest_person_id, starts_at, ends_hint)
    wanted = columns(plan)
    before = {name: getattr(talk, name) for name in wanted}
    if before == wanted:
        return False
    moved = before["starts_at"] != starts_at
    if moved and talk.state == Talk.State.ANNOUNCED and starts_at <= at:
        raise BadTalk("in_the_past")
    redated = moved or before["ends_hint"] != ends_hint
    for name, value in wanted.items():
        setattr(talk, name, value)
    another = before["guest_person_id"] != guest_person_id
    talk.edition += redated or another
    talk.save(update_fields=[*wanted, "edition"])
    if redated:
        note_date(talk, at=at, actor=actor)
    if another:
        invite(talk, at=at, actor=actor)
    if moved and talk.state == Talk.State.ANNOUNCED:
        talk.occurrence += 1
        talk.save(update_fields=["occurrence"])
        tell_places(talk=talk, moment="moved", at=at, actor=actor)
        tell_people(talk=talk, moment="moved", link=live_link(live_code=talk.live_code), at=at)
        note_announcement(talk=talk, at=at, actor=actor)
    return True


@transaction.atomic
def cancel(*, talk_id: int, reason: str, at: datetime, actor: str) -> bool:
    """A talk that has not begun does not take place; places which had heard of it and people who signed up are told.
    False where it was off already.

    An unknown reason counts as `other`. Raises NotNow, TalkUnknown.
    """
    talk = held_talk(talk_id=talk_id)
    if talk.state == Talk.State.CANCELLED:
        return False
    if talk.state not in (Talk.State.DRAFT, Talk.State.ANNOUNCED):
        raise NotNow(state=talk.state)
    announced = talk.state == Talk.State.ANNOUNCED
    talk.state, talk.cancelled_at = Talk.State.CANCELLED, at
    talk.reason = reason if reason in REASONS else "other"
    talk.save(update_fields=["state", "cancelled_at", "reason"])
    dropped = ActivityDropped(about_kind="talk", about=talk.pk, reason=talk.reason, community=talk.community_id)
    record(dropped, at=at, actor=actor)
    if announced:
        record(TalkCancelled(talk=talk.pk, reason=talk.reason), at=at, actor=actor)
        tell_places(talk=talk, moment="called_off", at=at, actor=actor)
        tell_people(talk=talk, moment="called_off", link=live_link(live_code=talk.live_code), at=at)
    return True
