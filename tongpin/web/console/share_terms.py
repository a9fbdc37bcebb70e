"""What introducers are promised (推荐条款): the rate, how long it is kept, the most an order earns; by edition."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.team.rules import Communities, meet
from tongpin.loop.share.commissions.actions import BadTerms, set_terms
from tongpin.loop.share.commissions.queries import TermsSeen, editions_of, latest_terms
from tongpin.loop.share.commissions.rules import MAX_HELD_DAYS, MAX_RATE, Terms
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_doors import communities_named, community_choices
from tongpin.web.console.sell_forms import YuanField, yuan_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

EDITIONS = 20


class TermsForm(forms.Form):
    """A promise from now on."""

    community = forms.ChoiceField(label=gettext_lazy("Where it holds"))
    rate = forms.DecimalField(
        label=gettext_lazy("Of what stays sold, in percent"),
        min_value=0,
        max_value=Decimal(MAX_RATE) / 100,
        max_digits=4,
        decimal_places=2,
    )
    held_days = forms.IntegerField(
        label=gettext_lazy("Kept for so many days after arrival"), min_value=0, max_value=MAX_HELD_DAYS
    )
    most = YuanField(label=gettext_lazy("The most one order earns, in yuan"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["community"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Edition:
    """Terms in words."""

    it: TermsSeen
    community: str
    rate: str


@needs("money.see")
@require_safe
def terms(request: StaffRequest) -> HttpResponse:
    """What holds where, what held before, and a form for whoever may change it."""
    choices = _choices(request)
    asked, mine = request.GET.get("community", ""), [number for number, _name in choices]
    shown = asked if asked in mine else mine[0] if mine else ""
    held = latest_terms().get(int(shown)) if shown else None
    now = held.terms if held is not None else Terms()
    initial = {
        "community": shown,
        "rate": f"{now.rate / 100:g}",
        "held_days": now.held_days,
        "most": yuan_of(now.most_fen or None),
    }
    return _page(request, TermsForm(initial=initial, choices=choices), choices)


@needs("money.see", "goods.edit")
@require_POST
def terms_set(request: StaffRequest) -> HttpResponse:
    """Promises something from now on."""
    choices = _choices(request)
    form = TermsForm(request.POST, choices=choices)
    if form.is_valid() and _set(request, form):
        return redirect("console:share_terms")
    return _page(request, form, choices)


def _choices(request: StaffRequest) -> list[tuple[str, str]]:
    """For whom this teammate may promise something."""
    scope = meet(request.scope, request.staff.scope("goods.edit"))
    return community_choices(scope) if scope else []


def _page(request: StaffRequest, form: TermsForm, choices: list[tuple[str, str]]) -> HttpResponse:
    scope = request.scope
    held = [
        one for one in latest_terms().values() if not isinstance(scope, Communities) or one.community in (0, *scope.ids)
    ]
    names = communities_named(one.community for one in held)
    past = [one for seen in held for one in editions_of(community_id=seen.community)]
    past.sort(key=lambda one: one.set_at, reverse=True)
    context = {
        "tab": "terms",
        "held": [_edition(one, names) for one in held],
        "past": [_edition(one, names) for one in past[:EDITIONS]],
        "form": form if choices else None,
    }
    return render(request, "console/share/terms.html", context, status=422 if form.is_bound else 200)


def _edition(one: TermsSeen, names: dict[int, str]) -> Edition:
    return Edition(one, names.get(one.community, ""), f"{one.terms.rate / 100:g}%")


def _set(request: StaffRequest, form: TermsForm) -> bool:
    given = form.cleaned_data
    try:
        set_terms(
            community_id=int(given["community"]),
            rate=int(given["rate"] * 100),
            held_days=given["held_days"],
            most_fen=given["most"] or 0,
            at=present(),
            actor=actor_of(request),
        )
    except BadTerms:
        form.add_error(None, _("Nobody can be promised this. Look at the limits beside the fields."))
        return False
    say(request, _("This holds for orders paid from now on. What was earned before stays as it was promised."))
    return True
