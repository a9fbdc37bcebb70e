"""Taking back (反悔) that two records were judged to be two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tongpin.core.facts.people import MergeRefused
from tongpin.core.ledger.withdrawing import withdraw_one
from tongpin.core.people.calling import display_names
from tongpin.core.people.models import Person, Suggestion
from tongpin.core.people.roots import roots_of
from tongpin.core.people.scoping import among
from tongpin.core.team.rules import Scope

LOOKED_AT = 40
SHOWN = 20
KEPT = timedelta(days=30)
"""So long «two people» is offered to be taken back on the page of pairs."""


@dataclass(frozen=True, slots=True)
class KeptApart:
    """A pair that was judged to be two people."""

    id: int
    low: int
    high: int
    names: tuple[str, str]
    at: datetime


@transaction.atomic
def ask_again(*, suggestion_id: int, actor: str, at: datetime) -> bool:
    """The pair waits once more, and the fact that it was refused is withdrawn. False where there is nothing to take back:
    it waits already, the two are one by now, or one of them was erased."""
    one = Suggestion.objects.select_for_update().filter(pk=suggestion_id, state=Suggestion.State.REFUSED).first()
    if one is None:
        return False
    roots = roots_of(person_ids=[one.low, one.high])
    gone = Person.objects.filter(pk__in=[one.low, one.high, *roots.values()], erased_at__isnull=False).exists()
    if gone or roots[one.low] == roots[one.high]:
        return False
    one.state, one.decided_at, one.decided_by = Suggestion.State.OPEN, None, ""
    one.save(update_fields=["state", "decided_at", "decided_by"])
    told = MergeRefused(suggestion=one.pk, other=one.high)
    withdraw_one(fact=told, person_id=one.low, actor=actor, at=at)
    return True


def kept_apart(*, scope: Scope, at: datetime) -> list[KeptApart]:
    """The pairs that somebody judged to be two people lately, newest first, of people who lie within the scope.
    At most three queries."""
    found = list(
        Suggestion.objects.filter(
            state=Suggestion.State.REFUSED, decided_by__startswith="staff:", decided_at__gt=at - KEPT
        ).order_by("-decided_at", "-pk")[:LOOKED_AT]
    )
    may = among(person_ids={person for one in found for person in (one.low, one.high)}, scope=scope)
    seen = [one for one in found if one.low in may and one.high in may][:SHOWN]
    names = display_names(person_ids=sorted({person for one in seen for person in (one.low, one.high)})) if seen else {}
    return [
        KeptApart(one.pk, one.low, one.high, (names.get(one.low, ""), names.get(one.high, "")), one.decided_at)
        for one in seen
        if one.decided_at is not None
    ]
