"""What the rules need to know of the people who are to have a promotion: their word, and what they had before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Q

from tongpin.core.people.models import Consent, Person, PersonAlias
from tongpin.core.people.roots import groups_of, roots_of
from tongpin.core.people.rules import ConsentHeld, may_contact
from tongpin.core.sending.models import Letter, State

PURPOSE = "promotion"
LOOK_BACK = timedelta(days=30)

CONSENTED_AS = {"errand": "wecom"}
"""Channels whose consent goes by another name: what a teammate pastes into a private chat reaches them there."""


@dataclass(slots=True)
class Known:
    """What is known of one person, merged records together."""

    erased: bool = False
    held: list[ConsentHeld] = field(default_factory=list)
    merged_at: datetime | None = None
    promoted_at: list[datetime] = field(default_factory=list)

    def consented(self, *, channel: str) -> bool:
        """Whether they let us send promotions there."""
        as_channel = CONSENTED_AS.get(channel, channel)
        return not self.erased and may_contact(self.held, channel=as_channel, merged_at=self.merged_at)


def known_of(*, person_ids: Sequence[int], at: datetime) -> dict[int, Known]:
    """What is known of each; records of one person share it. Until the transaction ends nobody else decides on them:
    two channels at once must not both find the cap unreached."""
    roots = roots_of(person_ids=person_ids)
    groups = groups_of(roots=set(roots.values()))
    if not groups:
        return {}
    _decide_alone(sorted(groups))
    known = {root: Known() for root in groups}
    of = {member: known[root] for root, members in groups.items() for member in members}
    for person in Person.objects.filter(pk__in=of, erased_at__isnull=False).values_list("pk", flat=True):
        of[person].erased = True
    for one in Consent.objects.filter(person__in=of, purpose=PURPOSE):
        held = ConsentHeld(one.person_id, one.channel, one.basis, one.given_at, one.withdrawn_at)
        of[one.person_id].held.append(held)
    merged = PersonAlias.objects.filter(root__in=groups).values("root").annotate(at=Max("merge__merged_at"))
    for root, merged_at in merged.values_list("root", "at"):
        known[root].merged_at = merged_at
    promoted: dict[int, list[datetime]] = defaultdict(list)
    under_way = Q(state=State.CLAIMED) | Q(state__in=(State.SENT, State.GIVEN), done_at__gt=at - LOOK_BACK)
    before = Letter.objects.filter(under_way, person_id__in=of, letter_class=Letter.Class.PROMOTION)
    for person_id, done_at in before.values_list("person_id", "done_at"):
        promoted[person_id or 0].append(done_at or at)
    for member, moments in promoted.items():
        of[member].promoted_at += moments
    return {person: of[person] for person in roots}


def _decide_alone(roots: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(7100020, (r %% 2147483647)::int) from unnest(%s::bigint[]) as r order by r",
            [list(roots)],
        )
