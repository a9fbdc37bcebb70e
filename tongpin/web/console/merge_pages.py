"""Merging any two people by hand (合并): choose the other by searching, look at both, merge; and taking a merge back."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.core.people import merging
from tongpin.core.people.comparing import Side, sides
from tongpin.core.people.models import Merge
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, root_of, roots_of
from tongpin.core.people.rules import Ground, grounds_from_json
from tongpin.core.people.scoping import among
from tongpin.core.team.trail import audit
from tongpin.web.console.people_doors import about_a_person, actor_of, done, root_or_404
from tongpin.web.console.people_filters import SEARCH, Chosen
from tongpin.web.console.people_list import line_of, page_of
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.console.side_by_side import column, compared, money_of
from tongpin.web.look.gate import StaffRequest, needs

BY_HAND = "by_hand"
FOUND = 20


def merge_audited(request: StaffRequest, *, kept: int, gone: int, reasons: list[Ground | str]) -> int:
    """Merges and writes the trail, in one transaction. Raises AlreadyOne, PersonUnknown, PersonIsErased."""
    at = present()
    with transaction.atomic():
        number = merging.merge(kept=kept, gone=gone, reasons=reasons, actor=actor_of(request), at=at)
        tell_merged(request, kept=kept, gone=gone, merge=number)
    return number


def tell_merged(request: StaffRequest, *, kept: int, gone: int, merge: int) -> None:
    """The trail's line of a merge."""
    details = {"other": gone, "merge": merge}
    audit(actor=request.actor, action="person.merged", at=present(), subject=("person", kept), details=details)


@needs("people.see", "people.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_person
def person_merge(request: StaffRequest, person_id: int) -> HttpResponse:
    """Choosing the other one: a search comes as POST and leads to a sealed address."""
    root = root_or_404(request, person_id)
    address = reverse("console:person_merge", args=[root])
    if request.method == "POST":
        typed = request.POST.get("who", "").strip()[:200]
        return redirect(f"{address}?s={seal(typed, purpose=SEARCH)}" if typed else address)
    typed = unseal(request.GET.get("s", ""), purpose=SEARCH)
    rows = page_of(request.scope, Chosen(search=typed), limit=FOUND).rows if typed else ()
    one = _sides_or_404(request, [root])[root]
    context = {
        "one": column(one),
        "typed": typed,
        "lines": [line_of(row, {}) for row in rows if row.person_id != root],
    }
    return render(request, "console/people/merge_choose.html", context)


@needs("people.see", "people.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_person
def person_merge_with(request: StaffRequest, person_id: int, other_id: int) -> HttpResponse:
    """Both side by side; a POST merges the other into the first."""
    root, other = root_or_404(request, person_id), root_or_404(request, other_id)
    if root == other:
        return done(request, _("These two are one person already."), "console:person", root)
    if request.method == "POST":
        try:
            number = merge_audited(request, kept=root, gone=other, reasons=[BY_HAND])
        except merging.AlreadyOne:
            return done(request, _("These two are one person already."), "console:person", root)
        undo = reverse("console:merge_part", args=[number])
        return done(request, _("Now one person."), "console:person", root, undo=undo)
    both = _sides_or_404(request, [root, other])
    context = {"pair": compared(both[root], both[other], money=money_of(request))}
    return render(request, "console/people/merge_with.html", context)


def _sides_or_404(request: StaffRequest, roots: list[int]) -> dict[int, Side]:
    found = sides(roots=roots, scope=request.scope)
    if len(found) != len(roots):
        raise Http404
    return found


def _merge_or_404(request: StaffRequest, merge_id: int) -> Merge:
    """A merge of two people who lie within the view's scope."""
    found = Merge.objects.filter(pk=merge_id).first() if merge_id < 1 << 63 else None
    roots = set(roots_of(person_ids=[found.kept, found.gone]).values()) if found else set()
    if found is None or among(person_ids=roots, scope=request.scope) != roots:
        raise Http404
    return found


@needs("people.see", "people.merge")
@require_POST
def merge_part(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Takes a merge back (拆开)."""
    found, at = _merge_or_404(request, merge_id), present()
    try:
        with transaction.atomic():
            merging.part(merge_id=found.pk, actor=actor_of(request), at=at)
            details = {"other": found.gone, "merge": found.pk}
            audit(actor=request.actor, action="person.parted", at=at, subject=("person", found.kept), details=details)
    except merging.MergeUnknown:
        return done(
            request,
            _("This merge was taken back already."),
            "console:person",
            root_of(person_id=found.kept),
            kind="bad",
        )
    except (PersonUnknown, PersonIsErased):
        raise Http404 from None
    undo = reverse("console:merge_again", args=[found.pk])
    return done(request, _("Two people again."), "console:person", root_of(person_id=found.kept), undo=undo)


@needs("people.see", "people.merge")
@require_POST
def merge_again(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Merges what was parted by a slip, for the reasons of the first time."""
    found = _merge_or_404(request, merge_id)
    reasons: list[Ground | str] = [*grounds_from_json(found.reasons)] or [BY_HAND]
    try:
        merge_audited(request, kept=found.kept, gone=found.gone, reasons=reasons)
    except merging.AlreadyOne:
        return done(request, _("These two are one person already."), "console:person", root_of(person_id=found.kept))
    except (PersonUnknown, PersonIsErased):
        raise Http404 from None
    return done(request, _("Now one person."), "console:person", root_of(person_id=found.kept))
