"""What a talk may be, where a segment goes, what sounds like a question, who heard how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_TITLE = 80
LONGEST_NAME = 40
LONGEST_ABOUT = 2000
LONGEST_SEGMENT = 4000
LONGEST_QUESTION = 500
MOST_FILES = 9
MOST_PLACES = 2000
MOST_WAITING = 5
"""Questions of one person that wait at once in one talk."""

FORMS = ("text", "picture", "voice")
EVERY = frozenset({"web", "matrix"})
"""Platforms on which every segment goes to a place by itself. Anywhere else a human pastes one card before, one after."""

PLACE_KINDS = frozenset({"group", "page"})
FILE = re.compile(r"[0-9a-f]{40}")

LINK_BEFORE = timedelta(minutes=30)
START_LATE = timedelta(minutes=5)
END_LATE = timedelta(minutes=30)
SILENT = timedelta(hours=2)
"""A talk past its end in which nothing was said for so long is ended by the clock."""

REMIND_BEFORE = timedelta(minutes=10)
CARD_AFTER_WITHIN = timedelta(hours=24)
SEGMENT_WITHIN = timedelta(hours=1)
"""A segment that could not be delivered for so long is left out: the replay card brings people to it."""

HEARD_AT_ONCE = 120
"""Seconds a live page may claim in one go; it speaks up every half minute or so."""

USUAL_LENGTH = timedelta(hours=1)
CHAT_BEFORE = timedelta(minutes=10)
CHAT_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """A place of a talk as rules see it."""

    place_id: int
    platform: str
    way: str
    state: str
    closed: bool = False


def wrong_with_plan(
    *, title: str, about: str, guest_name: str, starts_at: datetime, ends_hint: datetime | None
) -> str | None:
    """Why a talk cannot be planned so: no_title, no_guest, too_long, ends_before. None where it can."""
    if not title:
        return "no_title"
    if not guest_name:
        return "no_guest"
    if len(about) > LONGEST_ABOUT:
        return "too_long"
    if ends_hint is not None and ends_hint <= starts_at:
        return "ends_before"
    return None


def wrong_with_segment(*, form: str, words: str, files: Sequence[str], client_key: str) -> str | None:
    """Why a segment cannot be given: strange_form, no_key, too_long, empty, no_file, too_many_files, strange_file.

    Text has words and no file; a picture has one to nine; a voice has exactly one.
    """
    if form not in FORMS:
        return "strange_form"
    if not client_key or len(client_key) > 40:
        return "no_key"
    if len(words) > LONGEST_SEGMENT:
        return "too_long"
    if form == "text":
        return "empty" if not words else "too_many_files" if files else None
    if not files:
        return "no_file"
    if len(files) > (1 if form == "voice" else MOST_FILES):
        return "too_many_files"
    if not all(FILE.fullmatch(name) for name in files):
        return "strange_file"
    return None


def way_of(platform: str) -> str:
    """`every` where we may write each segment ourselves, else `cards`."""
    return "every" if platform in EVERY else "cards"


def relay_to(*, places: Iterable[PlaceHeld], redacted: bool) -> tuple[PlaceHeld, ...]:
    """Where a segment goes: each place once, in order of number; none of a segment that was taken back meanwhile.

    Only places that were invited and take every segment: a plain group has its card, and a place whose chat was merely
    attached was never asked.
    """
    if redacted:
        return ()
    chosen = {
        one.place_id: one
        for one in places
        if one.way == "every" and one.platform in EVERY and one.state == "invited" and not one.closed
    }
    return tuple(chosen[number] for number in sorted(chosen))


_ASKS = re.compile(
    "请问|想问|问一下|问下|求问|求教|请教|咨询一下|怎么办|为什么|为啥|如何|怎么样|怎样|咋办|能不能|可不可以|是不是|要不要"
    "|有没有|该不该|会不会|行不行|好不好|多少钱|多长时间|多久|几岁|多大"
)
_ENDS_ASKING = re.compile("(吗|嘛|么|呢|哪里|哪个|哪些|什么|多少|几个|谁)$")
_NOT_ASKING = re.compile(
    "(没什么|不怎么样|无论如何|没多久|不多久|不知道为什么|知道为什么|原来是这么|这么|那么|什么的|怎么样都)"
)
_ENGLISH = re.compile(
    r"^(how (to|do|does|can|should|much|many|long|old|often)|what (is|are|if|should|about)|why (do|does|is|are|not)"
    r"|(can|could|would) you|should (i|we)|is (it|there)|are there)\b",
    re.I,
)
_TRAILING = re.compile(r"[\s。.!！~～…,，、)）\]】\"'”’]+$")
_LEADING = re.compile(r"^(@\S+\s+)+")
_SUBSTANCE = re.compile(r"[\u3400-\u9fff]|[A-Za-z]{2,}")
_LINK = re.compile(r"https?://\S+")


def is_question(words: str) -> bool:
    """Whether words said in a group are likely a question to the guest. A host sorts them afterwards."""
    plain = _LINK.sub(" ", _LEADING.sub("", words.strip())).strip()
    if len(plain) > LONGEST_QUESTION or len(_SUBSTANCE.findall(plain)) < 2:
        return False
    if re.search("[?？]", plain):
        return True
    bare = _NOT_ASKING.sub("", _TRAILING.sub("", plain))
    return bool(_ENDS_ASKING.search(bare) or _ASKS.search(bare) or _ENGLISH.search(bare))


def heard_more(*, claimed: int, since: datetime, at: datetime) -> int:
    """Seconds to count of what a page says it played since it last spoke: never more than passed, never less than none."""
    return max(0, min(claimed, int((at - since).total_seconds()), HEARD_AT_ONCE))


def chat_window(*, started_at: datetime, ended_at: datetime) -> tuple[datetime, datetime]:
    """When words in a group count as having been there."""
    return started_at - CHAT_BEFORE, ended_at + CHAT_AFTER


def ends_about(*, starts_at: datetime, ends_hint: datetime | None, started_at: datetime | None) -> datetime:
    """When a talk is over, as far as anybody said."""
    begun = started_at or starts_at
    return max(ends_hint, begun) if ends_hint is not None else begun + USUAL_LENGTH


def wants(
    *,
    state: str,
    on_stage: bool,
    starts_at: datetime,
    ends_hint: datetime | None,
    started_at: datetime | None,
    at: datetime,
) -> tuple[str, datetime] | None:
    """What a human must see to, and since when: not_announced and no_stage_link half an hour before, not_started five
    minutes after, not_ended half an hour after the end."""
    if state == "live":
        over = ends_about(starts_at=starts_at, ends_hint=ends_hint, started_at=started_at)
        return ("not_ended", over) if at >= over + END_LATE else None
    if state not in ("draft", "announced"):
        return None
    if state == "announced" and at >= starts_at + START_LATE:
        return "not_started", starts_at
    if at < starts_at - LINK_BEFORE:
        return None
    if state == "draft":
        return "not_announced", starts_at - LINK_BEFORE
    return None if on_stage else ("no_stage_link", starts_at - LINK_BEFORE)


def ends_by_itself(*, over: datetime, last_word: datetime, at: datetime) -> bool:
    """Whether a live talk was forgotten: past its end, and nothing was said for two hours."""
    return at >= over + END_LATE and at >= last_word + SILENT


def middle(lags: Iterable[timedelta]) -> timedelta | None:
    """The median."""
    ordered = sorted(lags)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
