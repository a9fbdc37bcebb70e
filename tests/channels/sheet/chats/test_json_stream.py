from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongpin.channels.sheet.chats.json_stream import Broken, Document, Unread, decode, shallow
from tongpin.channels.sheet.chats.values import MAX_LINE

ANY = msgspec.json.Decoder()
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.text(max_size=12)
    | st.sampled_from(['}{"]["', '\\"},{', "},", "\\\\", "林老师🍒"])
)
_VALUES = st.recursive(
    _LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=6), v, max_size=4), max_leaves=12
)


def _cut(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


def _all(raw: bytes, size: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    document = Document(_cut(raw, size))
    for key in document.members():
        if document.starts() == b"[":
            found[key] = list(document.elements(ANY))
        else:
            found[key] = json.loads(document.value() or b"null")
    return found


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=5), st.integers(1, 40), st.booleans())
def test_any_document_in_any_pieces_gives_what_it_holds(value: dict[str, Any], size: int, indented: bool) -> None:
    raw = json.dumps(value, ensure_ascii=False, indent=2 if indented else None).encode()
    assert _all(raw, size) == value


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=5), st.integers(1, 40))
def test_skipping_reaches_the_same_keys(value: dict[str, Any], size: int) -> None:
    document = Document(_cut(json.dumps(value).encode(), size))
    keys = []
    for key in document.members():
        keys.append(key)
        document.skip()
    assert keys == list(value)


def test_a_document_cut_short_gives_what_stands_before_the_cut() -> None:
    document = Document(iter([b'{"messages":[{"a":1},{"a":2},{"a":']))
    assert next(document.members()) == "messages"
    elements = document.elements(ANY)
    assert [next(elements), next(elements)] == [{"a": 1}, {"a": 2}]
    with pytest.raises(Broken, match="file_truncated"):
        next(elements)


@pytest.mark.parametrize("raw", [b"[1]", b"nonsense", b'{"a" 1}', b'{"m":[1 2]}', b"{1:2}", b'{"a":1]'])
def test_what_is_no_json_object_is_broken(raw: bytes) -> None:
    with pytest.raises(Broken, match=r"json_broken|file_truncated"):
        _all(raw, 7)


def test_an_element_too_long_or_too_deep_is_passed_over_and_the_next_is_read() -> None:
    long = b'{"text":"' + b"x" * (MAX_LINE + 10) + b'"}'
    deep = b'{"x":' * 2000 + b"1" + b"}" * 2000
    raw = b'{"m":[{"a":1},' + long + b"," + deep + b',{"a":4}]}'
    assert _all(raw, 1 << 16)["m"] == [
        {"a": 1}, Unread("line_too_long", b""), Unread("nested_too_deep", b""), {"a": 4}
    ]  # fmt: skip


def test_a_value_of_many_megabytes_nobody_asked_for_is_not_kept() -> None:
    pieces = iter([b'{"avatars":"', *([b"A" * 65_536] * 200), b'","m":[1]}'])
    document = Document(pieces)
    assert [(key, document.value()) for key in document.members()] == [("avatars", None), ("m", b"[1]")]


def test_half_an_emoji_is_repaired_and_a_broken_element_is_told() -> None:
    assert decode(b'{"a":"x\\ud83d","b":"\\udc4d","c":"\\ud83d\\udc4d"}', ANY) == {"a": "x�", "b": "�", "c": "👍"}
    assert decode(b'{"a":"line\x01break"}', ANY) == {"a": "line break"}
    assert decode(b'{"a":"\xff"}', ANY) == {"a": "�"}
    assert decode(b'{"a":', ANY) == Unread("json_broken", b'{"a":')


def test_many_braces_in_one_text_do_not_cost_a_try_each() -> None:
    text = "},{" * 100_000
    raw = json.dumps({"m": [{"a": {"b": {"c": {"d": text}}}}] * 2}).encode()
    assert _all(raw, 1 << 20)["m"][1]["a"]["b"]["c"]["d"] == text


def test_the_members_of_an_object_cut_short_are_found() -> None:
    assert shallow(b'{"name":"g","avatar":"data:image/png;base64,AAAA') == {
        "name": b'"g"', "avatar": b'"data:image/png;base64,AAAA'
    }  # fmt: skip
    assert shallow(b"") == {}
    assert shallow(b"[1,2]") == {}
