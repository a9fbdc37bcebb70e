"""Damage in one row costs that row: quotes, wrong bytes, endless lines."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.channels.sheet.delimited import Dialect, RawRow, rows_of
from tongpin.channels.sheet.reading import open_file


def _read(path: Path) -> list[tuple[int, list[object], str | None]]:
    with open_file(path).rows() as rows:
        return [(row.number, list(row.cells), row.flaw) for row in rows]


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return path


def test_a_cell_may_span_lines(tmp_path):
    path = _file(tmp_path, b'no,note\n1,"two\r\nlines"\n2,x\n')
    assert _read(path) == [(1, ["no", "note"], None), (2, ["1", "two\r\nlines"], None), (3, ["2", "x"], None)]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    lines = [b"no,name,sum", b'1,"open,5.00'] + [b"%d,plain,5.00" % n for n in range(2, 2000)]
    rows = _read(_file(tmp_path, b"\n".join(lines) + b"\n"))
    assert rows[1] == (2, ["1", '"open', "5.00"], "quote_unbalanced")
    assert [flaw for _, _, flaw in rows].count(None) == 1999
    assert rows[-1] == (2000, ["1999", "plain", "5.00"], None)


def test_a_quote_closed_by_a_later_row_swallows_nothing(tmp_path):
    path = _file(tmp_path, b'no,name,sum\n1,"foo,2.0\n2,bar,3.0\n3,"baz",4.0\n')
    assert _read(path) == [
        (1, ["no", "name", "sum"], None),
        (2, ["1", '"foo', "2.0"], "quote_unbalanced"),
        (3, ["2", "bar", "3.0"], None),
        (4, ["3", "baz", "4.0"], None),
    ]


def test_an_open_quote_on_the_last_line_is_reported(tmp_path):
    path = _file(tmp_path, b'no,name\n1,x\n2,"open\n3,y')
    assert [(number, flaw) for number, _, flaw in _read(path)] == [
        (1, None),
        (2, None),
        (3, "quote_unbalanced"),
        (4, None),
    ]


def test_inches_inside_a_cell_are_no_quotes(tmp_path):
    path = _file(tmp_path, b'no,name\n1,12" pan\n2,x\n')
    assert _read(path)[1] == (2, ["1", '12" pan'], None)


def test_wrong_bytes_far_into_a_file_cost_their_row(tmp_path):
    good = ["订单号,名"] + [f"A{n},小美" for n in range(30_000)]
    raw = [line.encode() for line in good]
    raw[25_001] = b"A25000,\xff\xfe\xe5\xb0"
    rows = _read(_file(tmp_path, b"\n".join(raw)))
    assert [number for number, _, flaw in rows if flaw == "bad_bytes"] == [25_002]
    assert rows[-1] == (30_001, ["A29999", "小美"], None)


def test_wrong_bytes_in_gbk_cost_their_row(tmp_path):
    raw = [f"A{n},收货人小美".encode("gbk") for n in range(2000)]
    raw[1500] = b"A1500,\x80\xff\xff"
    rows = _read(_file(tmp_path, "订单号,名\n".encode("gbk") + b"\n".join(raw)))
    assert [(number, flaw) for number, _, flaw in rows if flaw] == [(1502, "bad_bytes")]


def test_wrong_halves_in_utf16_cost_their_row(tmp_path):
    text = "订单号,名\n" + "".join(f"A{n},小美\n" for n in range(50))
    raw = text.encode("utf-16-le").replace("A7,小".encode("utf-16-le"), "A7,".encode("utf-16-le") + b"\x00\xd8")
    rows = _read(_file(tmp_path, b"\xff\xfe" + raw))
    assert [(number, flaw) for number, _, flaw in rows if flaw] == [(9, "bad_bytes")]
    assert len(rows) == 51


def test_nul_costs_its_row(tmp_path):
    path = _file(tmp_path, b"no,name\n1,a\0b\n2,c\n")
    assert [(number, flaw) for number, _, flaw in _read(path)] == [(1, None), (2, "bad_bytes"), (3, None)]


def test_a_line_of_two_gigabytes_is_passed_over_in_little_memory(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"no,name\n1,a\n2,")
        file.seek(64 << 20)  # sparse: the hole reads as NUL bytes; the next test has letters
        file.write(b"\n3,c\n")
    opened = open_file(path)
    tracemalloc.start()
    with opened.rows() as rows:
        found = [(row.number, row.flaw) for row in rows]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(1, None), (2, None), (3, "line_too_long"), (4, None)]
    assert peak < 8 << 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_long_line_of_letters_and_quotes_is_passed_over(tmp_path, encoding):
    text = 'no,name\n1,a\n2,"' + 'x"' * (1 << 20) + "\n3,c\n"
    raw = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding)
    rows = _read(_file(tmp_path, raw))
    assert [(number, flaw) for number, _, flaw in rows] == [(1, None), (2, None), (3, "line_too_long"), (4, None)]
    assert len(str(rows[2][1])) < 500


def test_a_cell_longer_than_any_honest_one_costs_its_row(tmp_path):
    path = _file(tmp_path, b"no,name\n1," + b"x" * 200_000 + b"\n2,c\n")
    rows = _read(path)
    assert [(number, flaw) for number, _, flaw in rows] == [(1, None), (2, "cell_too_long"), (3, None)]


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=12), min_size=2, max_size=5
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_the_csv_module_writes_is_read_back(table):
    import csv
    import io

    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    lines = list(io.StringIO(text.getvalue(), newline=""))
    rows = list(rows_of(iter([(lines, {})]), Dialect("csv", ",")))
    assert rows == [RawRow(number, list(row)) for number, row in enumerate(table, 1)]


@given(st.lists(st.sampled_from(["a,b\n", '1,"x\n', '"\n', 'x"y,z\n', '"q","r"\n', "\n", '2,"a\nb"\n']), max_size=30))
def test_no_mixture_of_quotes_loses_a_line(pieces):
    """However quotes are strewn, every physical line is in exactly one row."""
    import io

    lines = list(io.StringIO("".join(pieces), newline=""))
    rows = list(rows_of(iter([(lines, {})]), Dialect("csv", ",")))
    ended_inside = sum(str(cell).count("\n") for row in rows for cell in row.cells if row.flaw is None)
    assert len(rows) + ended_inside == len(lines)
