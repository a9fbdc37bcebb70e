"""Sources (接入): write keys with which sites and servers send events, the last events of each, and what to paste."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.intake.recent import KeyTraffic, RecentEvent, RecentProblem, events_of, problems_of, traffic
from tongpin.core.team import actions
from tongpin.core.team.credentials import Made, NamespaceRefused, OriginRefused
from tongpin.core.team.queries import KeyListed, write_keys
from tongpin.web.console.snippets import PLACEHOLDER, Snippet, snippets
from tongpin.web.console.track_words import EVENT_KINDS, PROBLEMS, TELLING
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class Line:
    """A key in the list with what came by it."""

    key: KeyListed
    traffic: KeyTraffic


@dataclass(frozen=True, slots=True)
class Event:
    """A good event in words."""

    at: datetime
    word: str
    name: str
    raw: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An event that could not be used, in words."""

    at: datetime
    word: str
    detail: str
    raw: str


class KeyForm(forms.Form):
    """A new write key."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Where it is used"),
        choices=[
            ("browser", gettext_lazy("In browsers and mini programs: everybody can read it; what it sends are claims")),
            ("server", gettext_lazy("On your own server: secret; what it sends is believed")),
        ],
        widget=forms.RadioSelect,
        initial="browser",
    )
    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    origins = forms.CharField(
        label=gettext_lazy("Sites that may use it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For browser keys, one a line, such as https://shop.example.com"),
    )
    namespace = forms.CharField(
        label=gettext_lazy("Namespace of user ids"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "For server keys that share the user ids of one shop; leave it empty for a namespace of its own."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """A browser key needs to know its sites."""
        given = super().clean() or {}
        if given.get("kind") == "browser" and not (given.get("origins") or "").split():
            self.add_error("origins", _("Say on which sites this key is used."))
        return given


def _house() -> str:
    return settings.PUBLIC_URL.rstrip("/")


def _list_page(request: StaffRequest, form: KeyForm | None = None) -> HttpResponse:
    chosen = form or KeyForm()
    found = write_keys(now=present())
    seen = traffic(key_ids=[one.key.id for one in found])
    lines = [Line(one, seen.get(one.key.id, KeyTraffic(0, 0, None))) for one in found]
    return render(
        request,
        "console/settings/keys.html",
        {"lines": lines, "form": chosen, "house": _house(), "may_token": bool(request.staff.scope("api.use"))},
        status=422 if chosen.is_bound else 200,
    )


@needs("keys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("made")
@never_cache
def keys(request: StaffRequest) -> HttpResponse:
    """All write keys, and the form that makes one. The secret is shown once, on the page that answers the form."""
    if request.method != "POST":
        return _list_page(request)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form)
    given = form.cleaned_data
    try:
        made = actions.make_write_key(
            actor=request.actor,
            kind=given["kind"],
            name=given["name"],
            origins=given["origins"].split(),
            namespace=given["namespace"] if given["kind"] == "server" else "",
            now=present(),
        )
    except OriginRefused:
        form.add_error("origins", _("A site is written like this, without a path: https://shop.example.com"))
        return _list_page(request, form)
    except NamespaceRefused:
        form.add_error("namespace", _("Up to 40 small letters, digits and hyphens, not beginning with b-."))
        return _list_page(request, form)
    return _secret_page(request, made, kind=given["kind"], name=given["name"])


@sensitive_variables("made")
def _secret_page(request: StaffRequest, made: Made, *, kind: str, name: str) -> HttpResponse:
    drawn = snippets(kind="browser" if kind == "browser" else "server", key=made.secret, house=_house())
    context = {"made": made, "is_browser": kind == "browser", "name": name, "snippets": drawn}
    return render(request, "console/settings/key_made.html", context)


def _key_or_404(key_id: int) -> KeyListed:
    found = next((one for one in write_keys(now=present()) if one.key.id == key_id), None)
    if found is None:
        raise Http404
    return found


@needs("keys.manage")
@require_safe
def key(request: StaffRequest, key_id: int) -> HttpResponse:
    """One key: its last events, good and bad with reasons, what to paste, and how to renew or end it."""
    one = _key_or_404(key_id)
    drawn: list[Snippet] = snippets(kind=one.key.kind, key=one.public or PLACEHOLDER, house=_house())
    parts = {
        "listed": one,
        "traffic": traffic(key_ids=[key_id]).get(key_id, KeyTraffic(0, 0, None)),
        "events": [_event(event) for event in events_of(key_id=key_id)],
        "problems": [_problem(problem) for problem in problems_of(key_id=key_id)],
        "snippets": drawn,
        "at": present(),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "console/settings/key_events.html" if fragment else "console/settings/key.html", parts)


def _event(event: RecentEvent) -> Event:
    return Event(event.at, str(EVENT_KINDS.get(event.kind, event.kind)), event.name, event.body)


def _problem(problem: RecentProblem) -> Problem:
    word = PROBLEMS.get(problem.reason, problem.reason.replace("_", " "))
    detail = problem.detail if problem.reason in TELLING or problem.reason not in PROBLEMS else ""
    return Problem(problem.at, str(word), detail, problem.raw)


@needs("keys.manage")
@require_POST
@sensitive_variables("made")
@never_cache
def key_roll(request: StaffRequest, key_id: int) -> HttpResponse:
    """A new secret; the old one goes on for a day."""
    one = _key_or_404(key_id)
    made = actions.roll_write_key(actor=request.actor, key_id=key_id, now=present())
    if made is None:
        say(request, _("This key was renewed already; use the newer one."), kind="bad")
        return redirect("console:keys")
    return _secret_page(request, made, kind=one.key.kind, name=one.key.name)


@needs("keys.manage")
@require_POST
def key_revoke(request: StaffRequest, key_id: int) -> HttpResponse:
    """The key stops at once."""
    if actions.revoke_write_key(actor=request.actor, key_id=key_id, now=present()):
        say(request, _("The key stopped. What it sends now is refused."))
    else:
        say(request, _("This key had stopped before."), kind="bad")
    return redirect("console:keys")
