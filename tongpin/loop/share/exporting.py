"""What a person gets of share when they ask for their data: links, posters, who brought them, whom they brought, earnings.

Others stand in it as numbers only: their names are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from tongpin.core.people.exporting import Section
from tongpin.loop.share.commissions.models import Commission, Payout
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.referrals.models import Referral, ReferralLink


def export_share(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Oldest first; amounts in fen."""
    links = ReferralLink.objects.filter(person_id__in=person_ids).select_related("code").order_by("pk")
    yield Section(
        "did",
        "links",
        [{"link": one.code.code, "kind": one.target_kind, "number": one.target, "at": one.made_at} for one in links],
    )
    posters = Poster.objects.filter(person_id__in=person_ids).order_by("pk")
    yield Section(
        "did",
        "posters",
        [{"number": one.pk, "name": one.name, "words": one.sentence, "at": one.drawn_at} for one in posters],
    )
    bonds = Referral.objects.filter(Q(newcomer__in=person_ids) | Q(inviter__in=person_ids)).order_by("pk")
    yield Section(
        "did",
        "referrals",
        [
            {
                "number": one.pk,
                "side": "came" if one.newcomer in person_ids else "brought",
                "generation": one.generation,
                "at": one.bound_at,
                "qualified": one.qualified_at,
            }
            for one in bonds
        ],
    )
    sales = Commission.objects.filter(introducer__in=person_ids).order_by("pk")
    yield Section(
        "bought",
        "commissions",
        [
            {
                "order": one.order,
                "base": one.base_fen,
                "refunded": one.refunded_fen,
                "rate": one.rate,
                "amount": one.accrued_fen - one.taken_fen,
                "state": one.state,
                "at": one.accrued_at,
            }
            for one in sales
        ],
    )
    yield _paid_out(person_ids)


def _paid_out(person_ids: tuple[int, ...]) -> Section:
    paid = Payout.objects.filter(person__in=person_ids).order_by("pk")
    return Section(
        "bought",
        "payouts",
        [
            {
                "amount": one.amount_fen,
                "how": one.way,
                "number": one.reference,
                "at": one.paid_at,
                "state": one.back_reason or "paid",
            }
            for one in paid
        ],
    )
