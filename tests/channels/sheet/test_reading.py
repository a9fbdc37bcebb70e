"""What a file is, judged by its bytes, and reading it in bounded memory."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from tongpin.channels.sheet.reading import Dialect, Limits, RawRow, Unreadable, open_file

HEADER = "订单号,金额\r\n"
ROWS = "A1,1.00\r\nA2,2.00\r\n"


def _file(tmp_path: Path, content: bytes, name: str = "export.dat") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _rows(path: Path, **wishes: object) -> list[list[object]]:
    with open_file(path, **wishes).rows() as rows:  # type: ignore[arg-type]
        return [list(row.cells) for row in rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
def test_an_encoding_is_found_by_the_bytes(tmp_path, encoding):
    text = "訂單編號,收貨人,金額\r\n" if encoding == "big5" else "订单编号,收货人,金额\r\n"
    body = (
        "甲一,王小明,九元\r\n乙二,李大華,十元\r\n" if encoding == "big5" else "甲一,王小明,九元\r\n乙二,李大华,十元\r\n"
    )
    path = _file(tmp_path, (text + body).encode(encoding))
    assert _rows(path) == [line.split(",") for line in (text + body).split("\r\n") if line]


def test_a_western_file_is_not_taken_for_chinese(tmp_path):
    path = _file(tmp_path, "name,price\nCafé au lait,3.50\nCrème brûlée,£4\n".encode("cp1252"))
    assert _rows(path)[1:] == [["Café au lait", "3.50"], ["Crème brûlée", "£4"]]


def test_a_foreign_byte_far_into_an_ascii_file_decides_the_encoding(tmp_path):
    lines = ["order,buyer"] + [f"A{n},plain" for n in range(60_000)] + ["A60000,收货人王小明"]
    path = _file(tmp_path, "\n".join(lines).encode("gb18030"))
    opened = open_file(path)
    assert opened.encoding == "gb18030"
    with opened.rows() as rows:
        assert list(rows)[-1] == RawRow(60_002, ["A60000", "收货人王小明"])


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        ("a,b,c\n1,2,3\n4,5,6\n", Dialect("csv", ",")),
        ("a\tb\tc\n1,5\t2\t3\n4\t5\t6\n", Dialect("csv", "\t")),
        ("a;b;c\n1,5;2;3\n4;5;6\n", Dialect("csv", ";")),
        ("a|b|c\n1|2|3\n", Dialect("csv", "|")),
        (" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n", Dialect("columns")),
        ("交易时间,金额,名\n`2026-01-02,`1.00,`甲,乙\n`2026-01-03,`2.00,`丙\n", Dialect("backtick")),
        ("消息记录\n2026-01-02 09:00 小美\n你好\n", Dialect("text")),
    ],
)
def test_a_dialect_is_found_by_regularity(tmp_path, content, dialect):
    assert open_file(_file(tmp_path, content.encode())).dialect == dialect


def test_backtick_cells_may_hold_commas(tmp_path):
    path = _file(tmp_path, "时间,名,额\n`2026-01-02,`绘本,三册,`9.00\n`2026-01-03,`丙,`2.00\n".encode())
    assert _rows(path) == [["时间", "名", "额"], ["2026-01-02", "绘本,三册", "9.00"], ["2026-01-03", "丙", "2.00"]]


def test_the_name_of_a_file_means_nothing(tmp_path, write_xlsx):
    book = write_xlsx([["订单号", "金额"], ["A1", 1.0]])
    as_csv = tmp_path / "really.csv"
    as_csv.write_bytes(book.read_bytes())
    as_xls = _file(tmp_path, (HEADER + ROWS).encode("gbk"), "really.xls")
    assert open_file(as_csv).format == "xlsx"
    assert open_file(as_xls).format == "csv"


def test_gz_and_zip_with_one_member_are_read_as_if_unpacked(tmp_path):
    content = (HEADER + ROWS).encode("gbk")
    packed = _file(tmp_path, gzip.compress(content), "a.gz")
    zipped = tmp_path / "b.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("__MACOSX/._b.csv", b"noise")
        archive.writestr(".DS_Store", b"noise")
        archive.writestr("导出/b.csv", content)
    assert _rows(packed) == _rows(zipped) == [["订单号", "金额"], ["A1", "1.00"], ["A2", "2.00"]]


def test_a_workbook_in_a_zip_is_read(tmp_path, write_xlsx):
    zipped = tmp_path / "b.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("orders.xlsx", write_xlsx([["订单号", "金额"], ["A1", 1.5]]).read_bytes())
    opened = open_file(zipped)
    assert (opened.format, opened.packing, opened.member) == ("xlsx", "zip", "orders.xlsx")
    assert _rows(zipped) == [["订单号", "金额"], ["A1", 1.5]]


def _zip(tmp_path: Path, **members: bytes) -> Path:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _reason(path: Path, **wishes: object) -> str:
    with pytest.raises(Unreadable) as refused:
        _rows(path, **wishes)
    return refused.value.reason


def test_archives_that_cannot_be_taken_say_why(tmp_path):
    assert _reason(_zip(tmp_path, a=b"1,2", b=b"3,4")) == "archive_many_files"
    assert _reason(_zip(tmp_path)) == "archive_empty"
    assert _reason(_zip(tmp_path, a=gzip.compress(b"1,2\n"))) == "archive_nested"
    assert _reason(_file(tmp_path, b"PK\x03\x04 and then nothing of a zip")) == "archive_broken"
    assert _reason(_file(tmp_path, gzip.compress(b"a,b\n1,2\n" * 9000)[:-20])) == "archive_broken"
    assert _reason(_file(tmp_path, b"\x1f\x8bnot gzip at all")) == "archive_broken"


def test_an_archive_with_a_password_says_so(tmp_path):
    path = _zip(tmp_path, a=b"1,2\n")
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert _reason(path) == "archive_password"


def test_an_archive_that_explodes_is_stopped(tmp_path):
    path = _file(tmp_path, gzip.compress(b"a,b,c\n" * 400_000))
    small = Limits(ratio_from=1 << 16)
    with pytest.raises(Unreadable) as refused, open_file(path, limits=small).rows(limits=small) as rows:
        list(rows)
    assert refused.value.reason == "archive_bomb"
    by_size = Limits(unpacked=1 << 20)
    opened = open_file(path)
    with pytest.raises(Unreadable) as refused, opened.rows(limits=by_size) as rows:
        list(rows)
    assert refused.value.reason == "archive_bomb"


@pytest.mark.parametrize(
    ("content", "reason", "looks_like"),
    [
        (b"", "empty_file", None),
        (b" \r\n\t \r\n", "empty_file", None),
        (b"\0" * 5000, "empty_file", None),
        (b"%PDF-1.7 ...", "format_unknown", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "format_unknown", "image"),
        (b"Rar!\x1a\x07\x00....", "format_unknown", "rar"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "format_unknown", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "format_unknown", "html"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, reason, looks_like):
    with pytest.raises(Unreadable) as refused:
        open_file(_file(tmp_path, content))
    assert (refused.value.reason, refused.value.facts.get("looks_like")) == (reason, looks_like)


def test_other_office_documents_are_named(tmp_path):
    assert _reason(_zip(tmp_path, **{"word/document.xml": b"<w/>", "[Content_Types].xml": b"<t/>"})) == "format_unknown"
    assert _reason(_zip(tmp_path, **{"xl/workbook.bin": b"x", "[Content_Types].xml": b"<t/>"})) == "format_unknown"
    assert _reason(_zip(tmp_path, **{"mimetype": b"x", "content.xml": b"<t/>"})) == "format_unknown"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"a": 1}\n{"a": 2}\n', "jsonl"),
        ('{"a": 1}', "json"),
        ('{\n "a": [\n 1]}', "json"),
        ('[{"a": 1}, {"a": 2}]', "json"),
        ("[2026-01-02 09:00] 小美: 你好\n", "txt"),
    ],
)
def test_json_is_told_from_text(tmp_path, content, kind):
    opened = open_file(_file(tmp_path, content.encode()))
    assert opened.format == kind


def test_rows_of_json_are_refused(tmp_path):
    assert _reason(_file(tmp_path, b'{"a": 1}\n{"a": 2}\n')) == "not_a_table"


def test_lines_are_given_with_their_numbers(tmp_path):
    opened = open_file(_file(tmp_path, "﻿第一行\r\n\r\n第三行".encode()))
    assert [(line.number, line.text, line.flaw) for line in opened.lines()] == [
        (1, "第一行", None),
        (2, "", None),
        (3, "第三行", None),
    ]


def test_what_was_found_can_be_stored_and_used_again(tmp_path):
    opened = open_file(_file(tmp_path, (HEADER + ROWS).encode("gbk")))
    again = msgspec.json.decode(msgspec.json.encode(opened), type=type(opened))
    assert again == opened
    moved = tmp_path / "moved"
    Path(opened.path).rename(moved)
    with again.at(moved).rows() as rows:
        assert len(list(rows)) == 3


def test_progress_grows_to_the_size_of_the_file(tmp_path):
    path = _file(tmp_path, b"a,b\n" + b"1,2\n" * 200_000)
    with open_file(path).rows() as rows:
        assert rows.progress.bytes_done == 0
        next(rows)
        begun = rows.progress
        assert 0 < begun.bytes_done < begun.bytes_total == path.stat().st_size
        for _ in rows:
            pass
        assert rows.progress.bytes_done == rows.progress.bytes_total


def test_the_text_of_a_refusal_holds_codes_and_counts_only():
    assert str(Unreadable("archive_many_files", files=3)) == "archive_many_files files=3"


def test_a_row_limit_is_kept(tmp_path):
    path = _file(tmp_path, b"a,b\n" + b"1,2\n" * 100)
    with open_file(path).rows(limit=5) as rows:
        assert [row.number for row in rows] == [1, 2, 3, 4, 5]


def test_old_mac_line_ends_part_lines(tmp_path):
    assert _rows(_file(tmp_path, b"a,b\r1,2\r3,4\r")) == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_form_feeds_and_unicode_separators_stay_inside_cells(tmp_path):
    content = "a,b\n1,甲\u2028乙\n2,丙\x0c丁\n".encode()
    assert _rows(_file(tmp_path, content)) == [["a", "b"], ["1", "甲\u2028乙"], ["2", "丙\x0c丁"]]


def test_reading_from_a_pipe_like_name_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_file(tmp_path / "missing.csv")


def test_sources_close_what_they_opened(tmp_path):
    path = _file(tmp_path, gzip.compress((HEADER + ROWS).encode()))
    with open_file(path).source() as source:
        assert source.read(6)
    assert source.done == source.total == path.stat().st_size
    with pytest.raises(ValueError, match="closed"):
        io.BytesIO().close() or source._raw.read(1)
