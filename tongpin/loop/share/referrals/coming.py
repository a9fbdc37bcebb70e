"""How somebody first came (第一次来): only who is new counts as brought, and only by the link they came by."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.queries import timeline
from tongpin.core.people.roots import records_of
from tongpin.core.places.models import Place
from tongpin.loop.share.referrals.actions import NotBound, bind_by_code
from tongpin.loop.share.referrals.queries import ReferralSeen, link_by_code, referral_of

COMING = ("member.joined", "order.paid")
"""By these somebody becomes ours. Opening a page, asking to be let in or leaving a form unpaid is not coming."""

KNOWN_SINCE_LONG = 50
"""Whoever has so many of these facts is no newcomer, whatever the first of them was."""


@dataclass(frozen=True, slots=True)
class Coming:
    """The first time somebody joined or bought: when, by which tracked code (0: none), to which community (0: none)."""

    at: datetime
    code_id: int
    community: int


def first_coming(*, person_id: int) -> Coming | None:
    """How a person first came, by any of their records; None where they never did, or have been here for long.

    History that was imported counts: who bought in another shop years ago is not new. Three or four queries.
    """
    mine = records_of(person_id=person_id)
    told = timeline(person_ids=mine, kinds=COMING, limit=KNOWN_SINCE_LONG)
    if len(told) == KNOWN_SINCE_LONG:
        return None
    own = [one for one in told if one.person_id in mine]
    return _coming(own[-1], mine) if own else None


def bind_newcomer(*, person_id: int, actor: str = "system") -> ReferralSeen | None:
    """Says who brought a person, where the very first time they came was by somebody's own link. Once and for good.

    None where nobody brought them. Whichever fact asks, the answer is the same: it looks at the first coming alone.
    """
    coming = first_coming(person_id=person_id)
    if coming is None:
        return None
    known = referral_of(person_id=person_id, now=coming.at)
    if known is not None or not coming.code_id:
        return known
    link = link_by_code(code_id=coming.code_id)
    if link is None:
        return None
    community = coming.community or (link.target if link.target_kind == "community" else 0)
    with suppress(NotBound):
        return bind_by_code(
            newcomer=person_id, code_id=coming.code_id, community_id=community, at=coming.at, actor=actor
        )
    return None


def _coming(first: Entry, mine: list[int]) -> Coming:
    if first.kind == "member.joined":
        place = Place.objects.filter(pk=first.place_id or 0).values_list("community_id", flat=True).first()
        return Coming(first.at, int(first.body.get("tracked_code") or 0), place or 0)
    placed = timeline(person_ids=mine, kinds=("order.placed",), limit=KNOWN_SINCE_LONG)
    for one in placed:
        if (one.place_id, one.body["order"]) == (first.place_id, first.body["order"]):
            return Coming(first.at, int(one.body.get("tracked_code") or 0), int(one.body.get("community") or 0))
    return Coming(first.at, 0, 0)
