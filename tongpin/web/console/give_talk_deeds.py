"""What one does with a talk: the guest's link, telling groups, cards pasted by hand, taking back, ending, the chat after."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.loop.give.talks import actions
from tongpin.loop.give.talks.models import Segment
from tongpin.loop.give.talks.queries import board
from tongpin.loop.give.talks.seen import TalkPage
from tongpin.web.console import errand_cards
from tongpin.web.console.entrances_code import opens_here_only, square
from tongpin.web.console.give_doors import bear_guest, talk_or_404
from tongpin.web.console.give_forms import TalkForm
from tongpin.web.console.give_talk import member_page, page_of
from tongpin.web.console.give_words import CANCEL_REASONS, places_wrong
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.sell_sure import Sure, ask
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

USUAL = 60


def _too_far(request: StaffRequest, talk_id: int) -> HttpResponse:
    say(request, _("The talk went on meanwhile. Nothing was changed; look at how it stands."), kind="bad")
    return redirect("console:give_talk", talk_id)


@needs("places.see", "places.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Changes a talk before it begins. Where it moves, every group that was told hears of it."""
    seen = talk_or_404(request, talk_id)
    if seen.state not in ("draft", "announced"):
        return _too_far(request, talk_id)
    form = TalkForm(request.POST) if request.method == "POST" else TalkForm(initial=_as_planned(seen))
    form.choose_among([(str(seen.community_id), seen.community)])
    bear_guest(request, form, known=seen.guest_person_id)
    if form.is_bound and form.is_valid():
        try:
            changed = actions.amend_talk(
                talk_id=talk_id,
                at=present(),
                actor=actor_of(request),
                **form.terms(),
            )
        except actions.BadTalk as wrong:
            form.refuse(wrong.reason)
        except actions.NotNow:
            return _too_far(request, talk_id)
        else:
            say(request, _("It is changed.") if changed else _("Nothing was changed."))
            return redirect("console:give_talk", talk_id)
    return render(request, "console/give/plan.html", {"form": form, "talk": seen}, status=422 if form.is_bound else 200)


def _as_planned(seen: TalkPage) -> dict[str, object]:
    length = seen.ends_hint - seen.starts_at if seen.ends_hint else timedelta(minutes=USUAL)
    return {
        "title": seen.title,
        "guest_name": seen.guest_name,
        "community": str(seen.community_id),
        "starts_at": timezone.localtime(seen.starts_at),
        "minutes": int(length.total_seconds() // 60),
        "about": seen.about,
    }


@needs("places.see", "places.edit", "messages.see")
@require_POST
def stage_link(request: StaffRequest, talk_id: int) -> HttpResponse:
    """A new private link for the guest, shown once: the one before opens no more."""
    seen = talk_or_404(request, talk_id)
    try:
        secret = actions.new_stage_link(talk_id=talk_id, at=present(), actor=actor_of(request))
    except actions.NotNow:
        return _too_far(request, talk_id)
    page = member_page(seen)
    link = page[: page.index("/t/")] + reverse("member:stage", args=[secret])
    context = {"talk": seen, "link": link, "square": square(link), "here_only": opens_here_only(), "was": seen.on_stage}
    answer = render(request, "console/give/stage_link.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@needs("places.see", "places.edit", "messages.see")
@require_POST
def tell(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Tells the chosen groups: a card by itself where we may write, an errand elsewhere."""
    seen = talk_or_404(request, talk_id)
    chosen = {int(one) for one in request.POST.getlist("place") if one.isascii() and one.isdecimal() and len(one) < 19}
    shown = page_of(request, seen)
    allowed = {one.id for one in shown["places"]}
    known = {row.it.place_id for row in shown["rows"]}
    if chosen and chosen <= known:
        say(request, _("These groups were told already."))
        return redirect("console:give_talk", talk_id)
    wrong = ""
    try:
        told = actions.announce(
            talk_id=talk_id, place_ids=sorted(chosen & allowed), at=present(), actor=actor_of(request)
        )
    except actions.BadPlaces as error:
        wrong = places_wrong(error.reason)
    except actions.BadTalk:
        wrong = _("It would have begun already. Change when it begins first.")
    except actions.NotNow:
        return _too_far(request, talk_id)
    if wrong:
        return render(request, "console/give/talk.html", page_of(request, seen, places_wrong=wrong), status=422)
    by_itself = ngettext("%(n)s group is told by itself.", "%(n)s groups are told by themselves.", told.letters)
    by_hand = ngettext("%(n)s card waits to be pasted.", "%(n)s cards wait to be pasted.", told.errands)
    text = " ".join(
        (by_itself % {"n": told.letters}, by_hand % {"n": told.errands})
        if told.errands
        else (by_itself % {"n": told.letters},)
    )
    say(request, text)
    return redirect("console:give_talk", talk_id)


def _errand_or_404(request: StaffRequest, talk_id: int, errand_id: int) -> None:
    talk_or_404(request, talk_id)
    found = board(talk_id=talk_id)
    if found is None or all(one.id != errand_id for row in found.rows for one in row.errands):
        raise Http404


@needs("places.see", "messages.see")
@require_POST
def errand_copied(request: StaffRequest, talk_id: int, errand_id: int) -> HttpResponse:
    """Somebody copied a card: a touch that is counted."""
    _errand_or_404(request, talk_id, errand_id)
    return errand_cards.copied(errand_id)


@needs("places.see", "messages.see")
@require_POST
def errand_done(request: StaffRequest, talk_id: int, errand_id: int) -> HttpResponse:
    """A card was pasted."""
    _errand_or_404(request, talk_id, errand_id)
    return errand_cards.done(request, errand_id, back=reverse("console:give_talk", args=[talk_id]))


@needs("places.see", "places.edit", "messages.see")
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: StaffRequest, talk_id: int, segment_id: int) -> HttpResponse:
    """Takes a piece off the live page and out of every group, after saying what that means."""
    seen = talk_or_404(request, talk_id)
    found = board(talk_id=talk_id)
    piece = next((one for one in found.segments if one.id == segment_id), None) if found else None
    if found is None or piece is None or not Segment.objects.filter(pk=segment_id, talk=talk_id).exists():
        raise Http404
    if request.method == "POST":
        done = actions.redact_segment(segment_id=segment_id, at=present(), actor=actor_of(request))
        say(request, _("It is taken back everywhere.") if done else _("It was taken back before."))
        return redirect("console:give_talk", talk_id)
    place = found.segments.index(piece)
    on_matrix = any(row.platform == "matrix" and row.pips[place] == "delivered" for row in found.rows)
    groups = ngettext("out of %(n)s group it reached", "out of %(n)s groups it reached", piece.reached)
    effects: tuple[tuple[str, str], ...] = (
        (_("At once"), _("off the live page and the replay")),
        (_("In groups"), groups % {"n": piece.reached} + "; " + _("what still waits is not sent")),
        (_("Cannot be undone"), _("the guest says it again if it was a slip")),
    )
    if piece.files and on_matrix:
        stays = _("the file on your Matrix server: nobody sees it in the room, only its administrator can delete it")
        effects += ((_("What stays"), stays),)
    return ask(
        request,
        Sure(
            title=_("Take back piece %(n)s of %(name)s") % {"n": piece.number, "name": seen.guest_name},
            lead=(piece.words or _("a picture or a voice without words"))[:120],
            label=_("Take it back everywhere"),
            back=reverse("console:give_talk", args=[talk_id]),
            effects=effects,
            step="give",
        ),
    )


@needs("places.see", "places.edit", "messages.see")
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Ends a talk that is live, in the guest's place."""
    seen = talk_or_404(request, talk_id)
    if request.method == "POST" and seen.state == "ended":
        return redirect("console:give_talk", talk_id)  # pressed twice, or the guest was faster: it is as was wanted
    if seen.state != "live":
        return _too_far(request, talk_id)
    if request.method == "POST":
        try:
            actions.end(talk_id=talk_id, at=present(), actor=actor_of(request))
        except actions.NotNow:
            return _too_far(request, talk_id)
        say(request, _("The talk is over. The replay is on its way to every group."))
        return redirect("console:give_talk", talk_id)
    found = board(talk_id=talk_id)
    groups = len(found.rows) if found else 0
    going = ngettext("the replay goes to %(n)s group", "the replay goes to %(n)s groups", groups) % {"n": groups}
    effects = (
        (_("From now on"), _("%(name)s's stage is closed; nothing more goes out") % {"name": seen.guest_name}),
        (_("Groups"), going),
        (_("Afterwards"), _("you may add the chats of plain groups, so that who listened there counts")),
    )
    return ask(
        request,
        Sure(
            title=_("End «%(title)s»") % {"title": seen.title},
            lead=_("Usually the guest does this."),
            label=_("End the talk and send the replay"),
            back=reverse("console:give_talk", args=[talk_id]),
            effects=effects,
            step="give",
        ),
    )


@needs("places.see", "places.edit", "messages.see")
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Calls a talk off before it begins."""
    seen = talk_or_404(request, talk_id)
    if request.method == "POST" and seen.state == "cancelled":
        return redirect("console:give_talk", talk_id)  # pressed twice: it is as was wanted
    if seen.state not in ("draft", "announced"):
        return _too_far(request, talk_id)
    if request.method == "POST":
        given = request.POST.get("reason", "")
        reason = given if given in CANCEL_REASONS else "other"
        try:
            actions.cancel(talk_id=talk_id, reason=reason, at=present(), actor=actor_of(request))
        except actions.NotNow:
            return _too_far(request, talk_id)
        say(request, _("It is called off. Whoever was told hears of it."))
        return redirect("console:give_talk", talk_id)
    people = ngettext("%(n)s person signed up", "%(n)s people signed up", seen.signed_up) % {"n": seen.signed_up}
    return ask(
        request,
        Sure(
            title=_("Call off «%(title)s»") % {"title": seen.title},
            lead=people,
            label=_("Call it off and say so in every group"),
            back=reverse("console:give_talk", args=[talk_id]),
            effects=(
                (_("Groups"), _("those that were told get a card")),
                (_("Its page"), _("says that it is called off")),
            ),
            choices=tuple((code, str(word)) for code, word in CANCEL_REASONS.items()),
            step="give",
        ),
    )


@needs("places.see", "places.edit", "messages.see")
@require_POST
def attach(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Counts who spoke in a group around the talk as having been there."""
    seen = talk_or_404(request, talk_id)
    given = request.POST.get("place", "")
    allowed = {str(one.id): one for one in page_of(request, seen)["chats"]}
    if given not in allowed:
        say(request, _("Choose the group whose chat you imported."), kind="bad")
        return redirect("console:give_talk", talk_id)
    try:
        found = actions.attach_chat(talk_id=talk_id, place_id=int(given), at=present(), actor=actor_of(request))
    except (actions.NotNow, actions.BadPlaces):
        return _too_far(request, talk_id)
    if found.people:
        text = ngettext(
            "%(n)s person of «%(place)s» counts as having heard it.",
            "%(n)s people of «%(place)s» count as having heard it.",
            found.people,
        )
        say(request, text % {"n": found.people, "place": allowed[given].name})
    else:
        text = _("Nobody new: no words of «%(place)s» lie around the time of the talk. Import its chat first.")
        say(request, text % {"place": allowed[given].name}, kind="bad")
    return redirect("console:give_talk", talk_id)
