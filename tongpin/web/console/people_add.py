"""Adding somebody by hand (手动加一个人): ten seconds on a phone, without a script."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.base.text import fold
from tongpin.core.people.labels import TagHasRule
from tongpin.core.people.listing import PersonRow, people_page
from tongpin.core.people.meeting import Met, SignOfErased, add_by_hand
from tongpin.core.people.queries import display_names, in_scope, tags_in_use
from tongpin.core.people.roots import root_of
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Communities
from tongpin.web.console.people_doors import actor_of, scope_in_view
from tongpin.web.console.people_filters import whole_number
from tongpin.web.console.people_forms import AddForm
from tongpin.web.console.people_understand import joined_names
from tongpin.web.console.people_words import name_or_number
from tongpin.web.look.gate import StaffRequest, needs

TAG_CHIPS = 12
NAMESAKES = 5
GROUPS = 200


class OutsideScope(Exception):
    """This sign belongs to somebody whom this teammate may not see."""


@needs("people.see", "people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: StaffRequest) -> HttpResponse:
    """The form; after adding it stands empty again, with who was added above it."""
    tags = {str(number): name for number, name, by_rule in tags_in_use() if not by_rule}
    names = list(tags.values())
    kept = [tags[number] for number in request.GET.getlist("tag") if number in tags]
    chips = list(dict.fromkeys([*kept, *names]))[:TAG_CHIPS]
    if request.method == "POST":
        chips += [name for name in request.POST.getlist("tags") if name in names and name not in chips]
    places = _groups(request)
    form = AddForm(
        request.POST if request.method == "POST" else None,
        initial={"tags": kept, "place": request.GET.get("place", "")},
        tags=chips,
        places=places,
        must_place=isinstance(request.scope, Communities),
    )
    namesakes: tuple[PersonRow, ...] = ()
    if request.method == "POST" and form.is_valid():
        namesakes = () if form.signs or form.cleaned_data["anyway"] else _namesakes(request, form)
        if not namesakes and (met := _meet(request, form)):
            return _next(request, form, met)
    context = {
        "form": form,
        "namesakes": [(row, name_or_number(row.display_name, row.person_id)) for row in namesakes],
        "all_tags": names,
        "must_place": isinstance(request.scope, Communities),
        "no_group": isinstance(request.scope, Communities) and not places,
        **_added(request),
    }
    return render(request, "console/people/add.html", context, status=422 if form.is_bound else 200)


def _groups(request: StaffRequest) -> list[tuple[str, str]]:
    groups = Place.objects.filter(kind=Place.Kind.GROUP, closed_at=None)
    scope = scope_in_view(request)
    if isinstance(scope, Communities):
        groups = groups.filter(community__in=scope.ids)
    return [(str(number), name) for number, name in groups.order_by("name", "pk").values_list("pk", "name")[:GROUPS]]


def _called(form: AddForm) -> str:
    return joined_names(form.understood.called, form.cleaned_data["nickname"].strip())


def _namesakes(request: StaffRequest, form: AddForm) -> tuple[PersonRow, ...]:
    """People of exactly this name, so that nobody is added twice for want of a number."""
    called = form.understood.called or form.cleaned_data["nickname"]
    found = people_page(scope=request.scope, search=called, sort="new", limit=50).rows
    same = {fold(called), fold(_called(form))}
    return tuple(row for row in found if fold(row.nickname) in same)[:NAMESAKES]


def _meet(request: StaffRequest, form: AddForm) -> Met | None:
    """Adds them, or says in the form why not."""
    at, actor = present(), actor_of(request)
    try:
        with transaction.atomic():
            met = add_by_hand(
                nickname=_called(form),
                signs=form.signs,
                tags=form.wanted_tags,
                note=form.cleaned_data["note"],
                staff=request.staff.id,
                staff_name=request.staff.display_name,
                actor=actor,
                at=at,
            )
            if not met.is_new and not in_scope(person_id=met.person_id, scope=request.scope):
                raise OutsideScope
            if place := form.cleaned_data.get("place"):
                join_by_hand(person_id=met.person_id, place_id=int(place), called=_called(form), actor=actor, at=at)
            return met
    except SignOfErased:
        form.add_error(
            "who",
            _("Whoever this belongs to asked us to erase them. Leave the number out, or let them join by themselves."),
        )
    except TagHasRule:
        form.add_error("more_tags", _("One of these tags follows a rule and cannot be put on by hand."))
    except OutsideScope:
        form.add_error(
            "who",
            _(
                "This house knows them already, outside your communities. Ask somebody with a wider role to add them to your group."
            ),
        )
    return None


def _next(request: StaffRequest, form: AddForm, met: Met) -> HttpResponse:
    """The empty form again; tags and group stay, as one adds several at one table."""
    kept: list[tuple[str, str | int]] = [("done", met.person_id)]
    if not met.is_new:
        kept.append(("known", 1))
    numbers = {name: number for number, name, _rule in tags_in_use()}
    kept += [("tag", numbers[name]) for name in form.wanted_tags if name in numbers]
    if form.cleaned_data.get("place"):
        kept.append(("place", form.cleaned_data["place"]))
    return redirect(f"{reverse('console:person_add')}?{urlencode(kept)}")


def _added(request: StaffRequest) -> dict[str, object]:
    number = whole_number(request.GET.get("done", ""))
    if number is None or not in_scope(person_id=number, scope=request.scope):
        return {"added": None}
    root = root_of(person_id=number)
    name = display_names(person_ids=[root]).get(root)
    return {"added": None if name is None else (root, name_or_number(name, root)), "known": "known" in request.GET}
