"""The picture of an offer: put on, replaced, taken off."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongpin.base.clock import now as present
from tongpin.core.files.refusal import PICTURE_MOST, FileRefused
from tongpin.loop.sell.offers.actions import OfferIsClosed
from tongpin.loop.sell.offers.picturing import picture_offer, unpicture_offer
from tongpin.web.console.offers_page import gone_meanwhile, page_of
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import offer_or_404
from tongpin.web.console.sell_forms import PictureForm
from tongpin.web.look.file_words import refusal_word
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@needs("goods.see", "goods.edit")
@require_POST
def offer_picture(request: StaffRequest, offer_id: int) -> HttpResponse:
    """Puts a picture on, in the place of the one before."""
    seen, form = offer_or_404(request, offer_id), PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return page_of(request, seen, picture_form=form)
    given = form.cleaned_data
    try:
        if given["file"].size > PICTURE_MOST:
            raise FileRefused("picture_too_heavy")  # before it is read into memory
        picture_offer(
            offer_id=offer_id, content=given["file"].read(), says=given["says"], at=present(), actor=actor_of(request)
        )
    except FileRefused as refused:
        form.add_error("file", refusal_word(refused.code))
        return page_of(request, seen, picture_form=form)
    except OfferIsClosed:
        return gone_meanwhile(request, offer_id)
    say(request, _("The picture stands on its page now, and on its share card."))
    return redirect("console:offer", offer_id)


@needs("goods.see", "goods.edit")
@require_POST
def offer_picture_off(request: StaffRequest, offer_id: int) -> HttpResponse:
    """Takes the picture off."""
    offer_or_404(request, offer_id)
    try:
        gone = unpicture_offer(offer_id=offer_id, at=present(), actor=actor_of(request))
    except OfferIsClosed:
        return gone_meanwhile(request, offer_id)
    say(request, _("The picture is off.") if gone else _("There was no picture."), kind="good" if gone else "bad")
    return redirect("console:offer", offer_id)
