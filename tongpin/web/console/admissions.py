"""Who asks to come in (入群申请): the list with their answers, letting in, refusing, taking a slip back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.gather.admission import deciding
from tongpin.loop.gather.admission.actions import AlreadyDecided, AlreadyIn, ApplicationUnknown
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.admission.queries import Waiting, applications_waiting, count_waiting
from tongpin.loop.gather.admission.rules import ANSWERED_WITHIN
from tongpin.web.console.community_frame import writers
from tongpin.web.console.community_words import REFUSALS, code_word, span
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_doors import actor_of, scope_in_view
from tongpin.web.console.people_words import name_or_number
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

SHOWN = 50
SOON = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who waits, in words. `until` and `chip` say how the promise to answer stands."""

    it: Waiting
    name: str
    href: str
    inviter: str
    inviter_href: str
    channel: str
    waited: str
    until: str
    chip: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody who was let in or refused, as long as that can be taken back; `why` they were refused."""

    id: int
    community_id: int
    community: str
    name: str
    href: str
    at: datetime
    until: datetime
    why: str
    by: str
    may_decide: bool


def asking(scope: Scope, *, may: Scope, now: datetime, limit: int) -> list[Asking]:
    """Who waits in these communities, the longest waiting first. `may`: where one decides. Four queries."""
    found = applications_waiting(scope=scope, now=now, limit=limit)
    return [_asking(one, may) for one in found]


def promise(waited: timedelta) -> tuple[str, str]:
    """(word, chip) for what is left of the promised time."""
    left = ANSWERED_WITHIN - waited
    if left <= timedelta(0):
        return _("%(time)s late") % {"time": span(-left)}, "warn"
    return _("%(time)s left") % {"time": span(left)}, "wait"


def _asking(one: Waiting, may: Scope) -> Asking:
    until, chip = promise(one.waited)
    return Asking(
        one,
        name_or_number(one.called, one.person_id),
        way("console:person", one.person_id),
        one.inviter,
        way("console:person", one.inviter_id) if one.inviter_id else "",
        code_word("entrance_channel", one.channel) if one.channel else "",
        span(one.waited),
        until,
        chip,
        may.holds(one.community_id),
    )


def refusals() -> list[tuple[str, str]]:
    """Reasons to choose from, in words."""
    return [(code, str(word)) for code, word in REFUSALS.items()]


@needs("people.see", "messages.see")
@require_safe
def admissions(request: StaffRequest) -> HttpResponse:
    """Everybody who waits, and whom one let in during the last minutes."""
    now, scope = present(), scope_in_view(request)
    may = request.staff.scope("people.edit")
    waiting = asking(scope, may=may, now=now, limit=SHOWN)
    context = {
        "waiting": waiting,
        "count": count_waiting(scope=scope) if len(waiting) == SHOWN else len(waiting),
        "late": sum(one.it.too_long for one in waiting),
        "just_in": _just_in(scope, may, now),
        "refused": _refused(scope, may, now),
        "refusals": refusals(),
        "back": "admissions",
        "promised": int(ANSWERED_WITHIN.total_seconds() // 3600),
        "by_community": True,
    }
    return render(request, "console/gather/admissions.html", context)


def _just_in(scope: Scope, may: Scope, now: datetime) -> list[Decided]:
    """Whom somebody let in so short ago that it can be taken back. Three queries."""
    let_in = Application.objects.filter(state=Application.State.ACCEPTED)
    return _decided(let_in, scope, may, now, within=deciding.TAKEN_BACK_WITHIN)


def _refused(scope: Scope, may: Scope, now: datetime) -> list[Decided]:
    """Whom somebody refused so short ago that it can be taken back, and who has not applied again. Three queries."""
    later = Application.objects.filter(
        community=OuterRef("community"), person=OuterRef("person"), pk__gt=OuterRef("pk")
    )
    refused = Application.objects.filter(~Exists(later), state=Application.State.REFUSED)
    return _decided(refused, scope, may, now, within=deciding.RECONSIDERED_WITHIN)


def _decided(
    held: QuerySet[Application], scope: Scope, may: Scope, now: datetime, *, within: timedelta
) -> list[Decided]:
    if isinstance(scope, Communities):
        held = held.filter(community__in=scope.ids)
    held = held.filter(decided_at__gte=now - within).select_related("community")
    rows = list(held.order_by("-decided_at", "-pk")[:SHOWN])
    names = display_names(person_ids=[row.person_id for row in rows])
    staff = writers(*{row.decided_by for row in rows})
    return [
        Decided(
            row.pk,
            row.community_id,
            row.community.name,
            name_or_number(names.get(row.person_id, ""), row.person_id),
            way("console:person", row.person_id),
            row.decided_at,
            row.decided_at + within,
            str(REFUSALS.get(row.reason, "")),
            staff.get(row.decided_by, ""),
            may.holds(row.community_id),
        )
        for row in rows
        if row.decided_at is not None
    ]


def _of(community_id: int, application_id: int) -> Application:
    """The application, if it is one to this community."""
    rows = Application.objects.filter(pk=application_id, community=community_id)
    row = rows.first() if max(application_id, community_id) < 1 << 63 else None
    if row is None:
        raise Http404
    return row


def _back(request: StaffRequest) -> HttpResponse:
    return redirect("console:today" if request.POST.get("back") == "today" else "console:admissions")


def _name(row: Application) -> str:
    return name_or_number(display_names(person_ids=[row.person_id]).get(row.person_id, ""), row.person_id)


def _told_decided(request: StaffRequest, name: str, first: AlreadyDecided) -> None:
    by = writers(first.decided_by).get(first.decided_by, "")
    outcome = {"accepted": _("let in"), "refused": _("refused"), "withdrawn": _("withdrawn")}.get(first.state, "")
    if by:
        text = _("%(name)s was decided already: %(outcome)s by %(by)s. Nothing was changed.")
    else:
        text = _("%(name)s was decided already: %(outcome)s. Nothing was changed.")
    say(request, text % {"name": name, "outcome": outcome, "by": by}, kind="bad")


def _told_erased(request: StaffRequest) -> None:
    say(request, _("This person was erased at their wish. Nothing was changed."), kind="bad")


@needs("people.see", "people.edit", "messages.see", community="community_id")
@require_POST
def admission_accept(request: StaffRequest, community_id: int, application_id: int) -> HttpResponse:
    """Lets somebody in; their welcome begins."""
    row = _of(community_id, application_id)
    name = _name(row)
    try:
        deciding.accept(application_id=row.pk, at=present(), actor=actor_of(request))
    except AlreadyDecided as first:
        _told_decided(request, name, first)
    except (PersonIsErased, ApplicationUnknown):
        _told_erased(request)
    else:
        undo = reverse("console:admission_back", args=[community_id, row.pk])
        say(request, _("%(name)s is in; the welcome has begun.") % {"name": name}, undo=undo)
    return _back(request)


@needs("people.see", "people.edit", "messages.see", community="community_id")
@require_POST
def admission_refuse(request: StaffRequest, community_id: int, application_id: int, reason: str) -> HttpResponse:
    """Does not let somebody in, for a reason they are told kindly. They may ask again."""
    row = _of(community_id, application_id)
    name = _name(row)
    try:
        deciding.refuse(application_id=row.pk, reason=reason, at=present(), actor=actor_of(request))
    except deciding.StrangeReason:
        raise Http404 from None
    except AlreadyDecided as first:
        _told_decided(request, name, first)
    except (PersonIsErased, ApplicationUnknown):
        _told_erased(request)
    else:
        text = _("%(name)s was not let in: %(reason)s. They may ask again.")
        undo = reverse("console:admission_reconsider", args=[community_id, row.pk])
        say(request, text % {"name": name, "reason": REFUSALS[reason]}, undo=undo)
    return _back(request)


@needs("people.see", "people.edit", "messages.see", community="community_id")
@require_POST
def admission_back(request: StaffRequest, community_id: int, application_id: int) -> HttpResponse:
    """Takes a slip back: somebody let in a moment ago is out again and waits as before."""
    row = _of(community_id, application_id)
    name = _name(row)
    try:
        deciding.take_back_accept(application_id=row.pk, at=present(), actor=actor_of(request))
    except deciding.TooLate:
        text = _("%(name)s was let in more than ten minutes ago. That cannot be taken back.")
        say(request, text % {"name": name}, kind="bad")
    except deciding.NotAccepted:
        say(request, _("%(name)s was not let in. Nothing was changed.") % {"name": name}, kind="bad")
    except (PersonIsErased, ApplicationUnknown):
        _told_erased(request)
    else:
        say(request, _("%(name)s waits again as before.") % {"name": name})
    return _back(request)


@needs("people.see", "people.edit", "messages.see", community="community_id")
@require_POST
def admission_reconsider(request: StaffRequest, community_id: int, application_id: int) -> HttpResponse:
    """Takes a refusal back: the application waits again."""
    row = _of(community_id, application_id)
    name = {"name": _name(row)}
    try:
        changed = deciding.reconsider(application_id=row.pk, at=present(), actor=actor_of(request))
    except deciding.TooLate:
        text = _("%(name)s was refused more than seven days ago. Ask them to apply again.")
        say(request, text % name, kind="bad")
    except deciding.AppliedAgain:
        say(request, _("%(name)s has applied again since. Decide on that application.") % name, kind="bad")
    except AlreadyIn:
        say(request, _("%(name)s has come in since. Nothing was changed.") % name, kind="bad")
    except deciding.NotRefused:
        say(request, _("%(name)s is not refused. Nothing was changed.") % name, kind="bad")
    except (PersonIsErased, ApplicationUnknown):
        _told_erased(request)
    else:
        text = _("%(name)s waits again; the promise to answer begins anew.") if changed else _("%(name)s waits again.")
        say(request, text % name)
    return _back(request)
