"""What a member's own link can lead to: a community they are in, the shop, one product of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpin.base.clock import now as present
from tongpin.core.places.browsing import CommunityLine
from tongpin.loop.sell.offers.queries import offer_seen
from tongpin.loop.share.referrals.queries import link_by_code
from tongpin.web.member.session import way_of

COMMUNITY, OFFER, SHOP = "community", "offer", "shop"
_TOLD = re.compile(r"(community|offer|shop)-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to. `fen` is what a product costs, 0 for anything else."""

    kind: str
    number: int
    title: str
    fen: int = 0

    @property
    def code(self) -> str:
        """How an address names it: community-3."""
        return f"{self.kind}-{self.number}"


def shop() -> Target:
    """The whole shop."""
    return Target(SHOP, 0, _("Our shop"))


def choices(inside: Sequence[CommunityLine]) -> list[Target]:
    """What there is to choose from, one's communities first."""
    return [*(Target(COMMUNITY, one.id, one.name) for one in inside), shop()]


def target_of(told: str, inside: Sequence[CommunityLine]) -> Target | None:
    """What an address names; the first choice where it names nothing, None where it is not theirs to share."""
    found = _TOLD.fullmatch(told)
    if not told:
        return choices(inside)[0]
    if found is None:
        return None
    kind, number = found[1], int(found[2])
    if kind == OFFER:
        offer = offer_seen(offer_id=number, now=present())
        return Target(OFFER, number, offer.title, offer.group_price_fen or offer.price_fen) if offer else None
    return next((one for one in choices(inside) if (one.kind, one.number) == (kind, number)), None)


def page_of(kind: str, number: int) -> str | None:
    """The page that a member's own link leads to; None for what nobody has a link of their own to."""
    if kind == SHOP:
        return reverse("member:shop")
    pages = {COMMUNITY: "member:community", OFFER: "member:product"}
    return reverse(pages[kind], args=[number]) if kind in pages else None


def brought_by(request: HttpRequest) -> int | None:
    """Whose own link this phone followed last, where it was anybody's."""
    code = way_of(request)
    link = link_by_code(code_id=code) if code is not None else None
    return link.person_id if link is not None else None
