"""The queue of questions to a guest: hand one on, join those that ask the same, answer one oneself, leave one out."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.loop.give.talks import actions
from tongpin.loop.give.talks.models import Question
from tongpin.loop.give.talks.queries import questions_of
from tongpin.loop.give.talks.seen import TalkPage
from tongpin.web.console.give_doors import talk_or_404
from tongpin.web.console.give_words import question_wrong
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

OPEN = ("shown", "waiting")
CHOICES = 100
"""So many questions stand there to be chosen from."""


def _asked_or_404(request: StaffRequest, talk_id: int, question_id: int) -> TalkPage:
    seen = talk_or_404(request, talk_id)
    if question_id >= 1 << 63 or not Question.objects.filter(pk=question_id, talk=talk_id).exists():
        raise Http404
    return seen


def _back(talk_id: int) -> HttpResponse:
    answer = redirect("console:give_talk", talk_id)
    answer["Location"] += "#questions"
    return answer


@needs("places.see", "messages.see", "places.edit")
@require_POST
def hand(request: StaffRequest, talk_id: int, question_id: int) -> HttpResponse:
    """Before the guest's eyes."""
    _asked_or_404(request, talk_id, question_id)
    try:
        handed = actions.hand_question(
            question_id=question_id, at=present(), actor=actor_of(request), staff=request.staff.id
        )
    except actions.NotNow:
        say(request, _("The talk is over or was called off: the guest sees no questions any more."), kind="bad")
        return _back(talk_id)
    if handed:
        undo = reverse("console:give_question_wait", args=[talk_id, question_id])
        say(request, _("The guest has it before their eyes."), undo=undo)
    else:
        say(request, _("Somebody took it up before you. Nothing was changed."), kind="bad")
    return _back(talk_id)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def wait(request: StaffRequest, talk_id: int, question_id: int) -> HttpResponse:
    """Back into the queue."""
    _asked_or_404(request, talk_id, question_id)
    if not actions.put_back_question(question_id=question_id):
        say(request, _("It was answered meanwhile. Nothing was changed."), kind="bad")
    return _back(talk_id)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def drop(request: StaffRequest, talk_id: int, question_id: int) -> HttpResponse:
    """Left out."""
    _asked_or_404(request, talk_id, question_id)
    if actions.drop_question(question_id=question_id, at=present(), actor=actor_of(request)):
        say(request, _("The question is left out. It stands below, among those that are settled."))
    else:
        say(request, _("It was settled meanwhile. Nothing was changed."), kind="bad")
    return _back(talk_id)


@needs("places.see", "messages.see", "places.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, talk_id: int, question_id: int) -> HttpResponse:
    """This question goes into another that asks the same: which one is chosen on a page of its own."""
    seen = _asked_or_404(request, talk_id, question_id)
    if request.method != "POST":
        return _choose_same(request, seen, question_id)
    given = request.POST.get("into", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        say(request, _("Choose the question it goes into."), kind="bad")
        return redirect("console:give_question_merge", talk_id, question_id)
    _asked_or_404(request, talk_id, int(given))
    try:
        joined = actions.merge_questions(
            question_ids=[question_id], into=int(given), at=present(), actor=actor_of(request)
        )
    except actions.BadQuestion as wrong:
        say(request, question_wrong(wrong.reason), kind="bad")
    else:
        say(request, ngettext("%(n)s question joined.", "%(n)s questions joined.", joined) % {"n": joined})
    return _back(talk_id)


def _choose_same(request: StaffRequest, seen: TalkPage, question_id: int) -> HttpResponse:
    """The open questions first, those most ask on top, then the answered ones."""
    asked = {one.id: one for one in questions_of(talk_id=seen.id)}
    this = asked[question_id]
    if this.state not in OPEN:
        say(request, _("It was settled meanwhile. Nothing was changed."), kind="bad")
        return _back(seen.id)
    others = [one for state in (*OPEN, "answered") for one in asked.values() if one.state == state and one != this]
    context = {"talk": seen, "this": this, "others": others[:CHOICES], "more": max(len(others) - CHOICES, 0)}
    return render(request, "console/give/same.html", context)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def answer_it(request: StaffRequest, talk_id: int, question_id: int) -> HttpResponse:
    """A host's answer, seen on the live page and in the replay."""
    _asked_or_404(request, talk_id, question_id)
    try:
        actions.answer(
            question_id=question_id,
            words=request.POST.get("words", ""),
            at=present(),
            actor=actor_of(request),
            staff=request.staff.id,
        )
    except actions.BadQuestion as wrong:
        say(request, question_wrong(wrong.reason), kind="bad")
    else:
        say(request, _("Your answer stands on the live page."))
    return _back(talk_id)
