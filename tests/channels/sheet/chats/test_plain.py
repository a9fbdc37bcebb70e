from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tongpin.channels.sheet.chats.plain import find_columns, row_numbers
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import BadRow, Chat, Mapping, Member, Notice, Refused, Said


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_a_jsonl_with_plain_keys_needs_no_mapping(read: Any, evening: datetime) -> None:
    rows = [
        {
            "team": "cherry",
            "channel": "tasting",
            "conversation": "2",
            "ts": "2024-03-01T20:05:09",
            "user": "lin",
            "text": "开团",
        },
        {
            "team": "cherry",
            "channel": "tasting",
            "conversation": "1",
            "ts": "2024-03-01T20:05:10",
            "user": "mei",
            "text": "",
        },
        {
            "team": "cherry",
            "channel": "random",
            "conversation": "2",
            "ts": "2024-03-01T20:05:11",
            "user": "lin",
            "text": "早",
        },
    ]
    assert read(jsonl(*rows)) == [
        Chat("unknown", "tasting", "cherry/tasting", "group", None, "plain_jsonl"),
        Member("lin", "lin", place="cherry/tasting"),
        Said(1, None, "lin", "lin", evening, "text", "开团", thread="2", place="cherry/tasting"),
        Member("mei", "mei", place="cherry/tasting"),
        Said(2, None, "mei", "mei", evening + timedelta(seconds=1), "text", "", thread="1", place="cherry/tasting"),
        Chat("unknown", "random", "cherry/random", "group", None, "plain_jsonl"),
        Member("lin", "lin", place="cherry/random"),
        Said(3, None, "lin", "lin", evening + timedelta(seconds=2), "text", "早", thread="2", place="cherry/random"),
    ]
    assert recognise(jsonl(*rows).encode()).columns == Mapping(
        place="channel", team="team", sender_id="user", time="ts", text="text", thread="conversation"
    )
    assert recognise(jsonl(*rows).encode()).warnings == ("several_conversations",)


def test_a_chinese_csv_with_plain_headers_needs_no_mapping(read: Any, evening: datetime) -> None:
    text = (
        "群名,发送时间,发送人,用户ID,消息类型,消息内容,消息ID,回复ID\n"
        "樱桃一群,2024-03-01 20:05:09,林老师,u1,文本,开团,m-1,\n"
        "樱桃一群,2024-03-01 20:05:10,小美,u2,图片,[图片],m-2,m-1\n"
        "樱桃一群,2024-03-01 20:05:11,,,系统,小美撤回了一条消息,,\n"
    )
    items = read(text.encode("gb18030"))
    chat, lin, first, mei, second, recalled = items
    assert chat == Chat("unknown", "樱桃一群", None, "group", None, "plain_csv")
    assert (lin, mei) == (Member("u1", "林老师", place="樱桃一群"), Member("u2", "小美", place="樱桃一群"))
    assert first == Said(2, "m-1", "u1", "林老师", evening, "text", "开团", place="樱桃一群")
    assert second == Said(
        3, "m-2", "u2", "小美", evening + timedelta(seconds=1), "image", "[图片]", "m-1", place="樱桃一群"
    )
    assert isinstance(recalled, Notice)
    assert recalled.kind == "recalled"


def test_other_headers_are_taken_by_a_mapping(read: Any, evening: datetime) -> None:
    text = "wann;wer;was\n1709294709;林老师;开团\n"
    found = recognise(text.encode())
    assert (found.importable, found.reason, found.headers) == (False, "mapping_needed", ("wann", "wer", "was"))
    mapping = Mapping(time="wann", sender_name="wer", text="was")
    assert read(text, mapping=mapping) == [
        Member(None, "林老师"),
        Said(2, None, None, "林老师", evening, "text", "开团"),
    ]
    by_number = Mapping(time="#1", sender_name="#2", text="#3", headerless=True)
    assert read(text.split("\n", 1)[1], mapping=by_number)[1:] == [
        Said(1, None, None, "林老师", evening, "text", "开团")
    ]


def test_a_mapping_reaches_into_objects(read: Any, evening: datetime) -> None:
    text = jsonl({"at": 1709294709, "author": {"id": 7, "name": "林老师"}, "body": {"text": "开团"}, "room": "一群"})
    mapping = Mapping(time="at", sender_id="author.id", sender_name="author.name", text="body.text", place="room")
    assert read(text, mapping=mapping)[1:] == [
        Member("7", "林老师", place="一群"),
        Said(1, None, "7", "林老师", evening, "text", "开团", place="一群"),
    ]


def test_a_mapping_whose_columns_are_missing_is_refused(read: Any) -> None:
    with pytest.raises(Refused, match="column_not_found"):
        read("a,b,c\n1,2,3\n", mapping=Mapping(time="a", sender_name="b", text="nowhere"))


def test_only_chosen_conversations_are_taken(read: Any) -> None:
    text = "channel,ts,user,text\n一群,1709294709,lin,开团\n二群,1709294710,lin,早\n"
    mapping = Mapping(place="channel", time="ts", sender_id="user", text="text", only=("二群",))
    items = read(text, mapping=mapping)
    assert [item.text for item in items if isinstance(item, Said)] == ["早"]
    assert [item for item in items if isinstance(item, BadRow)] == [BadRow(2, "other_conversation", "channel", "一群")]


def test_a_conversation_column_alone_is_the_place_where_there_are_few(read: Any) -> None:
    few = "conversation,ts,user,text\n" + "".join(f"{'甲乙丙'[n % 3]},17092947{n:02},lin,第{n}句\n" for n in range(30))
    many = "conversation,ts,user,text\n" + "".join(f"{n},17092947{n:02},lin,第{n}句\n" for n in range(30))
    assert {item.place for item in read(few) if isinstance(item, Said)} == {"甲", "乙", "丙"}
    columns = [recognise(text.encode()).columns for text in (few, many)]
    assert [(found.place, found.thread) for found in columns if found] == [
        ("conversation", None),
        (None, "conversation"),
    ]


def test_ids_that_only_count_rows_are_no_ids(read: Any) -> None:
    text = "id,ts,user,text\n" + "".join(f"{n},17092947{n:02},lin,第{n}句\n" for n in range(1, 9))
    assert recognise(text.encode()).warnings == ("ids_are_row_numbers",)
    assert {item.external_id for item in read(text) if isinstance(item, Said)} == {None}
    real = "id,ts,user,text\n" + "".join(f"{n * n + 4000},17092947{n:02},lin,第{n}句\n" for n in range(1, 9))
    assert None not in {item.external_id for item in read(real) if isinstance(item, Said)}


@pytest.mark.parametrize(
    ("ids", "counting"),
    [
        (["1", "2", "3"], True),
        (["0", "1"], True),
        (["1"], True),
        (["5", "6", "7"], False),
        (["1", "3"], False),
        (["m1", "m2"], False),
        ([], False),
        (["1709294709000", "1709294709001"], False),
    ],
)
def test_counting_is_told_from_ids(ids: list[str], counting: bool) -> None:
    assert row_numbers(ids) is counting


@pytest.mark.parametrize(
    "headers",
    [
        "订单编号,买家留言,订单创建时间,收货人",
        "评论时间,用户昵称,评论内容,评分",
        "time,name,amount,message",
        "时间,内容",
        "昵称,内容",
        "date,title,url",
        "",
    ],
)
def test_tables_that_are_no_conversations_get_no_mapping(headers: str) -> None:
    assert find_columns(headers.split(",")) is None


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("yesterday,lin,在", "time_unreadable", "ts"),
        (",lin,在", "time_missing", "ts"),
        ("2024-03-01,lin,在", "time_unreadable", "ts"),
    ],
)
def test_a_row_without_a_readable_time_is_told(read: Any, row: str, reason: str, column: str) -> None:
    items = read(f"ts,user,text\n1709294709,mei,早\n{row}\n1709294711,mei,晚\n")
    assert [(i.row, i.reason, i.column) for i in items if isinstance(i, BadRow)] == [(3, reason, column)]
    assert [i.row for i in items if isinstance(i, Said)] == [2, 4]


def test_ids_a_spreadsheet_has_rounded_are_not_used(read: Any) -> None:
    text = "id,ts,user,text\n" + "".join(f"7.5948614866E+18,17092947{n:02},lin,第{n}句\n" for n in range(9))
    assert recognise(text.encode()).warnings == ("ids_rounded",)
    assert {item.external_id for item in read(text) if isinstance(item, Said)} == {None}
