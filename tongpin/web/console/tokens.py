"""API tokens (接口令牌): for a teammate's own programs, never with more rights than the teammate has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.core.team import actions
from tongpin.core.team.credentials import RightRefused
from tongpin.core.team.queries import Teammate, TokenListed, api_tokens, names_of
from tongpin.core.team.rules import Right
from tongpin.web.console.team_words import RIGHT_WORDS
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

LASTS: dict[str, Promise] = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("a year"),
    "": gettext_lazy("until it is revoked"),
}


OFFERED: tuple[Right, ...] = (
    "people.see",
    "people.contact",
    "people.edit",
    "people.merge",
    "people.export",
    "people.erase",
    "messages.see",
    "places.see",
    "goods.see",
    "money.see",
    "import.see",
    "import.run",
    "import.take_back",
    "download",
    "ledger.see",
)
"""What a program may be allowed to do. The house itself (team, keys, settings, backups) is for people."""


@dataclass(frozen=True, slots=True)
class Line:
    """A token in the list."""

    token: TokenListed
    who: str
    rights: list[str | Promise]
    is_mine: bool

    @property
    def dialog(self) -> str:
        """The name of the dialog that asks once more."""
        return f"revoke-{self.token.id}"


class TokenForm(forms.Form):
    """A new token: some of one's own rights, for a while."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    rights = forms.MultipleChoiceField(label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple)
    lasts = forms.ChoiceField(label=gettext_lazy("It lasts"), required=False)

    def __init__(self, *arguments: object, mate: Teammate, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        held = [right for right in OFFERED if mate.scope(right)]
        self.fields["rights"] = forms.MultipleChoiceField(
            label=_("It may"),
            choices=[(right, str(RIGHT_WORDS[right])) for right in held],
            widget=forms.CheckboxSelectMultiple,
        )
        choices = [(days, str(word)) for days, word in LASTS.items()]
        self.fields["lasts"] = forms.ChoiceField(label=_("It lasts"), required=False, choices=choices, initial="90")


def _page(request: StaffRequest, form: TokenForm | None = None) -> HttpResponse:
    chosen = form or TokenForm(mate=request.staff)
    everybody = bool(request.staff.scope("team.manage"))
    found = api_tokens(now=present(), staff_id=None if everybody else request.staff.id)
    names = names_of(staff_ids={one.staff_id for one in found})
    lines = [
        Line(
            one,
            names.get(one.staff_id, ""),
            [RIGHT_WORDS[right] for right in one.rights],
            one.staff_id == request.staff.id,
        )
        for one in found
    ]
    context = {"lines": lines, "form": chosen, "house": settings.PUBLIC_URL.rstrip("/")}
    return render(request, "console/settings/tokens.html", context, status=422 if chosen.is_bound else 200)


@needs("api.use")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("made")
@never_cache
def tokens(request: StaffRequest) -> HttpResponse:
    """One's own tokens (all, for who runs the team), and the form that makes one. The secret is shown once."""
    if request.method != "POST":
        return _page(request)
    form = TokenForm(request.POST, mate=request.staff)
    if not form.is_valid():
        return _page(request, form)
    given, now = form.cleaned_data, present()
    try:
        made = actions.make_api_token(
            actor=request.actor,
            staff_id=request.staff.id,
            name=given["name"],
            rights=cast("list[Right]", given["rights"]),
            expires_at=now + timedelta(days=int(given["lasts"])) if given["lasts"] else None,
            now=now,
        )
    except RightRefused:
        form.add_error("rights", _("You do not hold one of these rights any more."))
        return _page(request, form)
    return render(
        request,
        "console/settings/token_made.html",
        {"made": made, "name": given["name"], "house": settings.PUBLIC_URL.rstrip("/")},
    )


@needs("api.use")
@require_POST
def token_revoke(request: StaffRequest, token_id: int) -> HttpResponse:
    """The token stops at once: one's own, or anybody's for who runs the team."""
    whose = None if request.staff.scope("team.manage") else request.staff.id
    if actions.revoke_api_token(actor=request.actor, token_id=token_id, staff_id=whose, now=present()):
        say(request, _("The token stopped."))
    else:
        say(request, _("There is no such token any more."), kind="bad")
    return redirect("console:tokens")
