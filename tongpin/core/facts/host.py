"""Said by the host (专业形象): works, cases, credentials and praise that are shown, and who looks at them."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import StaffId


@fact("profile_item.changed", key=("item", "occurrence"), step="give")
class ProfileItemChanged(Fact):
    """A work, case, credential, answer or praise went onto a host's profile (专业形象), or (`shown` false) came off."""

    item: int
    item_kind: Code
    staff: StaffId
    shown: bool = True
    occurrence: int = 1


@fact("profile.viewed", key=("view",), step="give", lane="bulk", subject="staff", quiet=True)
class ProfileViewed(Fact):
    """Somebody looked at a host's profile."""

    view: int
    staff: StaffId
    surface: Code = ""


@fact("praise.given", key=("praise",), step="give", subject="staff")
class PraiseGiven(Fact):
    """A member praised a host (好评); the words stand in the praise."""

    praise: int
    staff: StaffId
    length: int = 0
    may_show: bool = False
