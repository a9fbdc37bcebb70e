"""What the pages of give have in common: the talk asked for, who may do what with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, When
from django.http import Http404

from tongpin.core.people.calling import display_names
from tongpin.core.people.queries import in_scope
from tongpin.core.people.roots import root_of
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Communities, Everything, Scope
from tongpin.loop.give.talks.queries import talk_page
from tongpin.loop.give.talks.rules import PLACE_KINDS, way_of
from tongpin.loop.give.talks.seen import TalkPage
from tongpin.web.console.give_forms import TalkForm
from tongpin.web.console.give_words import WAYS, where_word
from tongpin.web.look.gate import StaffRequest

MOST_PLACES = 300


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that can be told of a talk."""

    id: int
    name: str
    platform: str
    way: str
    community: str
    own: bool
    told: bool


def talk_or_404(request: StaffRequest, talk_id: int) -> TalkPage:
    """The talk, if the view's rights reach its community."""
    seen = talk_page(talk_id=talk_id) if talk_id < 1 << 63 else None
    if seen is None or not request.scope.holds(seen.community_id):
        raise Http404
    return seen


def bear_guest(request: StaffRequest, form: TalkForm, *, known: int | None = None) -> None:
    """Makes somebody of our own people the guest: whom the form names, or who is it already.

    They must be within reach of whoever plans; else the talk is planned without the bond.
    """
    given = request.POST.get("guest") or request.GET.get("guest") or ""
    person = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else known
    if person is None:
        return
    root = root_of(person_id=person)
    if root != known and not in_scope(person_id=root, scope=request.staff.scope("people.see")):
        return
    form.bear(guest=root, called=display_names(person_ids=[root]).get(root, ""))


def place_choices(talk: TalkPage, scope: Scope, told: Sequence[int]) -> list[PlaceChoice]:
    """Places within a scope that can be told, those of the talk's community first. One query."""
    rows = Place.objects.filter(kind__in=PLACE_KINDS, closed_at=None).select_related("community")
    if isinstance(scope, Communities):
        rows = rows.filter(community__in=scope.ids)
    elif not isinstance(scope, Everything):
        return []
    own_first = Case(When(community=talk.community_id, then=0), default=1, output_field=IntegerField())
    choices = [
        PlaceChoice(
            one.pk,
            one.name,
            where_word(one.platform),
            str(WAYS[way_of(one.platform)]),
            one.community.name if one.community else "",
            one.community_id == talk.community_id,
            one.pk in told,
        )
        for one in rows.order_by(own_first, "name", "pk")[:MOST_PLACES]
    ]
    return choices
