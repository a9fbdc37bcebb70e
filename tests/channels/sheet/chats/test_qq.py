from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tongpin.channels.sheet.chats.qq import head_of
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import BadRow, Chat, Mapping, Member, Notice, Party, Said

TOP = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:樱桃(试吃)一群
================================================================

"""
GROUP = Chat("qq", "樱桃(试吃)一群", None, "group", None, "qq_txt")
PLACE = "樱桃(试吃)一群"


def test_a_group_on_the_24_hour_clock(read: Any, evening: datetime) -> None:
    text = (
        TOP
        + """2024-03-01 20:05:09 【群主】林老师(10086)
今晚八点开团

自提点不变

2024-03-01 20:05:10 【冒泡】小美（樱桃控）(12345)
[图片]

2024-03-01 20:05:11 阿强(新号)<qiang@example.com>
好的

2024-03-01 20:05:12 系统消息(10000)
小美撤回了一条消息

2024-03-01 20:05:13 系统消息(1000000)
林老师(10086)邀请路人(54321)加入了本群。

2024-03-01 20:05:14 匿名狐狸(80000000)


"""
    )
    assert read(text) == [
        GROUP,
        Member("10086", "林老师", role="owner", place=PLACE),
        Said(9, None, "10086", "林老师", evening, "text", "今晚八点开团\n\n自提点不变", place=PLACE),
        Member("12345", "小美（樱桃控）", place=PLACE),
        Said(14, None, "12345", "小美（樱桃控）", evening + timedelta(seconds=1), "image", "[图片]", place=PLACE),
        Member("qiang@example.com", "阿强(新号)", place=PLACE),
        Said(17, None, "qiang@example.com", "阿强(新号)", evening + timedelta(seconds=2), "text", "好的", place=PLACE),
        Notice(20, evening + timedelta(seconds=3), "recalled", (Party("小美"),), "小美撤回了一条消息", place=PLACE),
        Notice(23, evening + timedelta(seconds=4), "joined", (Party("路人", "54321"),),
               "林老师(10086)邀请路人(54321)加入了本群。", Party("林老师", "10086"), place=PLACE),
        Member(None, "匿名狐狸", place=PLACE),
        Said(26, None, None, "匿名狐狸", evening + timedelta(seconds=5), "text", "", place=PLACE),
    ]  # fmt: skip


def test_the_12_hour_clock_gives_the_same_moments(read: Any, evening: datetime) -> None:
    for clock in ("8:05:09 PM", "下午 8:05:09", "下午8:05:09"):
        items = read(f"{TOP}2024-03-01 {clock} 林老师(10086)\n在\n")
        assert [item.at for item in items if isinstance(item, Said)] == [evening]
    items = read(f"{TOP}2024-03-02 12:00:01 AM 林老师(10086)\n在\n")
    assert [item.at.hour for item in items if isinstance(item, Said)] == [16]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_line_ends_change_nothing(read: Any, encoding: str, end: str) -> None:
    text = TOP + "2024-03-01 20:05:09 林老师(10086)\n今晚八点\n开团\n\n2024-03-01 20:05:10 小美(12345)\n收到\n"
    assert read(text.replace("\n", end).encode(encoding)) == read(text)


def test_a_head_line_somebody_quotes_stays_in_the_body(read: Any) -> None:
    text = TOP + (
        "2024-03-01 20:05:09 林老师(10086)\n昨天是这样说的:\n2024-02-29 10:00:00 小美(12345)\n我要两斤\n\n"
        "2024-03-01 20:05:10 小美(12345)\n2024-03-02 09:00:00 出发\n\n2024-03-01 20:05:11 阿强(67890)\n好\n"
    )
    said = [item for item in read(text) if isinstance(item, Said)]
    assert [(item.row, item.text) for item in said] == [
        (9, "昨天是这样说的:\n2024-02-29 10:00:00 小美(12345)\n我要两斤"), (14, "2024-03-02 09:00:00 出发"), (17, "好")
    ]  # fmt: skip


def test_messages_without_blank_lines_between_them(read: Any) -> None:
    text = "消息对象:一群\n2024-01-02 03:04:05 【管理员】小美(12345)\n第一句\n"
    text += "2024-01-02 03:05:06 路人(54321)\n第二句\n第三句\n"
    items = read(text)
    assert items[0] == Chat("qq", "一群", None, "group", None, "qq_txt")
    assert [item.text for item in items if isinstance(item, Said)] == ["第一句", "第二句\n第三句"]
    assert [item.role for item in items if isinstance(item, Member)] == ["admin", None]


def test_everything_exported_at_once_is_a_conversation_per_section(read: Any) -> None:
    text = (
        TOP
        + """2024-03-01 20:05:09 林老师(10086)
开团
================================================================
下面是菜单

================================================================
消息分组:我的好友
================================================================
消息对象:小美
================================================================

2024-03-01 20:05:10 小美
在吗

"""
    )
    found = recognise(text.encode())
    assert found.warnings == ("several_conversations",)
    items = read(text)
    assert [item for item in items if isinstance(item, Chat)] == [
        GROUP,
        Chat("qq", "小美", None, "private", None, "qq_txt"),
    ]
    said = [item for item in items if isinstance(item, Said)]
    assert [(item.place, item.sender_external_id, item.sender_name, item.text) for item in said] == [
        (PLACE, "10086", "林老师", "开团\n" + "=" * 64 + "\n下面是菜单"),
        ("小美", None, "小美", "在吗"),
    ]


def test_a_body_of_many_lines_is_cut_with_a_note_and_never_held_whole(read: Any) -> None:
    items = read(TOP + "2024-03-01 20:05:09 林老师(10086)\n" + "复制的长文\n" * 20_000)
    assert (len(items[-1].text), items[-1].note) == (20_000, "text_cut")


def test_lines_before_the_first_message_are_told(read: Any) -> None:
    items = read(TOP + "迷路的一行\n\n2024-03-01 20:05:09 林老师(10086)\n在\n")
    assert [item for item in items if isinstance(item, BadRow)] == [
        BadRow(9, "no_message_begun", "", "迷路的一行", ("迷路的一行",))
    ]


def test_an_impossible_time_is_told(read: Any) -> None:
    items = read(TOP + "2024-03-01 20:05:09 林老师(10086)\n在\n\n2024-13-41 20:05:09 小美(12345)\n在\n")
    whole = "2024-13-41 20:05:09 小美(12345)\n在"
    assert items[-1] == BadRow(12, "time_unreadable", "time", "2024-13-41 20:05:09", (whole,))


TWO = (
    TOP
    + """2024-03-01 20:05:09 林老师(10086)
开团

================================================================
消息分组:我的群聊
================================================================
消息对象:樱桃二群
================================================================

2024-03-01 20:05:10 小美(12345)
在吗

================================================================
消息分组:我的群聊
================================================================
消息对象:樱桃(试吃)一群
================================================================

2024-03-01 20:05:11 林老师(10086)
在
"""
)


@pytest.mark.parametrize(
    ("only", "chats", "said", "refused"),
    [
        ((PLACE,), [PLACE], ["开团", "在"], [(18, "樱桃二群")]),
        (("樱桃二群",), ["樱桃二群"], ["在吗"], [(9, PLACE), (27, PLACE)]),
        ((PLACE, "樱桃二群"), [PLACE, "樱桃二群"], ["开团", "在吗", "在"], []),
        (("*",), [PLACE, "樱桃二群"], ["开团", "在吗", "在"], []),
        ((), [PLACE, "樱桃二群"], ["开团", "在吗", "在"], []),
    ],
)
def test_only_the_groups_that_were_chosen_are_taken(
    read: Any, only: tuple[str, ...], chats: list[str], said: list[str], refused: list[tuple[int, str]]
) -> None:
    """The words of the others are not even kept for handing back."""
    items = read(TWO, mapping=Mapping(only=only))
    found = [item.place_name for item in items if isinstance(item, Chat)]
    assert list(dict.fromkeys(found)) == chats
    assert [item.text for item in items if isinstance(item, Said)] == said
    assert {item.place for item in items if isinstance(item, Member)} <= set(chats)
    bad = [item for item in items if isinstance(item, BadRow)]
    assert bad == [BadRow(row, "other_conversation", "", name) for row, name in refused]


def test_a_broken_message_of_a_group_nobody_chose_is_not_shown(read: Any) -> None:
    text = TWO.replace("20:05:10 小美", "99:05:10 小美")
    for only, cells in ((PLACE, ()), ("樱桃二群", ("2024-03-01 99:05:10 小美(12345)\n在吗",))):
        bad = [i for i in read(text, mapping=Mapping(only=(only,))) if isinstance(i, BadRow)]
        assert [i.cells for i in bad if i.reason == "time_unreadable"] == [cells]


@pytest.mark.parametrize(
    ("line", "name", "sender_id", "title"),
    [
        ("2024-03-01 20:05:09 林老师(10086)", "林老师", "10086", ""),
        ("2024-03-01 8:05:09 【管理员】【上海】林老师(10086)", "【上海】林老师", "10086", "管理员"),
        ("2024-03-01 20:05:09 林(团长)(南)(10086)", "林(团长)(南)", "10086", ""),
        ("2024-03-01 20:05:09 (10086)", "", "10086", ""),
        ("2024-03-01 20:05:09 <a.b@example.com>", "", "a.b@example.com", ""),
        ("2024-03-01 20:05:09 【群主】(10086)", "【群主】", "10086", ""),
        ("2024/3/1 20:05:09 林老师", "林老师", None, ""),
        ("2024-03-01 20:05:09", "", None, ""),
    ],
)
def test_head_lines_are_taken_apart(line: str, name: str, sender_id: str | None, title: str) -> None:
    head = head_of(line)
    assert head is not None
    assert (head.name, head.sender_id, head.title) == (name, sender_id, title)


@pytest.mark.parametrize(
    "line", ["", "在", "20:05:09 林老师(1)", "2024-03-01 20:05 林老师(10086)", "x2024-03-01 20:05:09 a(10086)"]
)
def test_other_lines_are_no_heads(line: str) -> None:
    assert head_of(line) is None
