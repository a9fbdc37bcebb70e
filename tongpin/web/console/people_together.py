"""One tag for several people of the list at once (批量打标签), and taking it off again."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tongpin.base.clock import now as present
from tongpin.core.people.labelling_many import put_tag_on_all, take_tag_back
from tongpin.core.people.labels import Empty, TagHasRule
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

MOST = 200
ACT = "people_tag"


def _back(request: StaffRequest) -> HttpResponse:
    """Back to the very list one came from."""
    people = reverse("console:people")
    given = request.POST.get("back", "")
    return redirect(given if given.startswith(f"{people}?") else people)


@needs("people.see", "people.edit")
@require_POST
def people_tag(request: StaffRequest) -> HttpResponse:
    """Tags everybody who was chosen in the list."""
    given = request.POST.getlist("who")[:MOST]
    chosen = {int(one) for one in given if one.isdecimal() and len(one) < 19}
    if not chosen:
        say(request, _("Choose somebody first: tick the boxes in front of the names."), kind="bad")
        return _back(request)
    name, at = request.POST.get("name", "").strip()[:60], present()
    try:
        tag, put = put_tag_on_all(person_ids=chosen, name=name, scope=request.scope, actor=actor_of(request), at=at)
    except Empty:
        say(request, _("Give the tag a name."), kind="bad")
        return _back(request)
    except TagHasRule:
        say(request, _("This tag follows a rule: the rule puts it on and takes it off, nobody else."), kind="bad")
        return _back(request)
    if not put:
        say(request, _("All of them are tagged “%(name)s” already.") % {"name": name})
        return _back(request)
    act = seal(f"{tag} {at.isoformat()}", purpose=ACT)
    text = ngettext("%(count)s person tagged “%(name)s”.", "%(count)s people tagged “%(name)s”.", put)
    say(request, text % {"count": put, "name": name}, undo=reverse("console:people_tag_back", args=[act]))
    return _back(request)


@needs("people.see", "people.edit")
@require_POST
def people_tag_back(request: StaffRequest, act: str) -> HttpResponse:
    """Takes off what was put on at once."""
    tag, _space, moment = unseal(act, purpose=ACT).partition(" ")
    taken = 0
    if tag.isdecimal() and moment:
        taken = take_tag_back(
            tag_id=int(tag),
            put_at=datetime.fromisoformat(moment),
            scope=request.scope,
            actor=actor_of(request),
            at=present(),
        )
    if taken:
        text = ngettext("Taken off %(count)s person again.", "Taken off %(count)s people again.", taken)
        say(request, text % {"count": taken})
    else:
        say(request, _("There was nothing to take off any more."), kind="bad")
    return redirect("console:people")
