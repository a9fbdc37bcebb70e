"""What every door to people has in common: who may be seen here, in whose name one acts, what cannot be done any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tongpin.core.intake.jobs import named
from tongpin.core.people.queries import in_scope
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, root_of
from tongpin.core.team.rules import Communities, Everything, Right, Scope, meet
from tongpin.web.look import toast
from tongpin.web.look.community import chosen
from tongpin.web.look.gate import StaffRequest

P = ParamSpec("P")
PersonView: TypeAlias = Callable[Concatenate[StaffRequest, int, P], HttpResponse]


def actor_of(request: StaffRequest) -> str:
    """Who acts, as facts keep it: staff:7."""
    return named(request.actor)


def scope_in_view(request: StaffRequest) -> Scope:
    """Where the view's rights hold, narrowed to the community chosen in the top bar."""
    community = chosen(request=request)
    return request.scope if community is None else meet(request.scope, Communities(frozenset({community})))


def root_or_404(request: StaffRequest, person_id: int) -> int:
    """The record this person is read as, if the view's rights reach them; else no such page."""
    if person_id >= 1 << 63 or not in_scope(person_id=person_id, scope=request.scope):
        raise Http404
    return root_of(person_id=person_id)


def may(request: StaffRequest, right: Right, person_id: int) -> bool:
    """Whether a further right reaches this person, whom the view's rights reach. Often without a query."""
    scope = request.staff.scope(right)
    return covers(scope, request.scope) or in_scope(person_id=person_id, scope=scope)


def covers(wider: Scope, narrower: Scope) -> bool:
    """Whether one scope holds all that the other holds."""
    if isinstance(wider, Everything):
        return True
    return isinstance(narrower, Communities) and narrower.ids <= wider.ids and bool(wider)


def about_a_person(view: PersonView[P]) -> PersonView[P]:
    """For views whose first argument is a person: unknown ones are not found, for erased ones nothing can be done."""

    @wraps(view)
    def guarded(request: StaffRequest, person_id: int, *arguments: P.args, **more: P.kwargs) -> HttpResponse:
        try:
            return view(request, person_id, *arguments, **more)
        except PersonUnknown:
            raise Http404 from None
        except PersonIsErased:
            text = _("This person was erased at their wish. Nothing was changed.")
            return done(request, text, "console:person", person_id, kind="bad")

    return cast("PersonView[P]", guarded)


def done(
    request: StaffRequest,
    text: str,
    page: str,
    *arguments: Any,
    undo: str = "",
    kind: toast.ToastKind = "good",
    anchor: str = "",
) -> HttpResponse:
    """Back to a page with a word about what was done, and the way to take it back."""
    toast.say(request, text, undo=undo, kind=kind)
    answer = redirect(page, *arguments)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer
