"""Consent (同意): what a person agreed to, for which purpose, on which channel, and on what basis we hold it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.facts.people import ConsentGiven, ConsentWithdrawn
from tongpin.core.ledger.actions import record
from tongpin.core.people.models import Consent, Merge, Person, PersonAlias
from tongpin.core.people.roots import members_of, present, records_of
from tongpin.core.people.rules import (
    ANY_CHANNEL,
    CHANNELS,
    DECLARED,
    OWN_WORD,
    PURPOSES,
    REFUSED,
    ConsentHeld,
    own_no_stands,
    said_by_themselves,
)
from tongpin.core.people.rules import may_contact as allowed

REPLACED = "replaced"
"""By what a declared consent ended that the person then gave themselves: nobody said no."""


class OwnNoStands(Exception):
    """The person said no themselves: only they can say yes, on their own page. Nothing was kept."""


class BadConsent(ValueError):
    """There is no such purpose, channel or basis; the text lists those there are."""


@transaction.atomic
def give_consent(
    *, person_id: int, purpose: str, channel: str, basis: str, actor: str, at: datetime, evidence: str = ""
) -> int:
    """Keeps a consent and returns it. One in force already stays, unless the person says now what was only declared.

    `evidence` is where it can be looked up (a message's or form's number), never words. Where the person said no
    themselves, no other actor says yes for them. Raises BadConsent, OwnNoStands, PersonUnknown, PersonIsErased.
    """
    _check(purpose, channel)
    if basis not in OWN_WORD | DECLARED:
        raise BadConsent(f"no such basis; give one of {', '.join(sorted(OWN_WORD | DECLARED))}")
    person = present(person_id=person_id)
    if not said_by_themselves(actor) and _own_no_stands(person.pk, purpose, channel):
        raise OwnNoStands("this person said no themselves; only they can say yes, on their own page")
    held = Consent.objects.filter(person=person, purpose=purpose, channel=channel, withdrawn_at=None).first()
    if held is not None:
        if basis in DECLARED or held.basis in OWN_WORD:
            return int(held.pk)
        _withdraw(held, actor=actor, at=at, by=REPLACED)
    given = Consent.objects.create(
        person=person, purpose=purpose, channel=channel, basis=basis, evidence=clean(evidence, limit=200), given_at=at
    )
    told = ConsentGiven(consent=given.pk, purpose=purpose, channel=channel, basis=basis)
    record(told, at=at, person_id=person.pk, actor=actor)
    return int(given.pk)


@transaction.atomic
def withdraw_consent(*, person_id: int, purpose: str, channel: str, actor: str, at: datetime) -> None:
    """The person's «no», which holds at once, for all their merged records, and also where they never said «yes».

    `any` says no on every channel. Raises BadConsent, PersonUnknown, PersonIsErased.
    """
    _check(purpose, channel)
    person = present(person_id=person_id)
    members = members_of(root=person.pk)
    in_force = Consent.objects.filter(person__in=members, purpose=purpose, withdrawn_at=None)
    if channel != ANY_CHANNEL:
        in_force = in_force.filter(channel=channel)
    ended = list(in_force.order_by("pk"))
    for held in ended:
        _withdraw(held, actor=actor, at=at)
    if not any(held.person_id == person.pk and held.channel == channel for held in ended):
        no = Consent.objects.create(
            person=person,
            purpose=purpose,
            channel=channel,
            basis=REFUSED,
            given_at=at,
            withdrawn_at=at,
            withdrawn_by=actor[:60],
        )
        told = ConsentWithdrawn(consent=no.pk, purpose=purpose, channel=channel)
        record(told, at=at, person_id=person.pk, actor=actor)


def _withdraw(held: Consent, *, actor: str, at: datetime, by: str = "") -> None:
    held.withdrawn_at, held.withdrawn_by = at, by or actor[:60]
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    told = ConsentWithdrawn(consent=held.pk, purpose=held.purpose, channel=held.channel)
    record(told, at=at, person_id=held.person_id, actor=actor)


def may_contact(*, person_id: int, purpose: str, channel: str) -> bool:
    """Whether this person may be reached for this purpose on this channel; `any` asks for at least one channel.

    The most restrictive of merged records wins; nobody who was erased is reached.
    """
    return may_contact_for(person_id=person_id, purposes=(purpose,), channel=channel)[purpose]


def may_contact_for(*, person_id: int, purposes: Collection[str], channel: str) -> dict[str, bool]:
    """The same for several purposes at once. Four queries, whatever their number."""
    for purpose in purposes:
        _check(purpose, channel)
    members = records_of(person_id=person_id)
    if Person.objects.filter(pk__in=members, erased_at__isnull=False).exists():
        return dict.fromkeys(purposes, False)
    merged_at = _merged_at(members)
    said: dict[str, list[ConsentHeld]] = {purpose: [] for purpose in purposes}
    for c in Consent.objects.filter(person__in=members, purpose__in=purposes):
        said[c.purpose].append(_held(c))
    return {purpose: allowed(held, channel=channel, merged_at=merged_at) for purpose, held in said.items()}


def _own_no_stands(root: int, purpose: str, channel: str) -> bool:
    members = members_of(root=root)
    said = [_held(c) for c in Consent.objects.filter(person__in=members, purpose=purpose)]
    return own_no_stands(said, channel=channel, merged_at=_merged_at(members))


def _merged_at(members: Collection[int]) -> datetime | None:
    """When records of one person were last found to be one."""
    merges = PersonAlias.objects.filter(person__in=members).values("merge")
    return Merge.objects.filter(pk__in=merges).order_by("-merged_at").values_list("merged_at", flat=True).first()


def _held(c: Consent) -> ConsentHeld:
    own = c.withdrawn_at is not None and said_by_themselves(c.withdrawn_by)
    return ConsentHeld(c.person_id, c.channel, c.basis, c.given_at, c.withdrawn_at, own)


def _check(purpose: str, channel: str) -> None:
    if purpose not in PURPOSES:
        raise BadConsent(f"no such purpose; give one of {', '.join(sorted(PURPOSES))}")
    if channel not in CHANNELS:
        raise BadConsent(f"no such channel; give one of {', '.join(sorted(CHANNELS))}")
