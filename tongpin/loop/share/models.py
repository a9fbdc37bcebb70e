"""Tables of share, by slice."""

from tongpin.loop.share.commissions.models import Commission, CommissionTerms, Payout, TakenBack
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.referrals.models import Referral, ReferralLink

__all__ = ["Commission", "CommissionTerms", "Payout", "Poster", "Referral", "ReferralLink", "TakenBack"]
