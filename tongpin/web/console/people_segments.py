"""Kept lists of people (人群): the filters of the list under a name; counted when asked, changed by editions."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.audiences.actions import (
    FitsEverybody,
    NameTaken,
    NoName,
    NotYours,
    SegmentUnknown,
    bring_segment_back,
    define_segment,
    drop_segment,
    redefine_segment,
)
from tongpin.core.audiences.queries import SegmentSeen, count_of, segment_seen, segments
from tongpin.core.audiences.rules import Rule, may_change, reach_of
from tongpin.core.people.counting import Counted
from tongpin.core.people.queries import tags_in_use
from tongpin.core.places.models import Place
from tongpin.core.team.queries import team
from tongpin.web.console.people_doors import actor_of, done, scope_in_view
from tongpin.web.console.people_filters import Chosen, chosen_in, whole_number
from tongpin.web.console.people_words import via_word
from tongpin.web.console.sell_doors import communities_named
from tongpin.web.look import toast
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip
from tongpin.web.look.wording import grouped


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept list in words: where it opens, what it means, by whom, and how many fit where that was asked."""

    seen: SegmentSeen
    href: str
    says: tuple[str, ...]
    by: str
    count: str
    whose: str
    may_change: bool


def rule_of(chosen: Chosen) -> Rule:
    """The filters of a list as a rule. What was searched for is no part of it: a name finds one person, not a group."""
    bought = {"yes": True, "no": False}.get(chosen.orders)
    return Rule(tag=chosen.tag, owner=chosen.owner, has_orders=bought, via=chosen.via, place=chosen.place)


def list_of(rule: Rule) -> Chosen:
    """A rule as the list shows it."""
    orders = {True: "yes", False: "no", None: ""}[rule.has_orders]
    return Chosen(tag=rule.tag, owner=rule.owner, orders=orders, via=rule.via, place=rule.place)


def kept_chips(held: list[SegmentSeen], chosen: Chosen) -> list[FilterChip]:
    """Kept lists as chips above the list."""
    here = None if chosen.search else rule_of(chosen)
    return [FilterChip(one.name, list_of(one.rule).address(), chosen=one.rule == here) for one in held]


def counted_words(counted: Counted) -> str:
    """How many, as it is shown."""
    if counted.number is None:
        return _("too many to count at once")
    number = grouped(counted.number)
    if counted.more:
        return _("more than %(count)s people") % {"count": number}
    return ngettext("%(count)s person", "%(count)s people", counted.number) % {"count": number}


@needs("people.see")
@require_safe
def people_segments(request: StaffRequest, counted: int = 0) -> HttpResponse:
    """All kept lists. `counted`: the one that was counted without a script."""
    return _page(request, counted)


@needs("people.see")
@require_safe
def people_segment_count(request: StaffRequest, segment_id: int) -> HttpResponse:
    """How many fit one of them now: a few words for a script, the whole page without."""
    seen = segment_seen(segment_id=segment_id)
    if seen is None or seen.dropped:
        raise Http404
    if not request.headers.get("HX-Request"):
        return _page(request, segment_id)
    return HttpResponse(counted_words(count_of(rule=seen.rule, scope=scope_in_view(request))))


@needs("people.edit")
@require_POST
def people_segment_keep(request: StaffRequest) -> HttpResponse:
    """Keeps the list in view: under a new name, or in the place of one that is kept."""
    chosen = chosen_in(request, may_money=True)
    over = whole_number(request.POST.get("over", ""))
    at, actor = present(), actor_of(request)
    whose = _whose(request, chosen.place)
    if whose is None:
        return _back(request, chosen, _("That place is outside your communities. Choose one of yours."))
    try:
        if over:
            named = whose if chosen.place else frozenset()
            seen = redefine_segment(
                segment_id=over, rule=rule_of(chosen), at=at, actor=actor, scope=request.scope, communities=named
            )
            text = _("«%(name)s» means this list from now on.") % {"name": seen.name}
        else:
            name = request.POST.get("name", "")
            seen = define_segment(name=name, rule=rule_of(chosen), at=at, actor=actor, communities=whose)
            text = _("«%(name)s» is kept. Who is in it is asked anew each time.") % {"name": seen.name}
    except NoName:
        return _back(request, chosen, _("Give the list a name of letters or characters."))
    except FitsEverybody:
        return _back(request, chosen, _("Choose at least one filter first: a list of everybody is the list itself."))
    except NameTaken:
        text = _("Another kept list has this name. Choose another name, or the list itself, to change it.")
        return _back(request, chosen, text)
    except NotYours:
        return _back(request, chosen, _not_yours())
    except SegmentUnknown:
        return _back(request, chosen, _("That list is gone. Keep this one under a name of its own."))
    toast.say(request, text)
    return redirect(chosen.address())


@needs("people.edit")
@require_POST
def people_segment_drop(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Takes a kept list off; nobody in it is touched."""
    try:
        drop_segment(segment_id=segment_id, at=present(), scope=request.scope)
    except NotYours:
        return done(request, _not_yours(), "console:people_segments", kind="bad")
    except SegmentUnknown:
        raise Http404 from None
    undo = reverse("console:people_segment_back", args=[segment_id])
    return done(request, _("The list is dropped. The people stay as they are."), "console:people_segments", undo=undo)


@needs("people.edit")
@require_POST
def people_segment_back(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Takes dropping back."""
    try:
        bring_segment_back(segment_id=segment_id, scope=request.scope)
    except NotYours:
        return done(request, _not_yours(), "console:people_segments", kind="bad")
    except SegmentUnknown:
        raise Http404 from None
    except NameTaken:
        text = _("Another kept list has taken its name meanwhile.")
        return done(request, text, "console:people_segments", kind="bad")
    return done(request, _("The list is back."), "console:people_segments")


def _whose(request: StaffRequest, place: int | None) -> frozenset[int] | None:
    """Whose a list is that is kept now: of what is in view. None where its place lies outside."""
    community = Place.objects.filter(pk=place).values_list("community", flat=True).first() if place else None
    return reach_of(scope=scope_in_view(request), place_community=community)


def _not_yours() -> str:
    return _(
        "This list is of the whole house or of communities you do not work in. Keep yours under a name of its own."
    )


def _back(request: StaffRequest, chosen: Chosen, text: str) -> HttpResponse:
    toast.say(request, text, kind="bad")
    return redirect(chosen.address())


def _page(request: StaffRequest, counted: int) -> HttpResponse:
    """Five queries, and two for the one that is counted."""
    held = segments()
    names = {mate.id: mate.display_name for mate in team()}
    tags = {number: name for number, name, _rule in tags_in_use()}
    places = dict(
        Place.objects.filter(pk__in=[one.rule.place for one in held if one.rule.place]).values_list("pk", "name")
    )
    scope, may = scope_in_view(request), request.staff.scope("people.edit")
    called = communities_named({number for one in held for number in one.communities})
    kept = [
        Kept(
            one,
            list_of(one.rule).address(),
            tuple(_says(one.rule, names, tags, places)),
            _by(one.defined_by, names),
            counted_words(count_of(rule=one.rule, scope=scope)) if one.id == counted else "",
            "、".join(called.get(number, "") for number in sorted(one.communities)),
            may_change(scope=may, communities=one.communities),
        )
        for one in held
    ]
    context = {"kept": kept, "by_community": True}
    return render(request, "console/people/segments.html", context)


def _says(rule: Rule, names: dict[int, str], tags: dict[int, str], places: dict[int, str]) -> list[str]:
    """What a rule asks, one condition a line."""
    gone = _("no longer there")
    said = []
    if rule.tag is not None:
        said.append(_("tag: %(name)s") % {"name": tags.get(rule.tag, gone)})
    if rule.has_orders is not None:
        said.append(_("has bought") if rule.has_orders else _("never bought"))
    if rule.via:
        said.append(_("came by: %(way)s") % {"way": via_word(rule.via)})
    if rule.place is not None:
        said.append(_("in: %(place)s") % {"place": places.get(rule.place, gone)})
    if rule.owner is not None:
        said.append(_("in the care of %(name)s") % {"name": names.get(rule.owner, gone)})
    return said


def _by(actor: str, names: dict[int, str]) -> str:
    kind, _mark, number = actor.partition(":")
    return names.get(int(number), "") if kind == "staff" and number.isdecimal() else ""
