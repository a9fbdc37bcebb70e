from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tongpin.channels.sheet.chats.values import BadRow, Chat, Item, Member, Notice, Party, Said

CHAT = Chat("wechat", "樱桃试吃一群", "5001@chatroom", "group", "wxid_lin", "chatlab_json")
HEADER = {
    "chatlab": {"version": "0.0.2", "exportedAt": 1709300000},
    "meta": {
        "name": "樱桃试吃一群",
        "platform": "wechat",
        "type": "group",
        "groupId": "5001@chatroom",
        "ownerId": "wxid_lin",
        "groupAvatar": "data:image/png;base64," + "A" * 400,
    },
}
MEMBERS = [
    {
        "platformId": "wxid_lin",
        "accountName": "林老师",
        "groupNickname": "团长林",
        "aliases": ["林姐"],
        "roles": [{"id": "owner"}],
        "avatar": "data:image/png;base64,AAAA",
    },
    {"platformId": "wxid_mei", "accountName": "小美"},
]
MESSAGES: list[dict[str, Any]] = [
    {
        "sender": "wxid_lin",
        "accountName": "林老师",
        "groupNickname": "团长林",
        "timestamp": 1709294709,
        "type": 0,
        "content": "今晚八点开团",
        "platformMessageId": "m1",
    },
    {
        "sender": "wxid_mei",
        "accountName": "小美",
        "timestamp": 1709294710,
        "type": 25,
        "content": "收到",
        "platformMessageId": "m2",
        "replyToMessageId": "m1",
    },
    {"sender": "wxid_qiang", "accountName": "阿强", "timestamp": 1709294711, "type": 1, "content": None},
    {
        "sender": "system",
        "accountName": "系统消息",
        "timestamp": 1709294712,
        "type": 80,
        "content": '"林老师"邀请"路人"加入了群聊',
    },
    {
        "sender": "wxid_mei",
        "accountName": "小美",
        "timestamp": 1709294713,
        "type": 81,
        "content": '"小美" 撤回了一条消息',
    },
    {"sender": "wxid_mei", "accountName": "美美", "timestamp": 1709294714, "type": 0, "content": "[语音]"},
    {"sender": "wxid_mei", "accountName": "美美", "timestamp": 1709294715, "type": 12345, "content": "?"},
]


def document(messages: list[dict[str, Any]] | None = None, **more: Any) -> str:
    body = {**HEADER, "members": MEMBERS, "messages": MESSAGES if messages is None else messages, **more}
    return json.dumps(body, ensure_ascii=False)


def expected(evening: datetime, first_row: int = 1) -> list[Item]:
    def at(seconds: int) -> datetime:
        return evening + timedelta(seconds=seconds)

    place, row = "5001@chatroom", first_row
    return [
        Member("wxid_lin", "林老师", "团长林", ("林姐",), "owner", place),
        Member("wxid_mei", "小美", place=place),
        Said(row, "m1", "wxid_lin", "团长林", at(0), "text", "今晚八点开团", place=place),
        Said(row + 1, "m2", "wxid_mei", "小美", at(1), "reply", "收到", "m1", place=place),
        Member("wxid_qiang", "阿强", place=place),
        Said(row + 2, None, "wxid_qiang", "阿强", at(2), "image", "", place=place),
        Notice(
            row + 3, at(3), "joined", (Party("路人"),), '"林老师"邀请"路人"加入了群聊', Party("林老师"), place=place
        ),
        Notice(row + 4, at(4), "recalled", (Party("小美"),), '"小美" 撤回了一条消息', place=place),
        Member("wxid_mei", "美美", place=place),
        Said(row + 5, None, "wxid_mei", "美美", at(5), "voice", "[语音]", place=place),
        Said(row + 6, None, "wxid_mei", "美美", at(6), "other", "?", place=place),
    ]


def test_a_json_document_gives_chat_members_messages_and_notices(read: Any, evening: datetime) -> None:
    assert read(document()) == [CHAT, *expected(evening)]


def test_an_indented_document_with_a_mark_and_in_utf16_gives_the_same(read: Any, evening: datetime) -> None:
    indented = json.dumps(json.loads(document()), ensure_ascii=False, indent=2)
    assert read(indented) == [CHAT, *expected(evening)]
    assert read(b"\xef\xbb\xbf" + indented.replace("\n", "\r\n").encode()) == [CHAT, *expected(evening)]
    assert read(indented.encode("utf-16")) == [CHAT, *expected(evening)]


def test_jsonl_gives_the_same_with_line_numbers(read: Any, evening: datetime) -> None:
    lines = [{"_type": "header", **HEADER}, *({"_type": "member", **m} for m in MEMBERS)]
    lines += [{"_type": "message", **m} for m in MESSAGES]
    text = "# kept by hand\n\n" + "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n"
    chat = Chat("wechat", "樱桃试吃一群", "5001@chatroom", "group", "wxid_lin", "chatlab_jsonl")
    assert read(text) == [chat, *expected(evening, first_row=6)]
    assert read(text.replace("\n", "\r\n")) == [chat, *expected(evening, first_row=6)]


def test_meta_behind_the_messages_leaves_the_place_to_be_named(read: Any) -> None:
    body = {"chatlab": HEADER["chatlab"], "messages": MESSAGES[:1] * 3000, "members": [], "meta": HEADER["meta"]}
    items = read(json.dumps(body, ensure_ascii=False))
    assert [type(item) for item in items[:2]] == [Member, Said]
    assert {item.place for item in items} == {None}


def test_a_private_conversation_is_told_as_one(read: Any) -> None:
    meta = {"name": "林老师", "platform": "QQ", "type": "private"}
    assert read(document([], meta=meta))[0] == Chat("qq", "林老师", None, "private", None, "chatlab_json")


@pytest.mark.parametrize(
    ("message", "bad"),
    [
        ({"timestamp": "soon"}, BadRow(1, "time_unreadable", "timestamp", "soon")),
        ({"timestamp": None}, BadRow(1, "time_missing", "timestamp", "None")),
        ({"timestamp": -5}, BadRow(1, "time_unreadable", "timestamp", "-5")),
        ({"content": {"a": 1}}, BadRow(1, "text_unreadable", "text", "dict")),
    ],
)
def test_a_message_that_cannot_be_read_is_told_and_the_next_is_taken(
    read: Any, message: dict[str, Any], bad: BadRow
) -> None:
    items = read(document([{**MESSAGES[2], **message}, MESSAGES[2]]))
    found = [item for item in items if isinstance(item, BadRow)]
    assert [replace(item, cells=()) for item in found] == [bad]
    handed = json.loads(found[0].cells[0])
    assert handed == {key: value for key, value in {**MESSAGES[2], **message}.items() if value is not None}
    assert [item.row for item in items if isinstance(item, Said)] == [2]


def test_a_broken_line_of_jsonl_costs_only_itself(read: Any) -> None:
    good = json.dumps({"_type": "message", **MESSAGES[2]})
    header = json.dumps({"_type": "header", **HEADER})
    items = read(f'{header}\n{good}\n{{"_type":"message",\n{{"_type":"greeting"}}\n[1]\n{good}\n')
    assert [(i.row, i.reason) for i in items if isinstance(i, BadRow)] == [
        (3, "json_broken"),
        (4, "line_unknown"),
        (5, "json_broken"),
    ]
    assert [i.row for i in items if isinstance(i, Said)] == [2, 6]


def test_a_file_cut_short_gives_what_it_holds_and_says_so(read: Any) -> None:
    items = read(document()[:-70])
    assert sum(isinstance(item, Said) for item in items) == 4
    assert items[-1] == BadRow(7, "file_truncated", "", "")


def test_numbers_as_ids_and_double_keys_are_taken(read: Any) -> None:
    raw = (
        '{"chatlab":{"version":"0.0.1"},"meta":{"name":"a","name":"群","platform":"qq","type":"group","groupId":123},'
        '"messages":[{"sender":1001,"sender":1002,"accountName":"甲","timestamp":1709294709,"type":0,"content":"在"}]}'
    )
    items = read(raw)
    assert items[0] == Chat("qq", "群", "123", "group", None, "chatlab_json")
    assert items[1:] == [
        Member("1002", "甲", place="123"),
        Said(1, None, "1002", "甲", items[2].at, "text", "在", place="123"),
    ]
