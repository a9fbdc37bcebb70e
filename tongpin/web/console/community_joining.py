"""A community's second tab: what applicants are asked, how newcomers are welcomed, the checklist, the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.places.closing import open_own_room
from tongpin.loop.gather.admission.actions import set_questions
from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.charter.rules import DOORS as DOOR_CODES
from tongpin.loop.gather.launch.actions import LaunchIncomplete, StrangeDoor, open_door, shut_door
from tongpin.loop.gather.launch.queries import launch_of
from tongpin.loop.gather.launch.rules import DOOR_REASONS
from tongpin.loop.gather.welcome.actions import plan_welcome
from tongpin.loop.gather.welcome.queries import welcome_steps_of
from tongpin.loop.gather.welcome.rules import Step
from tongpin.web.console.community_forms import question_forms, questions_wrong, step_forms
from tongpin.web.console.community_frame import Head, about_a_community, checklist_lines, head_of, next_act
from tongpin.web.console.community_words import DOORS, ITEMS, STEPS, code_word
from tongpin.web.console.import_parts import way
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A door in words. `since` is when it was opened or shut; None where it never stood open."""

    code: str
    word: str
    means: str
    is_open: bool
    since: datetime | None
    reason: str
    next: bool


@needs("places.see", community="community_id")
@require_safe
@about_a_community
def community_joining(request: StaffRequest, community_id: int) -> HttpResponse:
    """How somebody comes in."""
    head = head_of(request, community_id)
    launch = launch_of(community_id=community_id)
    lines = checklist_lines(launch)
    questions = questions_of(community_id=community_id)
    steps = welcome_steps_of(community_id=community_id)
    word, href = next_act(head, lines)
    context = {
        "head": head,
        "tab": "joining",
        "decided": questions is not None,
        "questions": questions or (),
        "steps": [(*STEPS[step.code], step.words) for step in steps],
        "lines": lines,
        "standing": sum(line.stands for line in lines),
        "missing": launch.missing,
        "doors": _doors(head, launch.suggested),
        "reasons": [(code, code_word("door_reason", code)) for code in DOOR_REASONS],
        "page": way("member:community", community_id),
        "next_word": "" if href.endswith("#doors") else word,
        "next_href": href,
    }
    return render(request, "console/communities/joining.html", context)


def _doors(head: Head, suggested: str | None) -> list[DoorLine]:
    seen = {one.door: one for one in head.doors}
    lines = []
    for code in DOOR_CODES:
        word, means = DOORS[code]
        one = seen.get(code)
        is_open = one is not None and one.shut_at is None
        reason = code_word("door_reason", one.reason) if one and one.reason and not is_open else ""
        since = (one.opened_at if is_open else one.shut_at) if one else None
        lines.append(DoorLine(code, str(word), str(means), is_open, since, reason, code == suggested))
    return lines


@needs("places.edit", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def community_questions(request: StaffRequest, community_id: int) -> HttpResponse:
    """Up to five questions; none at all is a decision too."""
    head = head_of(request, community_id)
    held = questions_of(community_id=community_id)
    slots = question_forms(held or (), given=request.POST if request.method == "POST" else None)
    if request.method == "POST" and not questions_wrong(slots):
        asked = [question for slot in slots if (question := slot.question)]
        set_questions(community_id=community_id, questions=asked, at=present(), actor=actor_of(request))
        say(
            request,
            _("This is what applicants are asked from now on.") if asked else _("Applicants are asked nothing."),
        )
        return redirect("console:community_joining", community_id)
    context = {"head": head, "slots": _opened(slots, len(held or ())), "decided": held is not None}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/communities/questions.html", context, status=status)


def _opened(slots: list, filled: int) -> list[tuple[object, bool]]:  # type: ignore[type-arg]
    """Slots with whether they stand open: those in use, the next empty one, and those with something wrong."""
    used = [at < filled or (slot.is_bound and (slot.errors or slot["text"].value())) for at, slot in enumerate(slots)]
    free = next((at for at, one in enumerate(used) if not one), -1)
    return [(slot, bool(used[at]) or at == free) for at, slot in enumerate(slots)]


@needs("places.edit", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def community_welcome(request: StaffRequest, community_id: int) -> HttpResponse:
    """The steps a newcomer goes through, each with the community's own words."""
    head = head_of(request, community_id)
    held = welcome_steps_of(community_id=community_id)
    slots = step_forms(held, given=request.POST if request.method == "POST" else None)
    if request.method == "POST" and all([slot.is_valid() for slot in slots.values()]):
        steps = [Step(code, slot.cleaned_data["words"]) for code, slot in slots.items() if slot.cleaned_data["on"]]
        plan_welcome(community_id=community_id, steps=steps)
        say(request, _("Whoever comes from now on is welcomed so. Who is on the way keeps the steps they began with."))
        return redirect("console:community_joining", community_id)
    context = {"head": head, "slots": [(*STEPS[code], slot) for code, slot in slots.items()], "planned": bool(held)}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/communities/welcome.html", context, status=status)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_room(request: StaffRequest, community_id: int) -> HttpResponse:
    """Opens the community's room on the web, where it has no place in use."""
    head = head_of(request, community_id)
    open_own_room(community_id=head.id, at=present(), actor=actor_of(request))
    say(request, _("The community has its room on the web now."))
    return redirect("console:community_joining", community_id)


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_door_open(request: StaffRequest, community_id: int, door: str) -> HttpResponse:
    """People may ask to come in by this door now; not before the checklist stands."""
    answer = redirect(f"{reverse('console:community_joining', args=[community_id])}#doors")
    try:
        changed = open_door(community_id=community_id, door=door, at=present(), actor=actor_of(request))
    except StrangeDoor:
        raise Http404 from None
    except LaunchIncomplete as lacking:
        words = ", ".join(str(ITEMS[code]) for code in lacking.missing)
        say(request, _("No door opens yet. Still missing: %(what)s.") % {"what": words}, kind="bad")
        return answer
    undo = reverse("console:community_door_shut", args=[community_id, door, "paused"]) if changed else ""
    say(request, _("The door is open: %(door)s.") % {"door": DOORS[door][0]}, undo=undo)
    return answer


@needs("places.edit", community="community_id")
@require_POST
@about_a_community
def community_door_shut(request: StaffRequest, community_id: int, door: str, reason: str) -> HttpResponse:
    """Nobody asks to come in by this door any more; who waits keeps waiting."""
    try:
        changed = shut_door(community_id=community_id, door=door, reason=reason, at=present(), actor=actor_of(request))
    except StrangeDoor:
        raise Http404 from None
    undo = reverse("console:community_door_open", args=[community_id, door]) if changed else ""
    say(request, _("The door is shut: %(door)s. Who waits keeps waiting.") % {"door": DOORS[door][0]}, undo=undo)
    return redirect(f"{reverse('console:community_joining', args=[community_id])}#doors")
