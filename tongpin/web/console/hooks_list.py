"""Inbound webhooks (入站 Webhook): the list, and the form that makes one. The address is shown once."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.intake.hook_listing import HookSeen, hook_seen, hooks_seen
from tongpin.core.intake.hooks import HookUnknown, HookUnnamed, Made, ShopUnknown, open_hook
from tongpin.web.console.hooks_forms import HookForm, kind_word
from tongpin.web.console.hooks_words import HOOK_STATES
from tongpin.web.look.gate import StaffRequest, needs


@dataclass(frozen=True, slots=True)
class Line:
    """A webhook in the list."""

    hook: HookSeen
    kind: str
    state: str
    chip: str


def line_of(hook: HookSeen) -> Line:
    """A webhook in words."""
    word, chip = HOOK_STATES[hook.state]
    return Line(hook, kind_word(hook.kind), str(word), chip)


def hook_or_404(hook_id: int) -> HookSeen:
    """The webhook of the address, while it is open."""
    try:
        return hook_seen(hook_id=hook_id, at=present())
    except HookUnknown:
        raise Http404 from None


def _page(request: StaffRequest, form: HookForm | None = None) -> HttpResponse:
    shown = form or HookForm()
    context = {
        "lines": [line_of(one) for one in hooks_seen(at=present())],
        "form": shown,
        "may_keys": bool(request.staff.scope("keys.manage")),
    }
    return render(request, "console/settings/hooks.html", context, status=422 if shown.is_bound else 200)


@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("made")
@never_cache
def hooks(request: StaffRequest) -> HttpResponse:
    """All webhooks; a POST makes one and shows its address, this once."""
    if request.method != "POST":
        return _page(request)
    form = HookForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    given = form.cleaned_data
    try:
        made = open_hook(
            name=given["name"], kind=given["kind"], place_id=form.place_id, actor=request.actor, at=present()
        )
    except HookUnnamed:
        form.add_error("name", _("Give it a name."))
        return _page(request, form)
    except ShopUnknown:
        form.add_error("place", _("This place is not there any more. Choose another."))
        return _page(request, form)
    return address_page(request, made, name=given["name"], kind=given["kind"])


@sensitive_variables("made", "address")
def address_page(request: StaffRequest, made: Made, *, name: str, kind: str) -> HttpResponse:
    """The page that shows a secret address, once."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("hooks:take", args=[made.secret])
    context = {"made": made, "name": name, "address": address, "trial": trial(address, kind)}
    return render(request, "console/settings/hook_made.html", context)


def trial(address: str, kind: str) -> str:
    """A line that sends a trial post."""
    form = '{"手机": "13800000001", "称呼": "小美", "想参加": "亲子共读"}'
    order = '{"order_no": "T1", "mobile": "13800000001", "nickname": "小美", "title": "绘本", "paid": "89.00"}'
    body = order if kind == "order" else form
    return f"curl -H 'Content-Type: application/json' \\\n  -d '{body}' \\\n  {address}"
