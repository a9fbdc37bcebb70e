"""Joining (入社): who we are, two questions, the charter, waiting, and the welcome of a newcomer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.base.text import clean
from tongpin.core.people.visitors import Nameless, Visit, meet_visitor
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.loop.gather.admission.actions import (
    AlreadyDecided,
    AlreadyIn,
    ApplicationUnknown,
    BadAnswers,
    DoorShut,
    amend_answers,
    apply,
    withdraw,
)
from tongpin.loop.gather.admission.queries import MyApplication, my_application
from tongpin.loop.gather.admission.rules import Question, faults
from tongpin.loop.gather.charter.actions import NotInForce
from tongpin.loop.gather.ground import CommunityUnknown
from tongpin.loop.gather.launch.queries import JoinPage, join_page_of
from tongpin.loop.gather.welcome.actions import NotBegun, NotYet, do_step
from tongpin.web.look.gate import MemberRequest, client_address, for_members, member_of, open_to_all
from tongpin.web.look.toast import say
from tongpin.web.member import phrases
from tongpin.web.member.going_on import digests_in
from tongpin.web.member.inside import community_inside, inside
from tongpin.web.member.session import forget_way, sign_in, way_of
from tongpin.web.member.share_card import card_of
from tongpin.web.member.share_targets import brought_by
from tongpin.web.member.shop_words import by_the_clock

SHOWN_RULES = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One question as the form shows it, with what was typed and what is wrong with it."""

    name: str
    question: Question
    typed: str
    error: str


def _page(request: HttpRequest, community_id: int) -> JoinPage:
    try:
        return join_page_of(
            community_id=community_id,
            person_id=member_of(request),
            inviter_id=brought_by(request),
            code_id=way_of(request),
        )
    except CommunityUnknown:
        raise Http404 from None


@open_to_all(reason="who we are is shown to everybody before anything is asked of them")
@require_safe
def community(request: HttpRequest, community_id: int) -> HttpResponse:
    """The join page for strangers, the state of an application for applicants, the community's home for members.

    `?by=page` leaves the way somebody came behind: who came by a closed one goes in by the door that is open to all.
    """
    if request.GET.get("by") == "page":
        anew = redirect("member:community", community_id)
        forget_way(anew)
        return anew
    member = member_of(request)
    mine = community_inside(community_id=community_id, member=member)
    if mine is not None and member is not None:
        return inside(request, mine, member)
    page = _page(request, community_id)
    if page.mine is not None and page.mine.state in ("waiting", "refused"):
        context = {
            "page": page,
            "mine": page.mine,
            "due": by_the_clock(page.mine.due),
            "kept": digests_in([community_id]),
            "reason": phrases.refusal(page.mine.reason),
        }
        return render(request, "member/waiting.html", context)
    context = {
        "page": page,
        "rules": page.charter.charter.rules[:SHOWN_RULES] if page.charter else (),
        "shut": phrases.shut_door(page.why_not) if page.why_not else "",
        "beside": phrases.door_beside(page.open_doors) if page.why_not == "way_closed" else "",
        "by_page": page.why_not == "way_closed" and "public" in page.open_doors,
        "inviter": phrases.shown_name(page.inviter),
        "kept": digests_in([community_id]),
        "card": card_of(request=request),
    }
    return render(request, "member/join.html", context)


@open_to_all(reason="somebody who wants to join has no account yet")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, community_id: int) -> HttpResponse:
    """The questions; what was typed survives every error. Who waits already mends their answers here."""
    page = _page(request, community_id)
    questions, charter, member = page.questions, page.charter, member_of(request)
    waiting = page.mine if page.mine is not None and page.mine.state == "waiting" else None
    typed = [request.POST.get(f"answer_{at}", "") for at in range(len(questions))]
    if request.method != "POST" and waiting is not None:
        told = {one.question: one.words for one in waiting.answers}
        typed = [told.get(question.text, "") for question in questions]
    if request.method != "POST" and waiting is None and page.why_not:
        return redirect("member:community", community_id)
    wrong: dict[str, str] = {}
    if request.method == "POST" and charter is not None:
        wrong = _missing(request, questions, typed, is_known=member is not None, is_mending=waiting is not None)
    if request.method == "POST" and charter is not None and not wrong:
        try:
            visit = _hand_in(request, community_id, member, waiting, typed)
        except BadAnswers as error:
            wrong = _said_wrong(questions, error.faults)
        except Nameless:
            wrong = {"nickname": _("Tell us what to call you.")}
        except NotInForce:
            wrong = {"charter": _("The rules were changed just now. Read them again and agree once more.")}
        except DoorShut as error:
            wrong = {"form": phrases.shut_door(error.reason)}
        except TooManyTries:
            wrong = {"form": _("Many applications came from this network just now. Try again in a quarter of an hour.")}
        except (AlreadyIn, AlreadyDecided):
            return redirect("member:community", community_id)
        else:
            answer = redirect("member:community", community_id)
            if visit is not None:
                sign_in(answer, visit)
            return answer
    fields = [
        Field(f"answer_{at}", question, typed[at], wrong.get(f"answer_{at}", ""))
        for at, question in enumerate(questions)
    ]
    context = {
        "page": page,
        "charter": charter,
        "fields": fields,
        "wrong": wrong | ({"form": wrong["answer_-1"]} if "answer_-1" in wrong else {}),
        "nickname": request.POST.get("nickname", ""),
        "agreed": bool(request.POST.get("charter")),
        "is_known": member is not None,
        "waiting": waiting,
    }
    return render(request, "member/ask.html", context, status=422 if wrong else 200)


def _missing(
    request: HttpRequest, questions: Sequence[Question], typed: Sequence[str], *, is_known: bool, is_mending: bool
) -> dict[str, str]:
    """Everything that is wrong with the form at once, by field."""
    found = faults(questions, [words.strip() for words in typed])
    wrong = _said_wrong(questions, found)
    if not is_known and not clean(request.POST.get("nickname", "")):
        wrong["nickname"] = _("Tell us what to call you.")
    if not is_mending and not request.POST.get("charter"):
        wrong["charter"] = _("Agree to the rules to join in; they are short.")
    return wrong


def _said_wrong(questions: Sequence[Question], faults: Mapping[int, str]) -> dict[str, str]:
    """Faults in words, by field."""
    choices = {at for at, question in enumerate(questions) if question.kind == "choice"}
    return {f"answer_{at}": phrases.fault(code, choice=at in choices) for at, code in faults.items()}


def _hand_in(
    request: HttpRequest, community_id: int, member: int | None, waiting: MyApplication | None, typed: list[str]
) -> Visit | None:
    """Applies, or mends the answers of who waits. Returns the session of somebody new."""
    now = present()
    if member is not None and waiting is not None:
        amend_answers(application_id=waiting.application_id, person_id=member, answers=typed)
        say(request, _("Your answers are changed."))
        return None
    edition = request.POST.get("edition", "")
    if not edition.isdecimal():
        raise NotInForce(0)
    if request.POST.get("website"):  # a field people do not see: only programs fill it
        raise DoorShut("shut")
    take_try(kind="apply", whom=client_address(request) or "", now=now)
    with transaction.atomic():  # nobody is met whose application is not taken
        visit = None if member is not None else meet_visitor(nickname=request.POST.get("nickname", ""), at=now)
        person = member if visit is None else visit.person_id
        if person is None:
            raise Nameless("tell us what to call you")
        apply(
            community_id=community_id,
            person_id=person,
            answers=typed,
            charter_edition=int(edition),
            code_id=way_of(request),
            inviter_id=brought_by(request),
            at=now,
            actor=f"person:{person}",
        )
    return visit


@for_members
@require_POST
def take_back(request: MemberRequest, community_id: int) -> HttpResponse:
    """Withdraws an application: the answers are deleted with it."""
    mine = my_application(person_id=request.member, community_id=community_id)
    try:
        if mine is not None and mine.state == "waiting":
            actor = f"person:{request.member}"
            withdraw(application_id=mine.application_id, person_id=request.member, at=present(), actor=actor)
            say(request, _("Your application is withdrawn."))
    except (AlreadyDecided, ApplicationUnknown):
        say(request, _("It was decided a moment before. Look below."), kind="bad")
    return redirect("member:community", community_id)


@for_members
@require_POST
def step(request: MemberRequest, community_id: int) -> HttpResponse:
    """The newcomer did the step that comes now."""
    code = request.POST.get("step", "")
    try:
        actor = f"person:{request.member}"
        do_step(community_id=community_id, person_id=request.member, step=code, at=present(), actor=actor)
    except (NotBegun, NotYet):
        say(request, _("Another step comes first."), kind="bad")
    return redirect("member:community", community_id)


@open_to_all(reason="the rules are read before anybody agrees to them")
@require_safe
def rules(request: HttpRequest, community_id: int) -> HttpResponse:
    """The charter in force, whole."""
    return render(request, "member/rules.html", {"page": _page(request, community_id)})
