"""What is erased of a person in share: posters with their words, and their own links, so that nobody is bound by them.
Of payouts the numbers of transfers, by which a bank finds a name."""

from __future__ import annotations

from tongpin.core.people.erasure import Erasing
from tongpin.loop.share.commissions.models import Payout
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.referrals.models import ReferralLink


def erase_from_share(erasing: Erasing) -> None:
    """Who brought whom and what sales earned stay as numbers: generations, others' earnings and the books rest on them."""
    Poster.objects.filter(person_id__in=erasing.person_ids).delete()
    ReferralLink.objects.filter(person_id__in=erasing.person_ids).delete()
    Payout.objects.filter(person__in=erasing.person_ids).update(reference="")
