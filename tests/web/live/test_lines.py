"""A line of a talk as an event: its number as id, its words as JSON on one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.files.queries import FileSeen
from tongpin.loop.give.talks.seen import LineSeen
from tongpin.web.live.lines import event_of

AT = datetime(2026, 11, 22, 12, 26, tzinfo=UTC)
PICTURE = FileSeen(1, "a" * 40, "picture", "image/jpeg", 86_000, 1280, 960, 0.0, AT)


def told(event: bytes) -> tuple[int, dict[str, object]]:
    number, rest = event.decode().split("\n", 1)
    assert number.startswith("id: "), event
    assert rest.startswith("data: "), event
    assert rest.endswith("\n\n"), event
    return int(number[4:]), json.loads(rest[6:-2])


def test_words_come_with_number_clock_and_segment() -> None:
    line = LineSeen(7, "segment", AT, segment_id=3, form="text", words="等那一页。")
    assert told(event_of(line, {})) == (
        7,
        {"n": 7, "kind": "segment", "at": "20:26", "segment": 3, "words": "等那一页。", "form": "text"},
    )


def test_a_picture_says_its_measures_so_that_nothing_jumps() -> None:
    line = LineSeen(8, "segment", AT, segment_id=4, form="picture", files=("a" * 40, "b" * 40))
    files = told(event_of(line, {PICTURE.name: PICTURE}))[1]["files"]
    assert files == [
        {"url": f"/f/{'a' * 40}", "small": f"/f/{'a' * 40}/small", "width": 1280, "height": 960},
        {"url": f"/f/{'b' * 40}", "small": f"/f/{'b' * 40}/small"},
    ]


def test_what_was_taken_back_is_not_told() -> None:
    line = LineSeen(9, "segment", AT, segment_id=5, redacted=True)
    assert told(event_of(line, {}))[1] == {"n": 9, "kind": "segment", "at": "20:26", "segment": 5, "redacted": True}


def test_an_answer_carries_its_question() -> None:
    line = LineSeen(10, "answer", AT, words="两本短的。", question_id=2, question="读长的还是短的？", asker="豆豆妈")
    assert told(event_of(line, {}))[1]["question"] == {"id": 2, "words": "读长的还是短的？", "name": "豆豆妈"}


@given(st.text(max_size=200))
def test_no_words_can_end_an_event_early_or_begin_another(words: str) -> None:
    event = event_of(LineSeen(1, "segment", AT, segment_id=1, form="text", words=words), {})
    assert told(event)[1]["words"] == words
    assert event.count(b"\n\n") == 1
    assert b"\r" not in event
