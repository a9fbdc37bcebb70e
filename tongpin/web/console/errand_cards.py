"""Cards that a human pastes (代发), of a talk or of a digest: shown, counted when copied, done by one tap, due on Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongpin.base.clock import now as present
from tongpin.core.sending.errands import ErrandCancelled, NoSuchErrand, copy_errand, do_errand
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.today_parts import SOON, Heap, Todo, until_word
from tongpin.web.look.gate import StaffRequest
from tongpin.web.look.toast import say

ANCHOR = "#cards"
"""Where they stand on a page."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card in words: for which group, of what kind or where. `copied` and `done` are the addresses that note it."""

    place: str
    what: str
    text: str
    due: datetime | None
    copied: str
    done: str


def copied(errand_id: int) -> HttpResponse:
    """Somebody copied a card: a touch that is counted."""
    copy_errand(errand_id=errand_id)
    return HttpResponse(status=204)


def done(request: StaffRequest, errand_id: int, *, back: str) -> HttpResponse:
    """A card was pasted; leads back to the cards of the page `back`."""
    try:
        do_errand(errand_id=errand_id, staff_id=request.staff.id, at=present(), actor=actor_of(request))
    except (ErrandCancelled, NoSuchErrand):
        say(request, _("This card was taken back; it need not be pasted any more."), kind="bad")
    return redirect(f"{back}{ANCHOR}")


def to_paste(what: SafeString, *, due: datetime | None, page: str, now: datetime) -> Todo:
    """Cards that wait, on Today."""
    heap: Heap = "expiring" if due is not None and due - now < SOON else "waiting"
    why = _("copy, paste, done: about twenty seconds each")
    return Todo(heap, "give", what, why, until_word(due), "wait", _("Paste them"), f"{page}{ANCHOR}")
