"""Links of one's own, and who counts as brought by whom."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tongpin.core.facts.referrals import (
    ReferralBound,
    ReferralDisqualified,
    ReferralLinkMade,
    ReferralLinkOpened,
    ReferralQualified,
    ShareAsked,
)
from tongpin.core.ledger.actions import FactConflict, record
from tongpin.core.people.models import Person
from tongpin.core.people.roots import lock_erasures, present, root_of
from tongpin.core.places.codes import make_code
from tongpin.loop.share.referrals.models import Referral, ReferralLink
from tongpin.loop.share.referrals.queries import (
    LinkSeen,
    ReferralSeen,
    above,
    link_by_code,
    link_of,
    referral_of,
    row_of,
)
from tongpin.loop.share.referrals.rules import generation_after, wrong_with_binding

CODE_KIND = "referral"
"""Kind of the tracked codes that are somebody's own link."""

SAY = {
    "oneself": "nobody brings themselves",
    "circle": "whoever was brought by somebody cannot have brought them too",
    "brought_before": "somebody else brought this person first; the first bond stays",
    "gone": "one of the two was erased at their wish, or is not known",
}


class NotBound(Exception):
    """This person does not count as brought by that one; `reason` is a code of `SAY`. Nothing was changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose link somebody followed, where it leads, and whether it was the inviter themselves."""

    inviter: int
    link: LinkSeen
    itself: bool


@transaction.atomic
def own_link(*, person_id: int, target_kind: str, target: int, at: datetime, actor: str) -> LinkSeen:
    """A person's own link to a community, an offer…: always on, the same one every time.

    Raises PersonUnknown, PersonIsErased.
    """
    present(person_id=person_id)
    held = link_of(person_id=person_id, target_kind=target_kind, target=target)
    if held is not None:
        return held
    code = make_code(
        code_kind=CODE_KIND, target_kind=target_kind, target=target, actor=actor, at=at, person_id=person_id
    )
    row = ReferralLink.objects.create(
        person_id=person_id, code_id=code.id, target_kind=target_kind, target=target, made_at=at
    )
    told = ReferralLinkMade(tracked_code=code.id, about_kind=target_kind, about=target)
    record(told, at=at, person_id=person_id, actor=actor)
    return LinkSeen(row.pk, person_id, code.id, code.code, target_kind, target, at)


@transaction.atomic
def note_opening(*, code_id: int, opening: int, visitor: int | None, at: datetime) -> Invitation | None:
    """Tells that somebody followed a person's link; None where the code is nobody's own.

    `opening` is the number that core/places gave this visit; told once for each.
    """
    link = link_by_code(code_id=code_id)
    if link is None:
        return None
    itself = visitor is not None and root_of(person_id=visitor) == root_of(person_id=link.person_id)
    told = ReferralLinkOpened(opening=opening, tracked_code=code_id, inviter=link.person_id, itself=itself)
    # In conflict where it was told before the visitor was found to be the inviter: what was said then stands.
    with suppress(FactConflict):
        record(told, at=at, person_id=visitor, actor="visitor")
    return Invitation(link.person_id, link, itself)


@transaction.atomic
def bind(
    *, newcomer: int, inviter: int, code_id: int, community_id: int, at: datetime, actor: str = "system"
) -> ReferralSeen:
    """Says once and for good who brought a newcomer. That they are new is for the caller to know.

    Again by the same inviter changes nothing. Raises NotBound.
    """
    lock_erasures(shared=True)
    _one_at_a_time()
    new, old = root_of(person_id=newcomer), root_of(person_id=inviter)
    if reason := wrong_with_binding(newcomer=new, inviter=old, above=above(person_id=old)):
        raise NotBound(reason)
    if Person.objects.filter(pk__in=(new, old), erased_at=None).count() < 2:
        raise NotBound("gone")
    held = referral_of(person_id=new, now=at)
    if held is not None:
        if held.inviter != old:
            raise NotBound("brought_before")
        return held
    brought = row_of(person_id=old)
    row = Referral.objects.create(
        newcomer=newcomer,
        inviter=inviter,
        tracked_code=code_id,
        community=community_id,
        generation=generation_after(brought.generation if brought else None),
        bound_at=at,
    )
    told = ReferralBound(inviter=inviter, tracked_code=code_id, generation=row.generation)
    record(told, at=at, person_id=newcomer, actor=actor)
    made = referral_of(person_id=new, now=at)
    assert made is not None
    return made


@transaction.atomic
def bind_by_code(
    *, newcomer: int, code_id: int, community_id: int, at: datetime, actor: str = "system"
) -> ReferralSeen | None:
    """`bind` to whose own link the code is; None where it is nobody's. Raises NotBound."""
    link = link_by_code(code_id=code_id)
    if link is None:
        return None
    return bind(
        newcomer=newcomer, inviter=link.person_id, code_id=code_id, community_id=community_id, at=at, actor=actor
    )


@transaction.atomic
def qualify(*, newcomer: int, order: str, return_days: int, at: datetime, actor: str = "system") -> bool:
    """The newcomer paid an order: the referral qualifies by the first, and counts once it can no longer be returned.

    An order after one that was returned in full qualifies anew. False where nobody brought them or it qualified already.
    """
    row = _locked(newcomer)
    if row is None or order in row.returned or (row.qualified_at is not None and row.disqualified_at is None):
        return False
    row.order, row.occurrence, row.qualified_at = order, row.occurrence + 1, at
    row.counts_from, row.disqualified_at, row.reason = at + timedelta(days=return_days), None, ""
    row.save(update_fields=["order", "occurrence", "qualified_at", "counts_from", "disqualified_at", "reason"])
    told = ReferralQualified(inviter=row.inviter, by="order", order=order, occurrence=row.occurrence)
    record(told, at=at, person_id=row.newcomer, actor=actor)
    return True


@transaction.atomic
def count_from(*, newcomer: int, order: str, moment: datetime) -> bool:
    """From when the order a referral qualified by can no longer be returned: it was sent meanwhile, or it arrived.

    False where the referral qualified by another order, or does not count any more.
    """
    row = _locked(newcomer)
    if row is None or row.order != order or row.qualified_at is None or row.disqualified_at is not None:
        return False
    Referral.objects.filter(pk=row.pk).update(counts_from=moment)
    return True


@transaction.atomic
def disqualify(*, newcomer: int, order: str, at: datetime, reason: str = "refunded", actor: str = "system") -> bool:
    """The order the referral qualified by was returned in full within its window: it no longer counts.

    False where it qualified by another order, counts for good, or was disqualified already.
    """
    row = _locked(newcomer)
    if row is None or row.order != order or row.disqualified_at is not None:
        return False
    if row.counts_from is None or at >= row.counts_from:
        return False
    row.disqualified_at, row.reason, row.returned = at, reason, [*row.returned, order]
    row.save(update_fields=["disqualified_at", "reason", "returned"])
    told = ReferralDisqualified(inviter=row.inviter, reason=reason, occurrence=row.occurrence)
    record(told, at=at, person_id=row.newcomer, actor=actor)
    return True


@transaction.atomic
def ask_to_share(*, person_id: int, about_kind: str, about: int, at: datetime, actor: str = "system") -> None:
    """Tells that somebody is asked to bring friends: after an order was paid, after a group filled. Once for each.

    The question itself stands on the page of the order or group. Nothing is promised for it.
    """
    record(ShareAsked(about_kind=about_kind, about=about), at=at, person_id=person_id, actor=actor)


def _locked(newcomer: int) -> Referral | None:
    row = row_of(person_id=newcomer)
    return Referral.objects.select_for_update().get(pk=row.pk) if row else None


def _one_at_a_time() -> None:
    """Bonds are made one after another: two at once could close a circle that neither of them sees."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7100021)")
