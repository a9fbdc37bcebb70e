from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.recognition import recognise, recognise_opened
from tongpin.channels.sheet.chats.values import Chat, Recognised, Refused, Said
from tongpin.channels.sheet.reading import open_file

from .conftest import SHANGHAI


def js(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


LATER = {
    "telegram_json": js(
        {"name": "樱桃", "type": "private_supergroup", "id": 1, "messages": [{"id": 1, "type": "message"}]}
    ),
    "discord_json": js({"guild": {"id": "1"}, "channel": {"id": "2"}, "messages": []}),
    "weflow_json": js({"session": {"wxid": "1@chatroom"}, "messages": [], "avatars": {}}),
    "qq_chat_exporter_json": js({"metadata": {}, "chatInfo": {"name": "樱桃"}, "messages": []}),
    "chatlog_json": js([{"seq": 1, "time": "2024-03-01T20:05:09+08:00", "talker": "1@chatroom", "isSelf": False}]),
    "slack_export": js([{"type": "message", "user": "U1", "text": "hi", "ts": "1709294709.000100"}]),
    "whatsapp_txt": "2024/3/1, 20:05 - Lin: 开团\n2024/3/1, 20:06 - Mei: 收到\n",
    "line_txt": "[LINE] Chat history in 樱桃\nSaved on: 2024/03/01 20:05\n",
}


@pytest.mark.parametrize("format", LATER)
@pytest.mark.parametrize("indent", [False, True])
def test_formats_that_come_later_are_refused_by_name(read: Any, format: str, indent: bool) -> None:
    text = LATER[format]
    if indent and not format.endswith("_txt"):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    found = recognise(text.encode())
    assert (found.format, found.importable, found.reason) == (format, False, "format_comes_later")
    with pytest.raises(Refused, match="format_comes_later"):
        read(text)


def test_the_parts_of_a_slack_archive_are_known_by_name() -> None:
    assert recognise(js([{"id": "C1"}]).encode(), name="export/channels.json").format == "slack_export"


@pytest.mark.parametrize(
    "text", ["[2024/3/1 20:05:09] Lin: 开团\n", "[20/11/2026, 09:05:00] Lin: hi\n‎[20/11/2026, 09:06:00] Mei: yes\n"]
)
def test_whatsapp_in_brackets_is_no_json(text: str) -> None:
    assert recognise(text.encode()).format == "whatsapp_txt"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "empty"),
        (b"  \n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00" * 9, "not_text"),
        ("随便写的一段话\n没有表头\n".encode(), "unknown_format"),
        (b"{", "unknown_format"),
        (b"[", "unknown_format"),
        (b'[{"a":1}]', "unknown_format"),
        (b'{"a":1}', "mapping_needed"),
        (b"a,b\n1,2\n", "mapping_needed"),
        ("订单编号,买家会员名,总金额\n1,林,8.00\n".encode(), "mapping_needed"),
    ],
)
def test_what_is_no_chat_export_says_why(head: bytes, reason: str) -> None:
    found = recognise(head)
    assert (found.importable, found.reason) == (False, reason)
    assert found.confidence <= 0.1


def test_a_chatlab_head_cut_in_the_middle_of_a_picture_still_names_the_place() -> None:
    head = (
        '{"chatlab":{"version":"0.0.1"},"meta":{"name":"樱桃一群","platform":"qq","type":"group","groupAvatar":"data:image/png;base64,'
        + "A" * 90_000
    )
    assert recognise(head.encode()).chat == Chat("qq", "樱桃一群", None, "group", None, "chatlab_json")


def test_a_head_cut_inside_a_character_is_recognised() -> None:
    text = "ts,user,text\n" + "1709294709,lin,今晚八点开团\n" * 40
    for encoding in ("utf-8", "gb18030"):
        raw = text.encode(encoding)
        found = {(f.format, f.encoding) for end in range(400, 408) for f in [recognise(raw[:end])]}
        assert found == {("plain_csv", encoding)}


def test_text_already_decoded_is_recognised_alike() -> None:
    text = "ts,user,text\n1709294709,lin,今晚八点开团\n"
    assert recognise(text) == recognise(text.encode())


def test_packed_files_and_lines_are_read_as_bare_files(tmp_path: Path, read: Any) -> None:
    text = "ts,user,text\n1709294709,lin,今晚八点开团\n1709294710,mei,收到\n"
    bare, packed = tmp_path / "chat.csv", tmp_path / "chat.csv.gz"
    bare.write_text(text, "gb18030")
    packed.write_bytes(gzip.compress(text.encode("gb18030")))
    expected = read(text)
    for path in (bare, packed):
        opened = open_file(path)
        assert list(iterate(opened, recognise_opened(opened), zone=SHANGHAI)) == expected
    assert list(iterate(iter(text.splitlines()), recognise(text), zone=SHANGHAI)) == expected


def test_a_workbook_of_messages_is_read_as_a_table(tmp_path: Path, evening: datetime) -> None:
    path = tmp_path / "chat.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, ["发送时间", "昵称", "微信号", "内容"])
        sheet.write_datetime(1, 0, datetime(2024, 3, 1, 20, 5, 9), stamp)
        sheet.write_row(1, 1, ["林老师", "wxid_lin", "开团"])
    opened = open_file(path)
    found = recognise_opened(opened)
    assert isinstance(found, Recognised)
    said = [item for item in iterate(opened, found, zone=SHANGHAI) if isinstance(item, Said)]
    assert said == [Said(2, None, "wxid_lin", "林老师", evening, "text", "开团")]


def test_a_log_or_a_table_with_times_is_no_qq_export() -> None:
    log = "".join(f"2024-03-01 20:05:{n:02} INFO opened\n" for n in range(20))
    assert recognise(log.encode()).format == ""
    table = "时间\t昵称\t内容\n" + "".join(f"2024-03-01 20:05:{n:02}\t林老师\t在\n" for n in range(20))
    assert (recognise(table.encode()).format, recognise(table.encode()).delimiter) == ("plain_csv", "\t")
    private = "".join(f"2024-03-01 20:05:{n:02} 小美\n在\n\n" for n in range(3))
    assert (recognise(private.encode()).format, recognise(private.encode()).confidence) == ("qq_txt", 0.6)


def test_lines_with_slacks_keys_are_anybodys() -> None:
    line = '{"type":"message","ts":"1709294709.000100","user":"lin","text":"hi"}\n'
    assert recognise((line * 2).encode()).format == "plain_jsonl"
