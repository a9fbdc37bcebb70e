"""What the guest said as the stage shows it: each piece with the word how far it went, and which groups get what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.loop.give.talks.seen import Board, BoardSegment, LineSeen
from tongpin.web.member.talk_rows import Attached, Row


@dataclass(frozen=True, slots=True)
class Groups:
    """How many groups were told: those that get every piece, and those that get a card before and one after."""

    every: int
    cards: int


def groups_of(seen: Board | None) -> Groups:
    """The groups of a talk that were told of it."""
    told = [row.way for row in seen.rows if row.state == "invited"] if seen is not None else []
    return Groups(told.count("every"), told.count("cards"))


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the talk, and how far it went in words. `tone`: all, on the way, or not."""

    it: LineSeen
    files: tuple[Attached, ...]
    went: str
    tone: str
    of: int


def said_on(rows: Iterable[Row], seen: Board | None) -> tuple[Said, ...]:
    """The guest's own pieces, in order."""
    on_board = {one.id: one for one in seen.segments} if seen is not None else {}
    return tuple(
        Said(row.it, row.files, *went(on_board.get(row.it.segment_id)), _of(on_board.get(row.it.segment_id)))
        for row in rows
        if row.it.kind == "segment"
    )


def _of(one: BoardSegment | None) -> int:
    return one.of if one is not None else 0


def gone() -> str:
    """What stands below a piece that was taken back."""
    return _("off the live page and out of the groups")


def went(one: BoardSegment | None) -> tuple[str, str]:
    """(words, tone) for where a piece has arrived. It stands on the live page from the first moment."""
    if one is not None and one.redacted:
        return gone(), ""
    if one is None or not one.of:
        return _("on the live page"), "went-all"
    if one.reached == one.of:
        text = ngettext("on the live page and in %(n)s group", "on the live page and in all %(n)s groups", one.of)
        return text % {"n": one.of}, "went-all"
    return _("on the live page, in %(reached)s of %(of)s groups so far") % {
        "reached": one.reached,
        "of": one.of,
    }, "waits"
