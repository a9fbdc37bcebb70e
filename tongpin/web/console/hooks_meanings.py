"""What the fields of a webhook mean (认字段): proposed, chosen by a person, shown with what a post would become."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.intake.hook_listing import HookSeen, fields_of
from tongpin.core.intake.hooks import ShopUnknown, map_hook
from tongpin.core.intake.meanings import BadMapping
from tongpin.web.console.hooks_fields import become_seen, fields_seen, said
from tongpin.web.console.hooks_forms import MeaningForm
from tongpin.web.console.hooks_list import hook_or_404, line_of
from tongpin.web.console.hooks_page import tell_read
from tongpin.web.console.hooks_words import mapping_fault, meaning_choices
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


def _page(
    request: StaffRequest, seen: HookSeen, form: MeaningForm, chosen: dict[str, str] | None, *, wrong: str = ""
) -> HttpResponse:
    fields = fields_of(hook_id=seen.id)
    rows = fields_seen(fields, chosen=chosen, kind=seen.kind)
    meant = {row.path: row.chosen for row in rows if row.chosen}
    place = form["place"].value() or ""
    shop = int(place) if str(place).isdecimal() else seen.place_id
    event = str(form["event"].value() or seen.event)
    context = {
        "hook": seen,
        "line": line_of(seen),
        "form": form,
        "rows": rows,
        "guesses": sum(row.is_guess for row in rows),
        "choices": meaning_choices(),
        "become": become_seen(fields, meant, via=f"hook:{seen.id}", shop_id=shop, event=event, at=present())
        if fields and meant
        else None,
        "wrong": wrong,
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/settings/hook_meanings_part.html" if part else "console/settings/hook_meanings.html"
    return render(request, template, context, status=422 if wrong and not part else 200)


@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def hook_meanings(request: StaffRequest, hook_id: int) -> HttpResponse:
    """Shows the fields of the sample; a POST keeps their meanings and reads what waited, or only looks."""
    seen = hook_or_404(hook_id)
    if request.method != "POST":
        initial = {"event": seen.event, "place": str(seen.place_id or "")}
        form = MeaningForm(initial=initial)
        return _page(request, seen, form, seen.mapping or None)
    form = MeaningForm(request.POST)
    mapping = said(request.POST)
    if not form.is_valid():
        return _page(request, seen, form, mapping, wrong=_("Look at the fields marked below."))
    if request.POST.get("go") != "save":
        return _page(request, seen, form, mapping)
    given = form.cleaned_data
    shop = int(given["place"]) if given["place"] else None
    try:
        map_hook(
            hook_id=seen.id, mapping=mapping, event=given["event"], shop_id=shop, actor=request.actor, at=present()
        )
    except BadMapping as wrong:
        return _page(request, seen, form, mapping, wrong=mapping_fault(wrong.fault, wrong.meaning))
    except ShopUnknown:
        form.add_error("place", _("Orders belong to a shop. Choose one, or leave it for a shop of its own."))
        return _page(request, seen, form, mapping, wrong=_("Look at the fields marked below."))
    if seen.state == "paused":
        say(request, _("Kept. It is paused: what waits is read when it goes on."))
    else:
        tell_read(request, seen.id, _("Kept."))
    return redirect("console:hook", hook_id=seen.id)
