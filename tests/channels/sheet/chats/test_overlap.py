"""The same conversation exported twice, the second time later, longer, in another encoding and with other line ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.keys import Occurrences
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import BadRow, Notice, Said

from .conftest import SHANGHAI

Line = tuple[int, str, str]
"""Second, QQ number or wxid, words."""

_START = 1709294709
_NAMES = {"10086": "林老师", "12345": "小美(樱桃控)", "67890": "阿强"}
_CHATS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(list(_NAMES)), st.sampled_from(["在", "好的", "[图片]", "两行\n的话"])
    ),
    min_size=1,
    max_size=25,
)


def _clock(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _qq(lines: list[Line]) -> str:
    return "消息记录（此消息记录为文本格式，不支持重新导入）\n\n消息对象:樱桃一群\n\n" + "".join(
        f"{_clock(second)} 【潜水】{_NAMES[who]}({who})\n{words}\n\n" for second, who, words in lines
    )


def _csv(lines: list[Line]) -> str:
    out = io.StringIO()
    rows = ([_clock(second), _NAMES[who], who, "樱桃一群", "1@chatroom", words] for second, who, words in lines)
    csv.writer(out).writerows([["Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"], *rows])
    return out.getvalue().replace("\r\n", "\n")


def _chatlab(lines: list[Line]) -> str:
    messages = [
        {"sender": who, "accountName": _NAMES[who], "timestamp": second, "type": 0, "content": words}
        for second, who, words in lines
    ]
    meta = {"name": "樱桃一群", "platform": "qq", "type": "group"}
    return json.dumps({"chatlab": {"version": "0.0.2"}, "meta": meta, "messages": messages}, ensure_ascii=False)


def _jsonl(lines: list[Line]) -> str:
    rows = ({"ts": second, "user": who, "text": words, "channel": "cherry"} for second, who, words in lines)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _keys(raw: bytes) -> set[bytes]:
    items: list[Any] = list(iterate(io.BytesIO(raw), recognise(raw), zone=SHANGHAI))
    assert not [item for item in items if isinstance(item, BadRow)]
    counted = Occurrences()
    return {counted.key(item) for item in items if isinstance(item, Said | Notice)}


@pytest.mark.parametrize("write", [_qq, _csv, _chatlab, _jsonl])
@settings(deadline=None, max_examples=examples(40))
@given(chat=_CHATS, cut=st.data())
def test_two_exports_give_the_union_of_their_keys(
    write: Callable[[list[Line]], str], chat: list[Line], cut: st.DataObject
) -> None:
    lines, second = [], _START
    for step, who, words in chat:
        second += step
        lines.append((second, who, words))
    last = lines[-1][0]
    begin = cut.draw(st.integers(lines[0][0], last))
    end = cut.draw(st.integers(begin, last))
    early = write([line for line in lines if line[0] <= end]).encode()
    late = write([line for line in lines if line[0] >= begin])
    # JSON is always UTF-8; the other formats come back in GBK and with the other line end.
    late_raw = late.encode() if late[0] == "{" else late.replace("\n", "\r\n").encode("gb18030")
    whole = _keys(write(lines).encode())
    assert len(whole) == len(lines)
    assert _keys(early) | _keys(late_raw) == whole
