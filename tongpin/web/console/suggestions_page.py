"""Who may be one person (待您定): two records side by side with reasons in words, and one word from a human."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.people import merging
from tongpin.core.people.comparing import Waiting, how_many_wait, sides, waiting, waiting_one
from tongpin.core.people.models import Merge, Suggestion
from tongpin.core.people.reconsidering import ask_again, kept_apart
from tongpin.core.people.roots import PersonIsErased, PersonUnknown
from tongpin.core.people.scoping import among
from tongpin.web.console.likeness_words import Band, Why, band, why
from tongpin.web.console.merge_pages import tell_merged
from tongpin.web.console.people_doors import actor_of, scope_in_view
from tongpin.web.console.side_by_side import Compared, compared, money_of
from tongpin.web.look import toast
from tongpin.web.look.gate import StaffRequest, needs

SHOWN = 10
LATER = "suggestions_later"
MOST_LATER = 500
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class PairSeen:
    """Two people who may be one, in words."""

    waiting: Waiting
    compared: Compared
    band: Band
    reasons: tuple[Why, ...]


def _later(request: StaffRequest) -> list[int]:
    """Suggestions this teammate put off in this session."""
    kept = request.session.get(LATER, [])
    return [one for one in kept if isinstance(one, int)] if isinstance(kept, list) else []


@needs("people.see", "people.merge")
@require_safe
def suggestions(request: StaffRequest) -> HttpResponse:
    """The likeliest first. What was put off comes back with `later`; `score` and `id` page by key."""
    scope, put_off = scope_in_view(request), _later(request)
    show_later = "later" in request.GET
    after = _after(request)
    found = waiting(scope=scope, after=after, leave_out=() if show_later else put_off, limit=SHOWN + 1)
    page = found[:SHOWN]
    both = sides(roots={root for one in page for root in (one.low, one.high)}, scope=request.scope) if page else {}
    money = money_of(request)
    pairs = [
        PairSeen(
            one,
            compared(both[one.low], both[one.high], money=money),
            band(one.score),
            tuple(why(ground) for ground in one.grounds),
        )
        for one in page
        if one.low in both and one.high in both
    ]
    address = reverse("console:suggestions")
    older = ""
    if len(found) > SHOWN:
        held = {"score": repr(page[-1].score), "id": page[-1].id} | ({"later": 1} if show_later else {})
        older = f"{address}?{urlencode(held)}"
    total = how_many_wait(scope=scope, most=COUNTED)
    context = {
        "pairs": pairs,
        "total": total,
        "many": total >= COUNTED,
        "put_off": 0 if show_later else min(len(put_off), total),
        "older": older,
        "first": address if after else "",
        "apart": kept_apart(scope=scope, at=present()),
        "by_community": True,
    }
    return render(request, "console/people/suggestions.html", context)


def _after(request: StaffRequest) -> tuple[float, int] | None:
    number = request.GET.get("id", "")
    try:
        score = float(request.GET.get("score", ""))
    except ValueError:
        return None
    return (score, int(number)) if number.isdecimal() and len(number) < 19 and 0 <= score <= 1 else None


def _one_or_404(request: StaffRequest, suggestion_id: int) -> Waiting | None:
    """The suggestion while it is open; None where somebody was faster. Out of scope there is no such page."""
    one = waiting_one(suggestion_id=suggestion_id, scope=request.scope) if suggestion_id < 1 << 63 else None
    if one is None:
        state = Suggestion.objects.filter(pk=suggestion_id).values_list("state", flat=True).first()
        if state in (None, Suggestion.State.OPEN):
            raise Http404
    return one


def _answer(request: StaffRequest, text: str, *, undo: str = "", kind: toast.ToastKind = "good") -> HttpResponse:
    """A word, and the row gone: for the script an empty answer, else the page again, wherever one came from."""
    if request.headers.get("HX-Request"):
        return toast.toast(HttpResponse(status=200 if kind == "good" else 409), text, undo=undo, kind=kind)
    toast.say(request, text, undo=undo, kind=kind)
    person = request.POST.get("person", "")
    if person.isdecimal() and len(person) < 19:
        return redirect("console:person", person_id=int(person))
    return redirect("console:suggestions")


def _too_late(request: StaffRequest) -> HttpResponse:
    return _answer(request, _("This was decided already. Load the page again."), kind="bad")


@needs("people.see", "people.merge")
@require_POST
def suggestion_same(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Yes, one person."""
    one = _one_or_404(request, suggestion_id)
    if one is None:
        return _too_late(request)
    try:
        with transaction.atomic():
            number = merging.accept(suggestion_id=one.id, actor=actor_of(request), at=present())
            made = Merge.objects.get(pk=number)
            tell_merged(request, kept=made.kept, gone=made.gone, merge=number)
    except (merging.SuggestionDecided, merging.AlreadyOne, PersonIsErased, PersonUnknown):
        return _too_late(request)
    return _answer(request, _("Now one person."), undo=reverse("console:merge_part", args=[number]))


@needs("people.see", "people.merge")
@require_POST
def suggestion_two(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """No, two people: never asked again."""
    one = _one_or_404(request, suggestion_id)
    if one is None:
        return _too_late(request)
    try:
        merging.refuse(suggestion_id=one.id, actor=actor_of(request), at=present())
    except merging.SuggestionDecided:
        return _too_late(request)
    undo = reverse("console:suggestion_undo_two", args=[one.id])
    return _answer(request, _("Kept as two people; nobody asks again."), undo=undo)


@needs("people.see", "people.merge")
@require_POST
def suggestion_undo_two(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Takes «two people» back: the pair waits again, also long after the toast is gone."""
    found = Suggestion.objects.filter(pk=suggestion_id).first() if suggestion_id < 1 << 63 else None
    if found is None or len(among(person_ids=[found.low, found.high], scope=request.scope)) < 2:
        raise Http404
    if not ask_again(suggestion_id=found.pk, actor=actor_of(request), at=present()):
        return _too_late(request)
    return _answer(request, _("Taken back: the pair waits for you again."))


@needs("people.see", "people.merge")
@require_POST
def suggestion_later(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Not now: it stays open, out of the way for this session."""
    one = _one_or_404(request, suggestion_id)
    if one is None:
        return _too_late(request)
    request.session[LATER] = [*_later(request), one.id][-MOST_LATER:]
    return _answer(request, _("Put off. It stays open."), undo=reverse("console:suggestion_again", args=[one.id]))


@needs("people.see", "people.merge")
@require_POST
def suggestion_again(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Brings back what was put off."""
    request.session[LATER] = [one for one in _later(request) if one != suggestion_id]
    return redirect("console:suggestions")
