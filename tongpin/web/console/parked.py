"""Facts set aside (搁置): which reaction could not be done, why, and what a human says to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.ledger.lanes import TRIES, pass_over, try_again
from tongpin.core.ledger.models import Parked
from tongpin.core.ledger.queries import entries_with, parked
from tongpin.core.team.trail import audit
from tongpin.web.console.saying import Happened, happened
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class Line:
    """One fact set aside. `is_head`: it is the first of its subject; those behind wait for it."""

    parked: Parked
    said: Happened | None
    is_head: bool
    behind: int

    @property
    def dialog(self) -> str:
        """The name of the dialog that asks once more."""
        return f"over-{self.parked.pk}"


@needs("ledger.retry")
@require_safe
def today_parked(request: StaffRequest) -> HttpResponse:
    """All facts set aside, the oldest lines first, each line in order. Three queries and the names in the sentences."""
    found = parked()
    said = {one.seq: one for one in happened(entries_with(seqs=[one.seq for one in found]))} if found else {}
    heads: dict[tuple[str, str], int] = {}
    for one in sorted(found, key=lambda p: p.seq):
        heads.setdefault((one.reaction, one.subject), one.pk)
    lines = [
        Line(
            one,
            said.get(one.seq),
            heads[one.reaction, one.subject] == one.pk,
            sum(p.reaction == one.reaction and p.subject == one.subject and p.seq > one.seq for p in found),
        )
        for one in sorted(found, key=lambda p: (heads[p.reaction, p.subject], p.seq))
    ]
    return render(request, "console/today/parked.html", {"lines": lines, "tries": TRIES})


def _parked_or_404(parked_id: int) -> Parked:
    found = Parked.objects.filter(pk=parked_id).first()
    if found is None:
        raise Http404
    return found


@needs("ledger.retry")
@require_POST
def today_parked_again(request: StaffRequest, parked_id: int) -> HttpResponse:
    """The fact is tried at once."""
    one = _parked_or_404(parked_id)
    with transaction.atomic():
        try_again(one.pk)
        audit(
            actor=request.actor, action="parked.retried", at=present(), subject=("entry", one.seq), details=_codes(one)
        )
    say(request, _("It is tried again within a few seconds."))
    return redirect("console:today_parked")


@needs("ledger.retry")
@require_POST
def today_parked_over(request: StaffRequest, parked_id: int) -> HttpResponse:
    """The fact is left out of this reaction for good; those behind it go on."""
    one = _parked_or_404(parked_id)
    with transaction.atomic():
        pass_over(one.pk)
        audit(
            actor=request.actor,
            action="parked.passed_over",
            at=present(),
            subject=("entry", one.seq),
            details=_codes(one),
        )
    say(request, _("Left out. What waits behind it goes on."))
    return redirect("console:today_parked")


def _codes(one: Parked) -> dict[str, str]:
    return {"reaction": re.sub(r"[^A-Za-z0-9_.]+", "/", one.reaction)[:80], "lane": one.reader}
