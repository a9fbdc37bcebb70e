"""A talk's lines as its pages show them: bubbles with their files, moments to jump to, answers apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongpin.core.files.queries import FileSeen, files_of
from tongpin.loop.give.talks.queries import lines_after
from tongpin.loop.give.talks.seen import LineSeen, TalkPage

FILES_OF = "talk"
"""Files of segments belong to their talk."""

AT_ONCE = 500
JUMPS = 5
WORTH_JUMPING = timedelta(minutes=3)
"""Who comes later than this is offered a way in."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a line: its address, and its measures where they are known."""

    url: str
    small: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line with its files."""

    it: LineSeen
    files: tuple[Attached, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """A moment of a talk one can go to."""

    number: int
    at: datetime
    words: str


def rows_of(talk: TalkPage) -> tuple[Row, ...]:
    """Everything said so far, in order. Two queries, one more for each further 500 lines."""
    lines: list[LineSeen] = []
    while talk.last_line:
        some = lines_after(talk_id=talk.id, number=lines[-1].number if lines else 0, limit=AT_ONCE)
        lines.extend(some)
        if len(some) < AT_ONCE:
            break
    has_files = any(one.files for one in lines)
    known = {one.name: one for one in files_of(about_kind=FILES_OF, about=talk.id)} if has_files else {}
    return tuple(
        Row(one, tuple(attached(name, known.get(name)) for name in one.files))
        for one in lines
        if one.kind != "redaction"
    )


def attached(name: str, known: FileSeen | None) -> Attached:
    """Where a file is fetched."""
    width, height = (known.width, known.height) if known is not None else (0, 0)
    return Attached(f"/f/{name}", f"/f/{name}/small", width, height)


def jumps_in(rows: Iterable[Row], *, most: int = JUMPS) -> tuple[Jump, ...]:
    """So many moments of what was said in words, evenly over the time that went by; the guest's own words, uncut."""
    said = [one.it for one in rows if one.it.kind == "segment" and one.it.words and not one.it.redacted]
    if len(said) <= most:
        return tuple(_jump(one) for one in said)
    span = (said[-1].at - said[0].at) / most
    found: list[LineSeen] = []
    for part in range(most):
        begin = said[0].at + span * part
        later = next((one for one in said if one.at >= begin and one not in found), None)
        if later is not None:
            found.append(later)
    return tuple(_jump(one) for one in found)


def _jump(line: LineSeen) -> Jump:
    return Jump(line.number, line.at, line.words)


def answered_in(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Answers, the guest's and the host's."""
    return tuple(one for one in rows if one.it.question and not one.it.redacted)
