from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongpin.channels.sheet.chats.keys import Occurrences, message_key
from tongpin.channels.sheet.chats.values import Notice, Said

START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def say(second: int = 0, *, who: str = "wxid_mei", text: str = "在", kind: str = "text", **more: object) -> Said:
    return Said(1, None, who, "小美", START + timedelta(seconds=second), kind, text, **more)  # type: ignore[arg-type]


def keys_of(chat: list[Said]) -> list[bytes]:
    counted = Occurrences()
    return [counted.key(said) for said in chat]


_CHAT = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["wxid_lin", "wxid_mei"]), st.sampled_from(["在", "好", "+1"])),
    min_size=1, max_size=30,
).map(sorted)  # fmt: skip


def _messages(chat: list[tuple[int, str, str]]) -> list[Said]:
    second, messages = 0, []
    for step, who, text in chat:
        second += step
        messages.append(say(second, who=who, text=text))
    return messages


@settings(deadline=None)
@given(_CHAT, st.data())
def test_two_overlapping_exports_have_the_keys_of_the_whole(
    chat: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    """Wherever the cuts fall; unless both fall among equals of one second, where no text export can tell them apart."""
    whole = _messages(chat)
    begin = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(begin, len(whole)))
    first, second = keys_of(whole[:end]), keys_of(whole[begin:])
    both = set(first) | set(second)
    assert both <= set(keys_of(whole))
    cut_off = {said.at for said in whole[:begin]} & {said.at for said in whole[end:]}
    if not cut_off:
        assert both == set(keys_of(whole))


@settings(deadline=None)
@given(_CHAT, st.randoms(use_true_random=False))
def test_the_order_of_a_file_changes_no_key(chat: list[tuple[int, str, str]], shuffler: random.Random) -> None:
    whole = _messages(chat)
    shuffled = whole.copy()
    shuffler.shuffle(shuffled)
    assert sorted(keys_of(shuffled)) == sorted(keys_of(whole))
    assert len(set(keys_of(whole))) == len(whole)


def test_encoding_line_ends_and_spaces_change_no_key() -> None:
    key = message_key(say(text="第一行\n第二行 cafe\u0301"), 1)
    assert message_key(say(text="第一行\r\n第二行\u00a0caf\u00e9  "), 1) == key
    assert message_key(say(text="第一行 第二行 caf\u00e9"), 1) == key
    assert message_key(say(text="第一行第二行 caf\u00e9"), 1) != key


def test_who_when_what_and_which_each_make_another_key() -> None:
    base = message_key(say(), 1)
    others = [
        message_key(say(1), 1), message_key(say(who="wxid_lin"), 1), message_key(say(text="好"), 1),
        message_key(say(kind="image"), 1), message_key(say(), 2),
    ]  # fmt: skip
    assert len({base, *others}) == 6
    assert message_key(say(0), 1) == message_key(Said(99, None, "wxid_mei", "小美改名了", START, "text", "在"), 1)


def test_parts_of_a_second_and_the_place_are_not_in_the_key() -> None:
    later = Said(1, None, "wxid_mei", "小美", START + timedelta(milliseconds=400), "text", "在", place="a")
    assert message_key(later, 1) == message_key(say(), 1)


def test_a_platforms_own_id_is_the_key_whatever_else_changes() -> None:
    first = Said(1, "7594861486645126963", "wxid_mei", "小美", START, "text", "在")
    again = Said(8, "7594861486645126963", "wxid_mei", "美", START + timedelta(hours=8), "other", "")
    counted = Occurrences()
    assert counted.key(first) == counted.key(again) == message_key(first, 1)


def test_the_same_words_in_two_places_are_each_the_first() -> None:
    counted = Occurrences()
    here, there = say(place="一群"), say(place="二群")
    assert [counted.key(here), counted.key(there), counted.key(here)] == [
        message_key(here, 1), message_key(here, 1), message_key(here, 2)
    ]  # fmt: skip


def test_a_notice_keeps_its_key_when_more_of_it_is_understood_later() -> None:
    text = '"林老师"邀请"小美"加入了群聊'
    assert message_key(Notice(1, START, "other", (), text), 1) == message_key(Notice(5, START, "joined", (), text), 1)


def test_a_hundred_thousand_messages_are_counted_in_little_memory() -> None:
    counted = Occurrences()
    keys = {counted.key(say(second, text=str(second % 7))) for second in range(100_000)}
    assert len(keys) == 100_000
    assert counted.size <= 100_000 * 27


def test_too_many_messages_are_refused_rather_than_miscounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongpin.channels.sheet.chats.keys._MOST", 1 << 12)
    counted = Occurrences()
    for second in range((1 << 12) * 2 // 3):
        counted.key(say(second))
    with pytest.raises(OverflowError):
        counted.key(say(-1))
