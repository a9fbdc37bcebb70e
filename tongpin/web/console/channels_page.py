"""Settings → Channels (设置 → 渠道): accounts by which letters leave the house, and whether they work."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.base.ids import token
from tongpin.channels.matrix.configuration import registration_yaml
from tongpin.channels.port import BadConfig, ChannelError, Health
from tongpin.core.sending.accounts import (
    AccountSeen,
    NoSuchAccount,
    account_config,
    account_seen,
    accounts,
    connect,
    disconnect,
    note_health,
    open_account,
)
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.queries import letters_about, waiting
from tongpin.core.sending.queueing import NewLetter, queue_letter
from tongpin.core.sending.supplying import house_supplies
from tongpin.reactions.phrases import trial_letter
from tongpin.web.console.channels_forms import MailForm, MatrixForm, TrialForm
from tongpin.web.console.channels_words import KINDS, MUST, STATES, reason_word
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

FORMS: dict[str, type[forms.Form]] = {"mail": MailForm, "matrix": MatrixForm}
SECRETS = {"mail": ("password",), "matrix": ()}
"""Settings that are typed and never shown: left empty, they stay."""

BOUND_TO = ("host", "port", "security", "user")
"""A secret is for these alone: whoever changes one of them types it again."""

MADE = {"matrix": ("as_token", "hs_token")}
"""Settings that the house makes by itself: nobody types them."""

TRIAL = "channel_trial"
ANSWERS_WITHIN = 20.0
HOMESERVER_TELLS = "/hooks/matrix"


@dataclass(frozen=True, slots=True)
class Card:
    """A channel on the page: its account, if there is one, and what waits for it."""

    kind: str
    word: str
    account: AccountSeen | None
    form: forms.Form
    why: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A test letter and how far it is."""

    at: datetime
    word: str
    chip: str
    why: str


@needs("settings.change")
@require_safe
def channels(request: StaffRequest) -> HttpResponse:
    """The whole page."""
    return _page(request)


def _page(request: StaffRequest, **typed: forms.Form) -> HttpResponse:
    held = {one.kind: one for one in accounts()}
    cards = {kind: _card(kind, held.get(kind), typed.get(kind)) for kind in FORMS}
    trials = letters_about(about_kind=TRIAL, about=request.staff.id)[-3:]
    context: dict[str, Any] = {
        "mail": cards["mail"],
        "matrix": cards["matrix"],
        "trial_form": typed.get("trial") or TrialForm(),
        "trials": [
            Trial(one.done_at or one.not_before, str(STATES[one.state][0]), STATES[one.state][1], _why(one.reason))
            for one in reversed(trials)
        ],
        "has_mail": "mail" in held,
    }
    return render(request, "console/channels/channels.html", context, status=422 if typed else 200)


def _why(reason: str) -> str:
    return reason_word(reason) if reason else ""


def _card(kind: str, account: AccountSeen | None, typed: forms.Form | None) -> Card:
    kept = account_config(kind) or {} if account else {}
    hidden = {*SECRETS.get(kind, ()), *MADE.get(kind, ())}
    form = typed or FORMS[kind](initial={name: value for name, value in kept.items() if name not in hidden} or None)
    return Card(
        kind=kind,
        word=str(KINDS[kind]),
        account=account,
        form=form,
        why=_why(account.reason) if account else "",
        waiting=sum(waiting(channel=kind).values()) if account else 0,
    )


@needs("settings.change")
@require_POST
def channel_connect(request: StaffRequest, kind: str) -> HttpResponse:
    """Keeps the settings and asks the server at once whether it knows us."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST)
    if not form.is_valid():
        return _page(request, **{kind: form})
    if _goes_elsewhere(kind, form):
        form.add_error("password", _("For another server or user, type the password again."))
        return _page(request, **{kind: form})
    try:
        seen = connect(kind=kind, config=_config(kind, form), at=present(), actor=actor_of(request))
    except BadConfig as bad:
        form.add_error(
            bad.setting if bad.setting in form.fields else None, str(MUST.get(bad.setting, _("This cannot be.")))
        )
        return _page(request, **{kind: form})
    if kind == "matrix" and seen.checked_at is None:
        say(request, _("Kept. Now give the homeserver the registration, then check."))
        return redirect("console:channels")
    _tell(request, kind, _ask_platform(kind, seen.edition, actor=actor_of(request)))
    return redirect("console:channels")


def _goes_elsewhere(kind: str, form: forms.Form) -> bool:
    """Whether a secret that was left empty would be told to another server than it was typed for, or less safely."""
    kept = account_config(kind) or {}
    given = form.cleaned_data
    left = [name for name in SECRETS.get(kind, ()) if kept.get(name) and not given.get(name)]
    if not left or not given.get("user"):
        return False
    return any(str(given.get(name) or "") != kept.get(name, "") for name in BOUND_TO)


def _config(kind: str, form: forms.Form) -> Mapping[str, str]:
    """What was typed, what stays, and what the house makes."""
    kept = account_config(kind) or {}
    told = {name: str(value) for name, value in form.cleaned_data.items() if value}
    for name in SECRETS.get(kind, ()):
        if name not in told and kept.get(name) and told.get("user"):
            told[name] = kept[name]
    for name in MADE.get(kind, ()):
        told[name] = kept.get(name) or secrets.token_urlsafe(32)
    return told


def _ask_platform(kind: str, edition: int, *, actor: str) -> Health:
    """What the server says of us now, kept as well. It is waited for: a teammate sits before the page."""

    async def asked() -> Health:
        desk = Desk()
        try:
            channel = await desk(open_account, kind, house_supplies(kind=kind, desk=desk))
            try:
                async with asyncio.timeout(ANSWERS_WITHIN):
                    return await channel.check()
            finally:
                await channel.close()
        except TimeoutError:
            return Health(ok=False, reason="no_answer")
        except ChannelError as error:
            return Health(ok=False, reason=error.reason)
        finally:
            await desk.close()

    health = asyncio.run(asked())
    note_health(kind=kind, health=health, edition=edition, at=present(), actor=actor)
    return health


def _tell(request: StaffRequest, kind: str, health: Health) -> None:
    word = {"channel": str(KINDS[kind])}
    if health.ok:
        say(request, _("%(channel)s is connected and answers.") % word)
    else:
        told = {**word, "why": reason_word(health.reason)}
        say(request, _("%(channel)s is kept, but does not work yet: %(why)s.") % told, kind="bad")


@needs("settings.change")
@require_POST
def channel_check(request: StaffRequest, kind: str) -> HttpResponse:
    """Asks the server whether it knows us."""
    seen = account_seen(kind=kind) if kind in FORMS else None
    if seen is None:
        raise Http404
    try:
        _tell(request, kind, _ask_platform(kind, seen.edition, actor=actor_of(request)))
    except NoSuchAccount:
        say(request, _("It was disconnected meanwhile."), kind="bad")
    return redirect("console:channels")


@needs("settings.change")
@require_http_methods(["GET", "HEAD", "POST"])
def channel_disconnect(request: StaffRequest, kind: str) -> HttpResponse:
    """Forgets an account, after a look at what that means."""
    seen = account_seen(kind=kind) if kind in FORMS else None
    if seen is None:
        raise Http404
    word = {"channel": str(KINDS[kind])}
    if request.method == "POST":
        disconnect(kind=kind, at=present(), actor=actor_of(request))
        say(request, _("%(channel)s is disconnected.") % word)
        return redirect("console:channels")
    left = sum(waiting(channel=kind).values())
    sure = Sure(
        title=_("Disconnect %(channel)s") % word,
        lead=_("The settings are forgotten; to connect again they are typed again."),
        label=_("Disconnect %(channel)s") % word,
        back=reverse("console:channels"),
        effects=(
            (_("What waits"), _("%(n)s letters wait until it is connected again") % {"n": left}),
            (_("New letters to people"), _("lie in their inbox on the member pages")),
        ),
        step="house",
    )
    return ask(request, sure)


@needs("settings.change")
@require_POST
def channel_trial(request: StaffRequest) -> HttpResponse:
    """A letter through the whole way that every letter takes."""
    form = TrialForm(request.POST)
    if account_seen(kind="mail") is None:
        raise Http404
    if not form.is_valid():
        return _page(request, trial=form)
    letter = NewLetter(
        key=f"{TRIAL}:{token()}",
        letter_class="service",
        channel="mail",
        content=trial_letter(),
        address=form.cleaned_data["address"],
        about_kind=TRIAL,
        about=request.staff.id,
        fleeting=True,
    )
    queue_letter(letter=letter, at=present(), actor=actor_of(request))
    say(request, _("The test letter is on its way. Look below in a few seconds."))
    return redirect("console:channels")


@needs("settings.change")
@require_safe
def matrix_registration(request: StaffRequest) -> HttpResponse:
    """The file that the homeserver's operator gives it; it holds both secrets."""
    config = account_config("matrix")
    if config is None:
        raise Http404
    told = registration_yaml(config=config, url=str(settings.PUBLIC_URL).rstrip("/") + HOMESERVER_TELLS)
    answer = HttpResponse(told, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tongpin-registration.yaml"'
    answer["Cache-Control"] = "no-store"
    return answer
