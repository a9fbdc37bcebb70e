"""Files made to break a reader: they end in plain rows, bad rows or a refusal, soon and in little memory."""

from __future__ import annotations

import io
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.keys import Occurrences
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import HEAD_BYTES, BadRow, Member, Notice, Refused, Said

from .conftest import SHANGHAI

SEEDS = [
    b'{"chatlab":{"version":"0.0.1"},"meta":{"name":"a","platform":"qq","type":"group"},'
    b'"messages":[{"sender":"1","timestamp":1709294709,"type":0,"content":"x"}]}',
    b'{"_type":"header","chatlab":{},"meta":{"name":"a"}}\n'
    b'{"_type":"message","sender":"1","timestamp":1709294709,"type":0,"content":"x"}\n',
    "消息对象:一群\n\n2024-03-01 20:05:09 林老师(10086)\n在\n\n".encode()
    + "2024-03-01 20:05:10 系统消息(10000)\n小美加入本群。\n".encode(),
    b"localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
    b"1,4,1,0,0,1709294709,2,hi,2024-03-01 20:05:09,,Mei,wxid_mei\n",
    b"Time,SenderName,Sender,TalkerName,Talker,Content\n2024-03-01 20:05:09,Lin,wxid_lin,G,1@chatroom,hi\n",
    b"id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n1,9,text,0,wxid_mei,1@chatroom,hi,,1709294709\n",
    b'{"channel":"c","ts":1709294709,"user":"u","text":"hi"}\n{"channel":"c","ts":1709294710,"user":"u","text":"hi"}\n',
]


@settings(max_examples=examples(300), deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=6), st.integers(0, 9)), max_size=4),
)
def test_damaged_files_give_values_or_a_refusal_never_an_accident(
    seed: bytes, damage: list[tuple[int, bytes, int]]
) -> None:
    raw = seed
    for at, put_in, taken_out in damage:
        raw = raw[:at] + put_in + raw[at + taken_out :]
    try:
        items = list(iterate(io.BytesIO(raw), recognise(raw), zone=SHANGHAI))
    except Refused:
        return
    counted = Occurrences()
    for item in items:
        json.dumps(repr(item)).encode()
        if isinstance(item, Said | Notice):
            assert "\x00" not in item.text
            item.text.encode()
            assert len(counted.key(item)) == 16


def test_markup_and_queries_stay_text_and_marks_leave_names(read: Any) -> None:
    name = "\u202e<script>alert(1)</script>\u200b'; DROP TABLE person;--\x07\u2066"
    text = '<b onclick=x>=HYPERLINK("http://e")</b>\'; DROP TABLE said;--\u202e'
    rows = [{"ts": 1709294709, "user": "u1\x00\u202e", "name": name, "text": text + "\x00\x1b"}] * 2
    items = read("".join(json.dumps(row) + "\n" for row in rows))
    assert [(i.external_id, i.name) for i in items if isinstance(i, Member)] == [
        ("u1", "<script>alert(1)</script>'; DROP TABLE person;--")
    ]
    assert {i.text for i in items if isinstance(i, Said)} == {text}


def test_half_an_emoji_in_a_name_or_text_can_be_stored(read: Any) -> None:
    items = read('{"ts":1709294709,"user":"\\ud83d","text":"\\ude00 hi"}\n{"ts":1709294710,"user":"a","text":"b"}\n')
    assert [item.text for item in items if isinstance(item, Said)] == ["\ufffd hi", "b"]
    assert all(repr(item).encode() for item in items)


def test_a_long_message_is_cut_and_a_long_line_refused(read: Any) -> None:
    rows = [
        {"ts": 1709294709, "user": "a", "text": "樱" * 30_000},
        {"ts": 1709294710, "user": "a", "text": "x" * 1_200_000},
        {"ts": 1709294711, "user": "a", "text": "好"},
    ]
    items = read("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    assert [(i.row, len(i.text), i.note) for i in items if isinstance(i, Said)] == [(1, 20_000, "text_cut"), (3, 1, "")]
    assert [(i.row, i.reason) for i in items if isinstance(i, BadRow)] == [(2, "line_too_long")]


def test_deep_nesting_is_refused(read: Any) -> None:
    deep = '{"ts":1709294709,"user":"a","text":' + "[" * 100_000 + "]" * 100_000 + "}"
    items = read('{"ts":1709294709,"user":"a","text":"好"}\n' + deep + "\n")
    assert [(i.row, i.reason) for i in items if isinstance(i, BadRow)] == [(2, "nested_too_deep")]


def test_a_quote_never_closed_costs_its_own_row(read: Any) -> None:
    lines = [f"1709294{n:03},lin,第{n}句" for n in range(700, 900)]
    lines[50] = '1709294750,lin,"没有收尾'
    items = read("ts,user,text\n" + "\n".join(lines) + "\n")
    assert [(i.row, i.reason) for i in items if isinstance(i, BadRow)] == [(52, "quote_unbalanced")]
    assert sum(isinstance(i, Said) for i in items) == 199


def test_bytes_of_no_encoding_become_a_mark_and_a_note(read: Any) -> None:
    raw = ("ts,user,text\n" + "1709294709,lin,今晚八点开团\n" * 5).encode() + b"1709294710,lin,\xff\xfe broken\n"
    assert [i.note for i in read(raw) if isinstance(i, Said)] == [""] * 5 + ["undecodable"]


class _Endless(io.RawIOBase):
    """A file of one line without an end: 64 MB of it."""

    def __init__(self, start: bytes) -> None:
        self.start, self.left = start, 64 << 20

    def read(self, size: int = -1) -> bytes:
        piece, self.start = self.start, b""
        if not piece and self.left > 0:
            piece = b"A" * size
            self.left -= size
        return piece


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_without_end_is_passed_over_in_little_memory(seed: bytes) -> None:
    open_json = seed.startswith(b'{"chatlab"')
    start = seed[:-2] + b',{"sender":"2","content":"' if open_json else seed
    tracemalloc.start()
    items = list(iterate(_Endless(start), recognise(seed), zone=SHANGHAI))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(isinstance(item, Said) for item in items) >= 1
    assert [i.reason for i in items if isinstance(i, BadRow)] in (["line_too_long"], ["file_truncated"])
    assert peak < 12 << 20


def _many(count: int) -> Iterator[str]:
    yield '{"ts":1709294709,"user":"a","text":"b"}\n'
    for number in range(count):
        yield f'{{"ts":{1709294710 + number},"user":"u{number}","text":"在"}}\n'


def test_a_sender_per_row_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongpin.channels.sheet.chats.building._MOST_MEMBERS", 50)
    items = list(iterate(_many(200), recognise("".join(_many(3))), zone=SHANGHAI))
    assert sum(isinstance(item, Member) for item in items) == 50
    assert sum(isinstance(item, Said) for item in items) == 201


def test_a_place_per_row_is_refused(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongpin.channels.sheet.chats.plain._MOST_PLACES", 30)
    text = "channel,ts,user,text\n" + "".join(f"群{n},1709294709,a,b\n" for n in range(40))
    with pytest.raises(Refused, match="too_many_places"):
        read(text)


def test_the_source_stays_open(read: Any) -> None:
    file = io.BytesIO(SEEDS[6])
    list(iterate(file, recognise(SEEDS[6][:HEAD_BYTES]), zone=SHANGHAI))
    assert not file.closed


def test_very_many_ruled_lines_are_not_held() -> None:
    top = "消息对象:一群\n\n2024-03-01 20:05:09 林老师(10086)\n在\n"
    lines = itertools.chain(io.StringIO(top), itertools.repeat("=" * 20, 300_000))
    tracemalloc.start()
    said = [item for item in iterate(lines, recognise(top), zone=SHANGHAI) if isinstance(item, Said)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(len(item.text), item.note) for item in said] == [(20_000, "text_cut")]
    assert peak < 8 << 20
