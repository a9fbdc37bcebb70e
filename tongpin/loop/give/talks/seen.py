"""Talks as pages see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class TalkPage:
    """A talk. `state`: draft, announced, live, ended, cancelled. `on_stage`: there is a link for the guest."""

    id: int
    community_id: int
    community: str
    title: str
    about: str
    guest_person_id: int | None
    guest_name: str
    starts_at: datetime
    ends_hint: datetime | None
    state: str
    reason: str
    live_code: str
    last_line: int
    occurrence: int
    on_stage: bool
    started_at: datetime | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    signed_up: int
    heard: int
    segments: int


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A talk in a list or a calendar. `waiting`: questions nobody took up; `places`: how many were told."""

    id: int
    community_id: int
    community: str
    title: str
    guest_name: str
    starts_at: datetime
    ends_hint: datetime | None
    state: str
    live_code: str
    places: int
    segments: int
    waiting: int


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A line of the live page; `number` is its event id.

    kind `segment`: form, words, files, seconds; where it answers a question also that. `answer`: a host answered
    `question` in `words`. `redaction`: take `segment_id` off the page. `started`, `ended`: nothing more.
    A segment that was taken back comes without words and files, `redacted`.
    """

    number: int
    kind: str
    at: datetime
    segment_id: int = 0
    segment_number: int = 0
    form: str = ""
    words: str = ""
    files: tuple[str, ...] = ()
    seconds: int = 0
    redacted: bool = False
    question_id: int = 0
    question: str = ""
    asker: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSeen:
    """A question. `state`: waiting, shown, answered, dropped, merged. `also`: how many more ask the same."""

    id: int
    talk_id: int
    person_id: int | None
    name: str
    words: str
    channel: str
    place: str
    asked_at: datetime
    state: str
    also: int
    merged_into: int | None
    answers: int
    answer_words: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class StageSeen:
    """What the guest's phone shows: the talk, and the questions that were handed on, the longest waiting first."""

    talk: TalkPage
    questions: tuple[QuestionSeen, ...]


@dataclass(frozen=True, slots=True)
class TalkAtHand:
    """A talk as Today needs it. `needs`: why it needs a human now (not_announced, no_stage_link, not_started, not_ended),
    since when; `cards` wait to be pasted, the first until `cards_due`; `is_dated`: it stands in the calendar of the days."""

    talk: TalkLine
    needs: str
    since: datetime | None
    cards: int
    cards_due: datetime | None
    is_dated: bool


@dataclass(frozen=True, slots=True)
class BoardSegment:
    """A segment on the relay board: in how many of the places that take it (`of`) it arrived."""

    id: int
    number: int
    form: str
    words: str
    files: tuple[str, ...]
    seconds: int
    at: datetime
    redacted: bool
    reached: int
    of: int


@dataclass(frozen=True, slots=True)
class BoardErrand:
    """A card a human pastes. `when`: before, after, or called_off. `taps`: touches it took; `state`: given, done, missed."""

    id: int
    when: str
    text: str
    url: str
    state: str
    reason: str
    taps: int
    due: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A place on the relay board.

    pips: one for each segment of the board, in order: delivered, waiting, failed, or empty where it was never to go
    there. opened: taps on its cards. lag: how late its latest segment was. way: every or cards.
    """

    place_id: int
    name: str
    platform: str
    way: str
    state: str
    members: int
    pips: tuple[str, ...]
    delivered: int
    waiting: int
    failed: int
    lag: timedelta | None
    errands: tuple[BoardErrand, ...]
    opened: int
    attached_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """The relay board (转发台). `lag`: the median of the rows'; `watching`: on the live page in the last minute."""

    talk: TalkPage
    rows: tuple[BoardRow, ...]
    segments: tuple[BoardSegment, ...]
    members: int
    delivered: int
    waiting: int
    failed: int
    errands_open: int
    lag: timedelta | None
    watching: int
