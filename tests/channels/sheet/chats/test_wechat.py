from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import SELF, BadRow, Chat, Mapping, Member, Notice, Party, Refused, Said

MEMOTRACE = [
    "localId",
    "TalkerId",
    "Type",
    "SubType",
    "IsSender",
    "CreateTime",
    "Status",
    "StrContent",
    "StrTime",
    "Remark",
    "NickName",
    "Sender",
]
CHATLOG = ["Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"]
PYWXDUMP = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime"]
NOBODY = Chat("wechat", "", None, "group", None, "memotrace_csv")


def table(*rows: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def memotrace(
    local: int, type_: int, text: str, *sender: str, sub: int = 0, own: int = 0, talker: int = 4
) -> list[Any]:
    time = 1709294700 + local
    return [local, talker, type_, sub, own, time, 2, text, f"2024-03-01 20:05:{local:02}", *sender]


LIN, MEI = ("", "林老师", "wxid_lin"), ("小美 老客户", "小美", "wxid_mei")


def test_memotrace_of_one_group(read: Any, evening: datetime) -> None:
    quote = (
        "<?xml version='1.0'?><msg><appmsg><title>好的</title><refermsg><svrid>90001</svrid></refermsg></appmsg></msg>"
    )
    items = read(
        table(
            MEMOTRACE,
            memotrace(9, 1, "今晚八点开团,\n记得来", *LIN, own=1),
            memotrace(10, 1, "收到", *MEI),
            memotrace(11, 3, "<?xml version='1.0'?><msg><img aeskey='00'/></msg>", *MEI),
            memotrace(12, 49, quote, *MEI, sub=57),
            memotrace(13, 10000, '"小美"邀请"路人"加入了群聊', "", "", ""),
        )
    )
    chat = Chat("wechat", "", None, "group", "wxid_lin", "memotrace_csv")
    assert items == [
        chat,
        Member("wxid_lin", "林老师"),
        Said(2, None, "wxid_lin", "林老师", evening, "text", "今晚八点开团,\n记得来"),
        Member("wxid_mei", "小美", aliases=("小美 老客户",)),
        Said(3, None, "wxid_mei", "小美", evening + timedelta(seconds=1), "text", "收到"),
        Said(4, None, "wxid_mei", "小美", evening + timedelta(seconds=2), "image", ""),
        Said(5, None, "wxid_mei", "小美", evening + timedelta(seconds=3), "reply", "好的", "90001"),
        Notice(
            6, evening + timedelta(seconds=4), "joined", (Party("路人"),), '"小美"邀请"路人"加入了群聊', Party("小美")
        ),
    ]


def test_memotrace_before_senders_were_written_has_nine_titles_and_ten_cells(read: Any, evening: datetime) -> None:
    items = read(
        table(
            MEMOTRACE[:9],
            [*memotrace(9, 1, "在吗", own=1), "7594861486645126963"],
            [*memotrace(10, 1, "wxid_mei:\n在的"), "7594861486645126964"],
            [*memotrace(11, 1, "谁在说话"), "0"],
        )
    )
    assert items == [
        NOBODY,
        Said(2, "7594861486645126963", SELF, "", evening, "text", "在吗"),
        Member("wxid_mei", "wxid_mei"),
        Said(3, "7594861486645126964", "wxid_mei", "", evening + timedelta(seconds=1), "text", "在的"),
        Said(4, None, None, "", evening + timedelta(seconds=2), "text", "谁在说话"),
    ]


def test_a_whole_phones_memotrace_is_refused_until_conversations_are_chosen(read: Any) -> None:
    text = table(
        MEMOTRACE,
        memotrace(9, 1, "开团啦", "", "樱桃一群", "我", own=1, talker=4),
        memotrace(10, 1, "晚上回家吃饭", "", "妈妈", "妈妈", talker=7),
        memotrace(11, 1, "收到", "", "樱桃一群", "小美", talker=4),
    )
    found = recognise(text.encode())
    assert (found.importable, found.reason, found.conversations) == (
        False,
        "several_conversations",
        ("樱桃一群", "妈妈"),
    )
    with pytest.raises(Refused, match="several_conversations"):
        read(text)
    items = read(text, mapping=Mapping(only=("樱桃一群",)))
    assert [
        (item.sender_external_id, item.sender_name, item.text, item.place) for item in items if isinstance(item, Said)
    ] == [(SELF, "", "开团啦", "樱桃一群"), (None, "小美", "收到", "樱桃一群")]
    assert [item for item in items if isinstance(item, BadRow)] == [BadRow(3, "other_conversation", "TalkerId", "妈妈")]
    assert "妈妈" not in {item.place for item in items if isinstance(item, Said | Member)}


def test_a_conversation_that_appears_later_in_the_file_is_not_taken_unasked() -> None:
    rows = [memotrace(9, 1, f"第{n}句", *LIN) for n in range(400)]
    text = table(MEMOTRACE, *rows, memotrace(10, 1, "别处的话", *MEI, talker=9))
    found = recognise(text[:8000].encode())
    items = list(iterate(io.StringIO(text), found, zone=ZoneInfo("UTC")))
    assert items[-1] == BadRow(402, "other_conversation", "TalkerId", "9")


def chatlog(
    second: int, name: str, sender: str, text: str, *, group: str = "樱桃一群", talker: str = "1@chatroom"
) -> list[str]:
    return [f"2024-03-01 20:05:{second:02}", name, sender, group, talker, text]


def test_chatlog_tells_several_conversations_apart(read: Any, evening: datetime) -> None:
    items = read(
        table(
            CHATLOG,
            chatlog(9, "林老师", "wxid_lin", "开团"),
            chatlog(10, "", "系统消息", "你撤回了一条消息"),
            chatlog(11, "小美", "wxid_mei", "![图片](http://127.0.0.1:5030/image/ab12)"),
            chatlog(
                12,
                "小美",
                "wxid_mei",
                "> 林老师(wxid_lin) 03-01 20:05:09\n> 开团\n几点",
            ),
            chatlog(13, "林老师", "wxid_lin", "在吗", group="小美", talker="wxid_mei"),
        )
    )
    place = "1@chatroom"
    assert items == [
        Chat("wechat", "樱桃一群", place, "group", None, "chatlog_csv"),
        Member("wxid_lin", "林老师", place=place),
        Said(2, None, "wxid_lin", "林老师", evening, "text", "开团", place=place),
        Notice(3, evening + timedelta(seconds=1), "recalled", (Party("", SELF),), "你撤回了一条消息", place=place),
        Member("wxid_mei", "小美", place=place),
        Said(4, None, "wxid_mei", "小美", evening + timedelta(seconds=2), "image", "![图片](/image/ab12)", place=place),
        Said(
            5,
            None,
            "wxid_mei",
            "小美",
            evening + timedelta(seconds=3),
            "reply",
            "> 林老师(wxid_lin) 03-01 20:05:09\n> 开团\n几点",
            place=place,
        ),
        Chat("wechat", "小美", "wxid_mei", "private", None, "chatlog_csv"),
        Member("wxid_lin", "林老师", place="wxid_mei"),
        Said(6, None, "wxid_lin", "林老师", evening + timedelta(seconds=4), "text", "在吗", place="wxid_mei"),
    ]


def test_chatlogs_own_numbers_are_not_taken_for_ids_of_messages(read: Any) -> None:
    items = read(table(["MessageID", *CHATLOG], ["1709294709000", *chatlog(9, "林老师", "wxid_lin", "开团")]))
    assert [item.external_id for item in items if isinstance(item, Said)] == [None]


def test_pywxdump_in_its_three_forms(read: Any, evening: datetime) -> None:
    new = table(
        PYWXDUMP,
        [1, "7594861486645126963", "文本", 1, "我", "1@chatroom", "开团", "", "2024-03-01 20:05:09"],
        [2, "7594861486645126964", "图片", 0, "wxid_mei", "1@chatroom", "图片", "img/1.dat", "1709294710"],
        [3, "0", "系统通知", 0, "wxid_mei", "1@chatroom", '"小美" 撤回了一条消息', "", "2024-03-01 20:05:11"],
    )
    place = "1@chatroom"
    chat = Chat("wechat", "", place, "group", None, "pywxdump_csv")
    expected = [
        chat,
        Said(2, "7594861486645126963", SELF, "", evening, "text", "开团", place=place),
        Member("wxid_mei", "wxid_mei", place=place),
        Said(3, "7594861486645126964", "wxid_mei", "", evening + timedelta(seconds=1), "image", "图片", place=place),
        Notice(4, evening + timedelta(seconds=2), "recalled", (Party("小美"),), '"小美" 撤回了一条消息', place=place),
    ]
    assert read(new) == expected

    old = table(
        [*PYWXDUMP[:6], "content", "CreateTime"],
        [
            1,
            "7594861486645126963",
            "文本",
            1,
            "我",
            place,
            json.dumps({"src": "", "msg": "开团"}, ensure_ascii=False),
            "2024-03-01 20:05:09",
        ],
        [2, "7594861486645126964", "图片", 0, "wxid_mei", place, '{"src": "img/1.dat", "msg": "图片"}', "1709294710"],
        [
            3,
            "0",
            "系统通知",
            0,
            "wxid_mei",
            place,
            '{"src": "", "msg": "\\"小美\\" 撤回了一条消息"}',
            "2024-03-01 20:05:11",
        ],
    )
    assert read(old) == expected

    weflow = "\ufeff" + table(
        [*PYWXDUMP[:5], *PYWXDUMP[6:]],
        [1, "9001", "text", 0, "Mei", "开团", "", "2024-03-01T12:05:09.000Z"],
        [2, "9002", "text", 1, "林老师", "好", "", "2024-03-01T12:05:10.000Z"],
    )
    assert read(weflow) == [
        Chat("wechat", "", None, "group", None, "pywxdump_csv"),
        Member(None, "Mei"),
        Said(2, "9001", None, "Mei", evening, "text", "开团"),
        Said(3, "9002", SELF, "林老师", evening + timedelta(seconds=1), "text", "好"),
    ]


def test_a_file_saved_again_by_a_spreadsheet_program_is_refused_with_its_reason(read: Any) -> None:
    rounded = table(PYWXDUMP, [1, "7.59486E+18", "文本", 0, "wxid_mei", "1@chatroom", "在", "", "2024-03-01 20:05:09"])
    assert recognise(rounded.encode()).reason == "ids_rounded"
    zeros = [
        [n, f"75948614866451{n}0000", "文本", 0, "wxid_mei", "1@chatroom", "在", "", 1709294709 + n] for n in range(9)
    ]
    assert recognise(table(PYWXDUMP, *zeros).encode()).reason == "ids_rounded"
    cut = table(CHATLOG, ["2024/3/1 20:05", "林老师", "wxid_lin", "樱桃一群", "1@chatroom", "开团"])
    assert recognise(cut.encode()).reason == "seconds_lost"
    with pytest.raises(Refused, match="seconds_lost"):
        read(cut)
    # The user may still insist, by a mapping: then content alone tells messages apart.
    mapping = Mapping(time="Time", sender_id="Sender", sender_name="SenderName", text="Content")
    assert sum(isinstance(item, Said) for item in read(cut, mapping=mapping)) == 1


def test_gbk_and_utf8_with_either_line_end_give_the_same_values(read: Any) -> None:
    text = table(CHATLOG, chatlog(9, "林老师", "wxid_lin", "今晚开团\n记得来"), chatlog(10, "小美", "wxid_mei", "收到"))
    ways = [text.encode(), text.encode("gb18030"), ("\ufeff" + text).encode(), text.replace("\r\n", "\n").encode()]
    first, *others = [read(way) for way in ways]
    assert all(other == first for other in others)
