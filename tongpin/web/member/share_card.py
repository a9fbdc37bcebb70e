"""What a link looks like when somebody sends it on (分享卡片): its picture and its whole address."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from tongpin.loop.sell.offers.queries import PictureSeen

OWN = PictureSeen("member/together.png", 800, 420, "")
"""Where a thing has no picture of its own: people around a table, drawn by us."""


@dataclass(frozen=True, slots=True)
class ShareCard:
    """Whole addresses, as whoever draws the card fetches them from afar; the picture with its size and words."""

    address: str
    picture: str
    width: int
    height: int
    says: str


def card_of(*, request: HttpRequest, picture: PictureSeen | None = None) -> ShareCard:
    """The card of the page that is asked for, without what stands behind the question mark."""
    house = settings.PUBLIC_URL.rstrip("/")
    found = picture or OWN
    path = reverse("files:whole", args=[picture.name]) if picture else static(OWN.name)
    return ShareCard(house + request.path, house + path, found.width, found.height, found.says)
