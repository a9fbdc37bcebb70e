"""The picture of an offer: put on, replaced, taken off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.base.text import clean
from tongpin.core.files.actions import keep_picture, let_go, let_go_of
from tongpin.core.files.queries import FileSeen
from tongpin.loop.sell.offers.actions import OfferIsClosed, OfferUnknown
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.queries import PICTURED


def picture_offer(*, offer_id: int, content: bytes, says: str = "", at: datetime, actor: str) -> FileSeen:
    """Puts a picture (图) on an offer in the place of the one before; `says` is for those who cannot see it.

    The same picture again changes its words only. Raises OfferUnknown, OfferIsClosed, FileRefused; then nothing changed.
    """
    _standing(offer_id)
    new = keep_picture(content=content, person_id=None, about_kind=PICTURED, about=offer_id, at=at, actor=actor)
    try:
        with transaction.atomic():
            offer = _standing(offer_id, lock=True)
            let_go_of(about_kind=PICTURED, about=offer_id, keeping=new.id, at=at, actor=actor)
            offer.picture_says = clean(says, limit=120)
            offer.save(update_fields=["picture_says"])
    except OfferIsClosed:
        let_go(file_id=new.id, at=at, actor=actor)
        raise
    return new


@transaction.atomic
def unpicture_offer(*, offer_id: int, at: datetime, actor: str) -> bool:
    """Takes the picture off; False where there is none. Raises OfferUnknown, OfferIsClosed."""
    offer = _standing(offer_id, lock=True)
    offer.picture_says = ""
    offer.save(update_fields=["picture_says"])
    return bool(let_go_of(about_kind=PICTURED, about=offer_id, at=at, actor=actor))


def _standing(offer_id: int, *, lock: bool = False) -> Offer:
    rows = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects.all()
    offer = rows.filter(pk=offer_id).first()
    if offer is None:
        raise OfferUnknown(f"there is no offer {offer_id}")
    if offer.closed_at is not None:
        raise OfferIsClosed(f"offer {offer_id} was taken down")
    return offer
