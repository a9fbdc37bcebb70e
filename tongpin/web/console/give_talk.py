"""The relay board of a talk (转发台): groups with what reached them, the guest's words, questions, errands in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.files.queries import files_of
from tongpin.core.team.rules import meet
from tongpin.loop.give.talks.asking import ASKABLE
from tongpin.loop.give.talks.queries import COMING, board, questions_of
from tongpin.loop.give.talks.seen import Board, BoardErrand, BoardRow, BoardSegment, QuestionSeen, TalkPage
from tongpin.web.console.errand_cards import Card
from tongpin.web.console.give_doors import place_choices, talk_or_404
from tongpin.web.console.give_words import (
    CARDS,
    FORMS,
    QUESTION_STATES,
    TALK_STATES,
    WAYS,
    lag_word,
    where_word,
)
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.tickets import issue

FILES_OF = "talk"
PIPS = {"delivered": "pip-good", "waiting": "pip-wait", "failed": "pip-fail", "": "pip"}
SHOWN_PIPS = 40
SHOWN_QUESTIONS = 30
"""So many open ones stand there to be worked on, and so many settled ones to look at; the counts are of all."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A place on the board, in words. `state` and `chip` say how it stands."""

    it: BoardRow
    platform: str
    way: str
    pips: tuple[str, ...]
    more: int
    said: str
    lag: str
    state: str
    chip: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What the guest gave, with its small picture and in how many places it arrived."""

    it: BoardSegment
    form: str
    pictures: tuple[str, ...]
    sound: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in words."""

    it: QuestionSeen
    state: str
    chip: str


@needs("places.see", "messages.see")
@require_safe
def talk(request: StaffRequest, talk_id: int) -> HttpResponse:
    """The page of one talk."""
    return render(request, "console/give/talk.html", page_of(request, talk_or_404(request, talk_id)))


@needs("places.see", "messages.see")
@require_safe
def now(request: StaffRequest, talk_id: int) -> HttpResponse:
    """The parts that change while somebody speaks, each to be put in its place."""
    return render(request, "console/give/now.html", page_of(request, talk_or_404(request, talk_id)))


def page_of(request: StaffRequest, seen: TalkPage, **more: Any) -> dict[str, Any]:
    """What the page and its parts are drawn from."""
    found = board(talk_id=seen.id)
    rows = found.rows if found is not None else ()
    edits = meet(request.scope, request.staff.scope("places.edit"))
    may_edit = edits.holds(seen.community_id)
    open_cards = [_card(seen, row, one) for row in rows for one in row.errands if one.state == "given"]
    questions = [Asked(one, *_worded(one)) for one in questions_of(talk_id=seen.id) if one.state != "merged"]
    state, chip = TALK_STATES[seen.state]
    asked = [one for state in ("shown", "waiting") for one in questions if one.it.state == state]
    settled = [one for one in questions if one.it.state in ("answered", "dropped")]
    told = [row.it.place_id for row in (_group(one) for one in rows) if row.it.state == "invited"]
    minutes = max(1, int((present() - seen.started_at).total_seconds() // 60)) if seen.started_at else 0
    return {
        "talk": seen,
        "board": found,
        "state": str(state),
        "chip": chip,
        "minutes": minutes,
        "rows": [_group(one) for one in rows],
        "whole": sum(
            not one.waiting and not one.failed and not any(card.state == "given" for card in one.errands)
            for one in rows
        ),
        "pieces": _pieces(found, seen),
        "cards": open_cards,
        "asked": asked[:SHOWN_QUESTIONS],
        "open": len(asked),
        "more_asked": max(len(asked) - SHOWN_QUESTIONS, 0),
        "settled": settled[:SHOWN_QUESTIONS],
        "number_settled": len(settled),
        "lag": lag_word(found.lag) if found is not None else "—",
        "may_edit": may_edit,
        "may_tell": may_edit and seen.state in COMING,
        "may_hand": may_edit and seen.state in ASKABLE,
        "places": [one for one in place_choices(seen, edits, told) if not one.told] if may_edit else [],
        "chats": [one for one in place_choices(seen, edits, ())] if may_edit and seen.state == "ended" else [],
        "link": member_page(seen),
        "live": _live(seen),
        **more,
    }


def member_page(seen: TalkPage) -> str:
    """The whole address members see it at."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("member:talk", args=[seen.live_code])


def _live(seen: TalkPage) -> str:
    """Where the board hears that something was said; only while somebody speaks."""
    if seen.state != "live":
        return ""
    return f"{settings.LIVE_URL.rstrip('/')}/live/?after={seen.last_line}&ticket={issue(stream=f'board:{seen.id}')}"


def _worded(one: QuestionSeen) -> tuple[str, str]:
    word, chip = QUESTION_STATES[one.state]
    return str(word), chip


def _group(one: BoardRow) -> GroupRow:
    pips = tuple(PIPS.get(pip, "pip") for pip in one.pips[-SHOWN_PIPS:])
    waits = sum(card.state == "given" for card in one.errands)
    if one.failed:
        state, chip = _("failed %(n)s") % {"n": one.failed}, "fail"
    elif one.waiting or waits:
        state, chip = _("waits %(n)s") % {"n": one.waiting + waits}, "wait"
    elif one.state == "attached":
        state, chip = _("its chat was added"), ""
    elif one.delivered or any(card.state == "done" for card in one.errands):
        state, chip = _("delivered"), "good"
    else:
        state, chip = _("knows of it"), "out"
    said = _("%(delivered)s delivered, %(waiting)s waiting, %(failed)s failed") % {
        "delivered": one.delivered,
        "waiting": one.waiting,
        "failed": one.failed,
    }
    return GroupRow(
        one,
        where_word(one.platform),
        str(WAYS[one.way]),
        pips,
        max(0, len(one.pips) - SHOWN_PIPS),
        said,
        lag_word(one.lag),
        state,
        chip,
    )


def _card(seen: TalkPage, row: BoardRow, one: BoardErrand) -> Card:
    noted = [reverse(f"console:give_errand_{deed}", args=[seen.id, one.id]) for deed in ("copied", "done")]
    return Card(row.name, str(CARDS.get(one.when, one.when)), one.text, one.due, *noted)


def _pieces(found: Board | None, seen: TalkPage) -> list[Piece]:
    segments = found.segments if found is not None else ()
    has_files = any(one.files for one in segments)
    kept = {one.name for one in files_of(about_kind=FILES_OF, about=seen.id)} if has_files else set()
    return [
        Piece(
            one,
            str(FORMS[one.form]),
            tuple(f"/f/{name}/small" for name in one.files if name in kept) if one.form == "picture" else (),
            f"/f/{one.files[0]}" if one.form == "voice" and one.files else "",
        )
        for one in segments
    ]
