"""What is worth quoting (SCIENCE §2.5, thin): substance, answers and thanks, by pure rules. No clock, no database."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tongpin.base.text import fold

Source = Literal["message", "segment"]

MOST_QUOTES = 12
MOST_EACH = 3
"""Quotes of one person: a digest shows many voices."""
VALUE, WORTH_A_LOOK = 0.40, 0.30
"""From when somebody gave something of value, and from when an editor sees it among the quotes of a draft."""
HAN, LATIN = 8, 20
"""An own text of fewer Han characters and fewer characters in all says too little."""
ALIKE = 0.8
BESIDE = timedelta(minutes=10)
"""In a chat that tells no replies the next word of somebody else within this time answers."""
LONGEST_WINDOW = timedelta(days=31)
SUBSTANCE, RESPONSE, THANKS, KEPT = 0.20, 0.30, 0.15, 0.25

_HAN = re.compile("[\u3400-\u9fff]")
_LINK = re.compile(r"https?://|www\.", re.I)
_SHORT = 16
_GREETING = re.compile(
    "(大家|各位|老师们?|姐妹们|朋友们)?(早上|上午|中午|下午|晚上|早|晚)?好[呀啊哇]?(?![^，。！!,.~～ ])"
    "|早安|晚安|早啊|大家早|您好|你好|哈喽|来了|到了|报到|签到|打卡|欢迎|新人|辛苦[了啦]?|大家|各位|老师"
    r"|\b(hi|hello|hey|good (morning|afternoon|evening|night)|welcome|everyone|everybody|all|here)\b",
    re.I,
)
_LEFT = 5
"""A text of which fewer letters are left without its greetings says nothing else."""
_THANKS = re.compile("谢谢|感谢|多谢|学到|有用|收藏|受教|赞|棒|太好了|mark|thank|helpful|learned|👍|❤|🌹|👏", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """Something said. `reply_to`: the number of the message answered, 0 for none. `kept`: pinned or kept by a host."""

    source: Source
    number: int
    person_id: int | None
    at: datetime
    words: str
    reply_to: int = 0
    kept: bool = False
    staff: bool = False
    place_id: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A quote: what it was worth (0 to 1), how many answered it and how many thanked."""

    source: Source
    number: int
    person_id: int
    score: float
    answers: int
    thanks: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The quotes in the order in which they were said, and who gave: members with a contribution of value, how many each."""

    quotes: tuple[Chosen, ...] = ()
    givers: Mapping[int, int] = field(default_factory=dict)


def wrong_window(*, first: datetime, last: datetime) -> str:
    """Why a stretch of chat cannot be made into a digest, or nothing: ends_before, too_long."""
    if last <= first:
        return "ends_before"
    return "too_long" if last - first > LONGEST_WINDOW else ""


def says_enough(words: str) -> bool:
    """Whether a text is a contribution at all: long enough, no link, more than thanks."""
    if _LINK.search(words) or is_thanks(words):
        return False
    return len(_HAN.findall(words)) >= HAN or len(words.strip()) >= LATIN


def is_thanks(words: str) -> bool:
    """A short word of thanks or praise."""
    return len(words.strip()) <= _SHORT and bool(_THANKS.search(words))


def is_greeting(words: str) -> bool:
    """A hello, or that somebody is here, and nothing else."""
    left, greetings = _GREETING.subn("", words)
    return greetings > 0 and sum(one.isalnum() for one in left) < _LEFT


def choose(*, said: Iterable[Said], most: int = MOST_QUOTES, each: int = MOST_EACH) -> Choice:
    """At most `most` quotes, the best first to be taken, at most `each` of one person; and everybody who gave.

    Who cannot be asked for consent (nobody known, or the same words again) is not quoted. Givers leave teammates out.
    A short greeting that was answered is worth as much as §2.5 says, so it counts for its giver; but nobody reads a
    digest for it, so an editor is not offered it.
    """
    heard = sorted(said, key=lambda one: (one.at, one.source, one.number))
    gated = _gated(heard)
    answers, thanks = _answers(heard), _thanked(heard)
    lengths = sorted(len(one.words) for one in gated)
    long = lengths[min(len(lengths) - 1, math.ceil(len(lengths) * 0.9) - 1)] if lengths else 1
    active = len({one.person_id for one in heard if one.person_id is not None})
    reaches = any(thanks.values())
    scored = []
    for one in gated:
        key = (one.source, one.number)
        score = _score(one, long, len(answers[key]), len(thanks[key]), active, thanked_here=reaches)
        if score >= WORTH_A_LOOK and one.person_id is not None:
            quote = Chosen(one.source, one.number, one.person_id, score, len(answers[key]), len(thanks[key]))
            scored.append((one, quote))
    givers: dict[int, int] = defaultdict(int)
    for one, quote in scored:
        if quote.score >= VALUE and not one.staff:
            givers[quote.person_id] += 1
    offered = [pair for pair in scored if not is_greeting(pair[0].words)]
    return Choice(_best(offered, most, each), dict(givers))


def _best(scored: Sequence[tuple[Said, Chosen]], most: int, each: int) -> tuple[Chosen, ...]:
    taken: list[tuple[Said, Chosen]] = []
    own: dict[int, int] = defaultdict(int)
    for one, quote in sorted(
        scored, key=lambda pair: (-pair[1].score, -len(pair[0].words), pair[0].at, pair[0].number)
    ):
        if len(taken) < most and own[quote.person_id] < each:
            own[quote.person_id] += 1
            taken.append((one, quote))
    return tuple(quote for _, quote in sorted(taken, key=lambda pair: (pair[0].at, pair[0].source, pair[0].number)))


def _score(one: Said, long: int, answers: int, thanks: int, active: int, *, thanked_here: bool) -> float:
    """The weighted mean of the signals that this chat can deliver; what a host kept is worth all."""
    if one.kept:
        return 1.0
    signals = [
        (SUBSTANCE, min(1.0, math.log1p(len(one.words)) / math.log1p(max(long, 1)))),
        (RESPONSE, 1 - math.exp(-answers / 1.5)),
    ]
    if thanked_here:
        signals.append((THANKS, 1 - math.exp(-thanks / (2 * math.sqrt(max(active, 1) / 50)))))
    return sum(weight * value for weight, value in signals) / sum(weight for weight, _ in signals)


def _gated(heard: Sequence[Said]) -> list[Said]:
    """What says enough, the first of those that say the same."""
    kept: list[Said] = []
    known: list[frozenset[str]] = []
    for one in heard:
        if not says_enough(one.words):
            continue
        text = fold(one.words)
        shingles = frozenset(text[i : i + 5] for i in range(max(1, len(text) - 4)))
        if all(len(shingles & other) < ALIKE * len(shingles | other) for other in known):
            kept.append(one)
            known.append(shingles)
    return kept


def _answers(heard: Sequence[Said]) -> Mapping[tuple[Source, int], set[int]]:
    """Who answered what, thanks left out: by the reply where the chat tells it, else by standing beside it."""
    found: dict[tuple[Source, int], set[int]] = defaultdict(set)
    owners = {one.number: one.person_id for one in heard if one.source == "message"}
    tells = {one.place_id for one in heard if one.reply_to}
    before: dict[int, Said] = {}
    for one in heard:
        last = before.get(one.place_id)
        before[one.place_id] = one
        if one.person_id is None or is_thanks(one.words):
            continue
        if one.reply_to:
            if owners.get(one.reply_to, one.person_id) != one.person_id:
                found[("message", one.reply_to)].add(one.person_id)
        elif one.place_id not in tells and last is not None and _beside(last, one):
            found[(last.source, last.number)].add(one.person_id)
    return found


def _thanked(heard: Sequence[Said]) -> Mapping[tuple[Source, int], set[int]]:
    """Who thanked for what: by the reply, else for the last thing somebody else said that says enough."""
    found: dict[tuple[Source, int], set[int]] = defaultdict(set)
    owners = {one.number: one.person_id for one in heard if one.source == "message"}
    substantial: dict[int, Said] = {}
    for one in heard:
        if is_thanks(one.words) and one.person_id is not None:
            last = substantial.get(one.place_id)
            if one.reply_to:
                if owners.get(one.reply_to, one.person_id) != one.person_id:
                    found[("message", one.reply_to)].add(one.person_id)
            elif last is not None and _beside(last, one):
                found[(last.source, last.number)].add(one.person_id)
        elif says_enough(one.words):
            substantial[one.place_id] = one
    return found


def _beside(last: Said, one: Said) -> bool:
    return last.person_id != one.person_id and one.at - last.at <= BESIDE
