"""Changing an offer: its name and words, postage, limits, until when it is on sale."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.loop.sell.offers.actions import OfferIsClosed, TermsWrong
from tongpin.loop.sell.offers.amending import amend_offer
from tongpin.web.console.offers_page import gone_meanwhile
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import offer_or_404, within
from tongpin.web.console.sell_forms import EditForm, refuse
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@needs("goods.see", "goods.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: StaffRequest, offer_id: int) -> HttpResponse:
    """The form with what holds now; from the moment it is sent the new words and limits hold."""
    seen = offer_or_404(request, offer_id)
    if seen.closed_at is not None or not within(request.scope, seen.community):
        return redirect("console:offer", offer_id)
    form = EditForm(request.POST) if request.method == "POST" else EditForm.of(seen)
    if form.is_bound and form.is_valid():
        try:
            changed = amend_offer(offer_id=offer_id, wanted=form.wanted(), at=present(), actor=actor_of(request))
        except OfferIsClosed:
            return gone_meanwhile(request, offer_id)
        except TermsWrong as wrong:
            refuse(form, wrong.reason)
        else:
            say(
                request,
                _("It holds from now on. Orders and groups that run keep theirs.")
                if changed
                else _("Nothing was different."),
            )
            return redirect("console:offer", offer_id)
    return render(
        request, "console/sell/offer_edit.html", {"form": form, "it": seen}, status=422 if form.is_bound else 200
    )
