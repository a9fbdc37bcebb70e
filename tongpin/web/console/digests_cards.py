"""Cards of a digest that is out, which a human pastes: on its page, counted when copied, done by one tap; and on Today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import meet
from tongpin.loop.give.digests.cards import DigestAtHand, cards_of, digests_at_hand
from tongpin.web.console import errand_cards
from tongpin.web.console.digests_doors import digest_or_404
from tongpin.web.console.today_parts import Todo
from tongpin.web.look.gate import StaffRequest, needs

SHOWN = 5


def _card_or_404(request: StaffRequest, digest_id: int, errand_id: int) -> None:
    digest_or_404(request, digest_id)
    if all(one.id != errand_id for one in cards_of(digest_id=digest_id)):
        raise Http404


@needs("places.see", "messages.see")
@require_POST
def card_copied(request: StaffRequest, digest_id: int, errand_id: int) -> HttpResponse:
    """Somebody copied a card: a touch that is counted."""
    _card_or_404(request, digest_id, errand_id)
    return errand_cards.copied(errand_id)


@needs("places.see", "messages.see")
@require_POST
def card_done(request: StaffRequest, digest_id: int, errand_id: int) -> HttpResponse:
    """A card was pasted."""
    _card_or_404(request, digest_id, errand_id)
    return errand_cards.done(request, errand_id, back=reverse("console:digest", args=[digest_id]))


def of_digests(mate: Teammate, now: datetime) -> Iterator[Todo]:
    """Cards of digests that wait for this teammate, on Today. One query."""
    scope = meet(mate.scope("places.see"), mate.scope("messages.see"))
    for one in digests_at_hand(scope=scope, limit=SHOWN) if scope else ():
        yield _todo(one, now)


def _todo(one: DigestAtHand, now: datetime) -> Todo:
    text = ngettext(
        "Digest «%(title)s»: <b>%(count)s card</b> to be pasted by hand",
        "Digest «%(title)s»: <b>%(count)s cards</b> to be pasted by hand",
        one.cards,
    )
    what = format_html(text % {"title": "{}", "count": "{}"}, one.title, one.cards)
    return errand_cards.to_paste(what, due=one.due, page=reverse("console:digest", args=[one.id]), now=now)
