"""`tongpin import`: one object with what every row became, an exit code, never a question."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import OperationalError, connection
from pytest_django import Settings

from tests.channels.sheet.test_workbook import _SHEET, _compound, _old_workbook, _with_sheet
from tests.core.intake.sheets import all_rows, book, facts, lines, table
from tests.core.intake.test_tables import CUSTOMERS, HEAD, LIN, MEI, QIANG, with_
from tongpin.channels.sheet.cells import text_of
from tongpin.channels.sheet.reading import open_file
from tongpin.core.intake import placing, running
from tongpin.core.intake.models import Batch, RememberedMapping
from tongpin.core.intake.uploads import folder
from tongpin.core.people.models import Consent, Person
from tongpin.core.places.models import Message, Place
from tongpin.wiring import import_answers, importing
from tongpin.wiring.cli import _parser

pytestmark = pytest.mark.django_db

KEYS = [
    "recognised", "shop", "rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages",
    "reasons", "problems",
]  # fmt: skip

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """run(content, "--shop", "X") is (exit code, the object, what was said beside it)."""

    def _run(content: bytes | Path, *options: str, name: str = "a.csv") -> tuple[int, dict[str, Any], str]:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        code = importing.command(_parser().parse_args(["import", str(path), "--json", *options]))
        out, err = capsys.readouterr()
        assert out.count("\n") == 1
        return code, json.loads(out), err

    return _run


def counts(told: dict[str, Any]) -> dict[str, int]:
    return {name: told[name] for name in importing.COUNTS if told[name]}


def test_all_placed(run: Run) -> None:
    code, told, _ = run(table(HEAD, MEI, QIANG), "--shop", "乐乐绘本馆")
    assert (code, list(told)) == (0, KEYS)
    assert (told["recognised"], told["shop"], told["problems"], told["reasons"]) == (
        {"kind": "orders", "layout": "", "platform": ""},
        "乐乐绘本馆",
        [],
        {},
    )
    assert counts(told) == {"rows": 2, "new": 2, "people": 2, "orders": 2}
    assert list(folder().iterdir()) == []


def test_some_rejected(run: Run) -> None:
    code, told, _ = run(table(HEAD, MEI, with_(QIANG, price="八九"), with_(QIANG, number="")), "--shop", "a")
    assert (code, counts(told)) == (1, {"rows": 3, "new": 1, "rejected": 2, "people": 1, "orders": 1})
    assert told["problems"] == [{"row": 3, "reason": "amount_unreadable"}, {"row": 4, "reason": "id_missing"}]
    assert told["reasons"] == {"amount_unreadable": 1, "id_missing": 1}


def test_again_is_known(run: Run, tmp_path: Path) -> None:
    run(table(HEAD, MEI, QIANG), "--shop", "a")
    assert counts(run(table(HEAD, MEI, QIANG), "--shop", "a")[1]) == {"rows": 2, "known": 2}
    code, told, _ = run(book(HEAD, MEI, QIANG, folder=tmp_path), "--shop", "a", name="b.xlsx")
    assert (code, counts(told)) == (0, {"rows": 2, "known": 2})


def test_a_shop_that_is_not_named_is_the_unnamed_one(run: Run) -> None:
    """The command line never asks; what the columns say is plain."""
    code, told, _ = run(table(HEAD, MEI))
    assert (code, told["shop"], counts(told)) == (0, importing.SHOP, {"rows": 1, "new": 1, "people": 1, "orders": 1})
    assert counts(run(table(HEAD, MEI))[1]) == {"rows": 1, "known": 1}


def test_columns_without_headers_that_are_plain_are_taken(run: Run) -> None:
    rows = [f" {n:05} {n + 100:04} 1998{n % 12 + 1:02}02  {n % 3 + 1}  {n + 9}.77" for n in range(40)]
    code, told, _ = run("\n".join(rows * 2).encode(), name="cd.txt")
    assert (code, counts(told)["rows"], counts(told)["people"]) == (0, 80, 40)


def test_what_is_not_plain_is_refused_with_what_to_pass(run: Run) -> None:
    before = all_rows()
    for content, option, word in (
        (table(["甲", "乙"], ["1", "2"], ["3", "4"]), (), "--as"),
        (table(["订单号", "甲"], ["A1", "x"]), ("--as", "orders"), "--map COLUMN=MEANING"),
        (
            table(["交易时间", "摘要", "收入", "支出", "余额"], ["2026-11-01 10:00:00", "货款", "1.00", "", "2.00"]),
            (),
            "ledger",
        ),
        (table(["说", "话"], ["a", "b"]), ("--as", "messages", "--place", "群"), "--map time=COLUMN"),
        (b"", (), "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, (), "CSV, Excel"),
        (table(HEAD, MEI), ("--map", "甲=phone"), "no column or meaning '甲'"),
        (table(HEAD, MEI), ("--map", "phone"), "no column or meaning 'phone'"),
    ):
        code, told, _ = run(content, *option)
        assert (code, counts(told), told["problems"][0]["row"]) == (2, {}, 0)
        assert word in told["problems"][0]["reason"], told
    assert all_rows() == before


def test_a_conversation_without_a_name_asks_for_its_place(run: Run) -> None:
    file = table(["时间", "发送人", "内容"], ["2026-11-20 10:00:00", "小美", "绘本到了吗"])
    code, told, _ = run(file)
    assert (code, told["problems"][0]["reason"]) == (2, "say which group the conversation is from: --place NAME")
    code, told, _ = run(file, "--place", "妈妈群")
    assert (code, told["shop"], counts(told)) == (0, "妈妈群", {"rows": 1, "new": 1, "people": 1, "messages": 1})
    assert Place.objects.get().kind == "group"


def test_a_conversation_says_where_it_is_from(run: Run) -> None:
    rows = [
        {"channel": "general", "time": f"2026-11-20 10:0{n}:00", "user": f"u{n % 2}", "text": "hi"} for n in range(4)
    ]
    code, told, _ = run(lines(*rows), name="a.jsonl")
    assert (code, told["recognised"]["kind"], told["shop"], counts(told)["messages"]) == (0, "messages", "general", 4)


def test_a_column_that_names_the_groups_is_mapped(run: Run) -> None:
    rows = [
        ["哪", "何时", "谁", "说"],
        ["一群", "2026-11-20 10:00:00", "小美", "在"],
        ["二群", "2026-11-20 10:00:01", "阿强", "好"],
    ]
    mapping = ["--map=place=哪", "--map=time=何时", "--map=sender_name=谁", "--map=text=说"]
    code, told, _ = run(table(*rows), "--as", "messages", *mapping)
    assert (code, counts(told)["messages"]) == (0, 2)
    assert sorted(Place.objects.values_list("name", flat=True)) == ["一群", "二群"]


def test_columns_mapped_by_name_by_number_and_remembered(run: Run) -> None:
    rows = [[f"N{n}", f"139{n:08}", "9.00", "2026-10-22 12:00:00"] for n in range(3)]
    options = ("--as", "orders", "--shop", "a")
    mapping = [
        f"--map={key}={meaning}"
        for key, meaning in zip("甲乙丙丁", ("order_number", "phone", "paid_amount", "paid_at"), strict=True)
    ]
    code, told, _ = run(table(list("甲乙丙丁"), *rows), *options, *mapping)
    assert (code, counts(told)["new"], RememberedMapping.objects.count()) == (0, 3, 1)
    code, told, _ = run(table(list("甲乙丙丁"), *rows))
    assert (code, counts(told), told["shop"]) == (0, {"rows": 3, "known": 3}, "a")
    numbers = [f"--map={n}={meaning}" for n, meaning in enumerate(("order_number", "phone", "paid_amount", "paid_at"))]
    code, told, _ = run(table(*rows, ["N9", "x", "9.00", "2026-10-22"]), *options, *numbers)
    assert (code, counts(told)) == (0, {"rows": 4, "known": 3, "new": 1, "orders": 1})


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run) -> None:
    file = table(HEAD, MEI, QIANG, QIANG, with_(QIANG, price="八九"))
    before = all_rows()
    code, told, _ = run(file, "--shop", "a", "--dry-run")
    assert all_rows() == before
    assert (code, list(told)) == (1, KEYS)
    done = run(file, "--shop", "a")
    assert (done[0], counts(done[1]), done[1]["reasons"]) == (code, counts(told), told["reasons"])


def test_consent_is_what_who_imports_declares(run: Run) -> None:
    run(table(CUSTOMERS, LIN), "--shop", "a")
    assert Consent.objects.count() == 0
    run(table(CUSTOMERS, [*LIN[:1], "13900008041", *LIN[2:]]), "--shop", "a", "--consent", "contract")
    assert list(Consent.objects.values_list("purpose", "basis")) == [("service", "import_contract")]


def test_files_that_cannot_be_read_are_named(run: Run, tmp_path: Path, settings: Settings) -> None:
    assert run(tmp_path / "nowhere.csv")[1]["problems"][0]["reason"] == "no such file or directory"
    assert run(tmp_path)[1]["problems"][0]["reason"] == "is a directory: name the files in it"
    assert run(Path("/dev/zero"))[1]["problems"][0]["reason"] == "is no file"
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    assert run(loop)[1]["problems"][0]["reason"] == "too many levels of symbolic links"
    assert run(Path("/proc/self/mem"))[1]["problems"][0]["reason"] == "input/output error"
    settings.IMPORT_LIMIT_MB = 1
    large = tmp_path / "large.csv"
    with large.open("wb") as out:
        out.truncate(2_000_000_000)
    code, told, _ = run(large)
    assert (code, told["problems"][0]["reason"]) == (2, "at most 1 MB; split the file")
    assert Batch.objects.count() == 0


def test_an_archive_that_breaks_off_is_refused_with_nothing_placed(run: Run) -> None:
    whole = gzip.compress(table(HEAD, *(with_(MEI, number=str(n)) for n in range(20_000))))
    code, told, _ = run(whole[: len(whole) // 2], "--shop", "a", name="a.csv.gz")
    assert (code, counts(told)) == (2, {})
    assert "damaged" in told["problems"][0]["reason"]
    assert (facts(), Person.objects.count()) == ({}, 0)


def test_what_breaks_off_says_how_far_it_came_and_nothing_personal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "ROWS", 2)
    monkeypatch.setattr(placing, "TRIES", 1)
    kept, times = placing.keep_rows, []

    def full(*arguments: Any, **named: Any) -> None:
        times.append(1)
        if len(times) == 2:
            raise OperationalError("no space: 13800002716 林小美")
        kept(*arguments, **named)

    monkeypatch.setattr(placing, "keep_rows", full)
    code, told, err = run(table(HEAD, *[QIANG] * 5), "--shop", "a")
    assert (code, counts(told)) == (2, {"rows": 2, "new": 2, "people": 1, "orders": 1})
    assert told["problems"][0]["reason"].startswith("broke off on OperationalError (")
    assert "13800002716" not in json.dumps(told, ensure_ascii=False) + err
    batch = Batch.objects.get()
    assert (batch.state, batch.problem) == ("failed", "broke_off")
    assert counts(run(table(HEAD, *[QIANG] * 5), "--shop", "a")[1]) == {"rows": 5, "known": 2, "new": 3}


def test_ctrl_c_stops_behind_the_chunk_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(placing, "ROWS", 2)
    path = tmp_path / "a.csv"
    path.write_bytes(table(HEAD, *[QIANG] * 7))
    place = running.place_chunk

    def then_interrupted(*arguments: Any, **named: Any) -> Any:
        placed = place(*arguments, **named)
        signal.raise_signal(signal.SIGINT)
        return placed

    assert threading.current_thread() is threading.main_thread()
    monkeypatch.setattr(running, "place_chunk", then_interrupted)
    assert importing.command(_parser().parse_args(["import", str(path), "--shop", "a"])) == 130
    assert "stopped; 2 rows were placed" in capsys.readouterr().err
    batch = Batch.objects.get()
    assert (batch.state, batch.counts["rows"]) == ("cancelled", 2)


def test_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str], noon: datetime) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table(HEAD, MEI, with_(QIANG, price="八九")))
    assert importing.command(_parser().parse_args(["import", str(path), str(tmp_path / "b.csv"), "--shop", "a"])) == 2
    out, err = capsys.readouterr()
    assert out.splitlines()[1:] == [
        "a.csv: orders, 2 rows became:",
        "  1 new · 0 known · 0 changed · 0 waiting · 1 rejected",
        "  1 new people, 1 new orders, 0 new messages",
        "  shop: a",
        "           1  amount unreadable",
    ]
    assert err == "b.csv: no such file or directory\n"


def test_a_date_whose_order_nobody_can_tell_is_said(run: Run) -> None:
    rows = [with_(row, paid_at="03/04/2026 12:00:00") for row in (MEI, QIANG)]
    rows = [[*row[:10], "03/04/2026 11:00:00", row[11]] for row in rows]
    code, told, _ = run(table(HEAD, *rows), "--shop", "a")
    assert (code, told["problems"][0]["reason"]) == (2, importing_words("date_order_unclear"))
    code, told, _ = run(table(HEAD, *rows), "--shop", "a", "--date-order", "dmy")
    assert (code, counts(told)["new"]) == (0, 2)
    assert asked(
        "select distinct (at at time zone 'Asia/Shanghai')::date::text from entry where kind = 'order.paid'"
    ) == ("2026-04-03",)


def importing_words(code: str) -> str:
    return import_answers.WORDS[code]


def asked(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def test_the_row_of_the_header_is_said(run: Run) -> None:
    """A line above the header that holds more words of orders than the header does."""
    above = ["订单编号", "手机号", "实付金额", "付款时间", "下单时间", "商品名称"]
    names = ["单", "号", "钱", "时"]
    rows = [[f"A{n}", f"1390000{n:04}", "9.00", "2026-10-22 12:00:00"] for n in range(3)]
    mapping = ["--map=单=order_number", "--map=号=phone", "--map=钱=paid_amount", "--map=时=paid_at"]
    code, told, _ = run(table(above, names, *rows), "--shop", "a", "--as", "orders", "--header-row", "2", *mapping)
    assert (code, counts(told)) == (0, {"rows": 3, "new": 3, "people": 3, "orders": 3})
    numbers = [f"--map={n}={what}" for n, what in enumerate(("order_number", "phone", "paid_amount", "paid_at"))]
    code, told, _ = run(table(*rows), "--shop", "a", "--as", "orders", "--header-row", "0", *numbers)
    assert (code, counts(told)) == (0, {"rows": 3, "known": 3})
    code, told, _ = run(table(HEAD, MEI), "--shop", "a", "--header-row", "900")
    assert (code, told["problems"][0]["reason"]) == (
        2,
        "--header-row: there is no row 900 with words in it at the top of the file",
    )
    for wrong in ("-1", "x", "１"):
        with pytest.raises(SystemExit):
            _parser().parse_args(["import", "a.csv", "--header-row", wrong])


def test_a_conversation_without_a_header(run: Run) -> None:
    rows = [[f"2026-11-20 10:00:0{n}", "小美", f"第{n}句"] for n in range(4)]
    options = ("--as", "messages", "--place", "群", "--map=time=#1", "--map=sender_name=#2", "--map=text=#3")
    code, told, _ = run(table(*rows), *options, "--map", "headerless=yes")
    assert (code, counts(told)) == (0, {"rows": 4, "new": 4, "people": 1, "messages": 4})
    code, told, _ = run(table(*rows), *options, "--header-row", "0")
    assert (code, counts(told)) == (0, {"rows": 4, "known": 4})
    code, told, _ = run(table(*rows), *options, "--map", "headerless=maybe")
    assert (code, told["problems"][0]["reason"]) == (2, "--map: there is no column or meaning 'headerless=maybe'")
    code, told, _ = run(table(*rows), *options, "--header-row", "3")
    assert (code, "first row" in told["problems"][0]["reason"]) == (2, True)


QQ = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:绘本一群
================================================================

2026-11-20 10:00:00 小美(10001)
一群的话

================================================================
消息分组:我的群聊
================================================================
消息对象:绘本二群
================================================================

2026-11-20 10:00:01 阿强(10002)
二群的话
"""


def test_one_group_of_a_qq_export_is_taken(run: Run) -> None:
    code, told, _ = run(QQ.encode(), "--map", "only=绘本二群", name="a.txt")
    assert (code, told["shop"], counts(told)) == (
        1,
        "绘本二群",
        {"rows": 2, "new": 1, "rejected": 1, "people": 1, "messages": 1},
    )
    assert told["reasons"] == {"other_conversation": 1}
    assert list(Place.objects.values_list("name", flat=True)) == ["绘本二群"]
    assert list(Message.objects.values_list("words", flat=True)) == ["二群的话"]


def test_rejected_rows_come_as_a_file_to_be_mended(run: Run, tmp_path: Path) -> None:
    bad = with_(QIANG, price="八九", account="=cmd|'/c calc'!A1")
    for name in ("bad.csv", "bad.XLSX"):
        out = tmp_path / name
        code, told, err = run(table(HEAD, MEI, bad), "--shop", name, "--rejected", str(out))
        assert (code, counts(told)["rejected"], oct(out.stat().st_mode & 0o777)) == (1, 1, "0o600")
        assert err == f"1 rejected rows with their reasons: {out}\n"
        opened = open_file(out)
        cells = [[text_of(cell) for cell in row.cells] for row in opened.rows()]
        assert (cells[0], cells[1][-1]) == ([*HEAD, "原因"], "amount unreadable")
        if name.endswith("csv"):
            assert "'=cmd" in out.read_text(encoding="utf-8-sig")
            mended = out.read_bytes().replace("八九".encode(), b"168.00")
            assert counts(run(mended, "--shop", name)[1])["new"] == 1
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".part"] == []


def test_where_nothing_was_rejected_no_file_is_written(run: Run, tmp_path: Path) -> None:
    assert run(table(HEAD, MEI), "--shop", "a", "--rejected", str(tmp_path / "bad.csv"))[0] == 0
    assert not (tmp_path / "bad.csv").exists()


def test_rejected_rows_of_a_conversation_come_with_their_lines(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "bad.csv"
    rows = [["时间", "发送人", "内容"], ["2026-11-20 10:00:00", "小美", "在"], ["某天", "阿强", "=1+1"]]
    assert run(table(*rows), "--place", "群", "--rejected", str(out))[0] == 1
    written = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert written == [["行号", "时间", "发送人", "内容", "原因"], ["3", "某天", "阿强", "'=1+1", "date unreadable"]]
    mended = out.read_bytes().replace("某天".encode(), b"2026-11-20 10:00:05")
    assert counts(run(mended, "--place", "群")[1])["new"] == 1
    assert run(QQ.encode().replace(b"10:00:01", b"99:00:01"), "--rejected", str(out), name="a.txt")[0] == 1
    written = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert written == [["行号", "原文", "原因"], ["18", "2026-11-20 99:00:01 阿强(10002)\n二群的话", "date unreadable"]]


def test_where_rejected_rows_cannot_be_written_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(table(HEAD, MEI, with_(QIANG, price="八九")))
    before = all_rows()
    for target, more, word in (
        (tmp_path / "no" / "bad.csv", (), "cannot be written there"),
        (tmp_path / "bad.txt", (), "ends in .csv or .xlsx"),
        (file, (), "that is the file to import"),
        (tmp_path / "bad.csv", ("--dry-run",), "a dry run writes nothing"),
    ):
        code, told, _ = run(file, "--shop", "a", "--rejected", str(target), *more)
        assert (code, told["problems"][0]["row"]) == (2, 0)
        assert word in told["problems"][0]["reason"]
    arguments = ["import", str(file), str(file), "--rejected", str(tmp_path / "bad.csv")]
    assert importing.command(_parser().parse_args(arguments)) == 2
    assert all_rows() == before


def test_a_disk_that_is_full_after_the_import_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**named: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing, "hand_back", full)
    out = tmp_path / "bad.csv"
    code, told, _ = run(table(HEAD, MEI, with_(QIANG, price="八九")), "--shop", "a", "--rejected", str(out))
    assert (code, counts(told)["rejected"], len(told["problems"])) == (1, 1, 2)
    assert "was not written (no space left on device)" in told["problems"][0]["reason"]
    assert list(tmp_path.glob(".*")) == []


TAOBAO = [
    "订单编号",
    "买家会员名",
    "买家实际支付金额",
    "订单状态",
    "订单创建时间",
    "订单付款时间",
    "宝贝标题",
    "店铺名称",
]
JD = [
    "订单号",
    "商品ID",
    "商品名称",
    "订购数量",
    "下单时间",
    "京东价",
    "订单金额",
    "结算金额",
    "应付金额",
    "订单状态",
    "下单帐号",
]


def taobao(*shops: str) -> bytes:
    return table(
        TAOBAO,
        *(
            [f"10{n}", f"m{n}", "9.00", "交易成功", "2026-10-22 12:00:00", "2026-10-22 12:01:00", "绘本", shop]
            for n, shop in enumerate(shops)
        ),
    )


def jd() -> bytes:
    return table(JD, ["100", "7", "绘本", "1", "2026-10-22 12:00:00", "9", "9", "9", "9", "完成", "j0"])


def test_the_unnamed_shop_is_its_platforms(run: Run) -> None:
    """Equal order numbers of two platforms and of a sheet that is none's never meet."""
    for _ in range(2):
        told = [run(taobao(""))[1], run(jd())[1], run(table(HEAD, with_(MEI, number="100")))[1]]
        assert [one["shop"] for one in told] == ["淘宝未命名店铺", "京东未命名店铺", importing.SHOP]
    assert [one["known"] for one in told] == [1, 1, 1]
    assert Place.objects.filter(kind="shop").count() == 3


def test_a_shop_that_the_file_tells_is_taken(run: Run) -> None:
    """Also by files of that shop which do not tell, before and after: one platform never gives a number twice."""
    assert run(taobao("", ""))[1]["shop"] == "淘宝未命名店铺"
    told = run(taobao("乐乐绘本馆", "乐乐绘本馆"))[1]
    assert (told["shop"], counts(told)) == ("乐乐绘本馆", {"rows": 2, "known": 2})
    told = run(taobao("", ""))[1]
    assert (told["shop"], counts(told)) == ("乐乐绘本馆", {"rows": 2, "known": 2})
    assert Place.objects.filter(kind="shop").count() == 1
    assert run(taobao("", ""), "--shop", "另一家")[1]["shop"] == "另一家"
    code, told, _ = run(taobao("", ""))
    assert (code, told["problems"][0]["reason"]) == (
        2,
        "several shops (乐乐绘本馆, 另一家): say which this file is from with --shop NAME",
    )


def test_several_shops_in_one_file_are_not_guessed_between(run: Run) -> None:
    before = all_rows()
    code, told, _ = run(taobao("甲店", "乙店"))
    assert (code, told["problems"][0]["reason"]) == (
        2,
        "several shops (甲店, 乙店): say which this file is from with --shop NAME",
    )
    assert all_rows() == before
    sheet = [*HEAD, "店铺"]
    code, told, _ = run(table(sheet, [*MEI, "甲店"], [*QIANG, "甲店"]))
    assert (code, told["shop"], counts(told)["new"]) == (0, "甲店", 2)


def test_the_answer_says_whose_the_file_is_and_how_to_name_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    said = []
    for content in (taobao(""), taobao("乐乐绘本馆"), jd(), table(HEAD, MEI)):
        path.write_bytes(content)
        importing.command(_parser().parse_args(["import", str(path), "--dry-run"]))
        importing.command(_parser().parse_args(["import", str(path)]))
        lines_ = capsys.readouterr().out.splitlines()
        said.append([line.strip() for line in lines_ if line.startswith("  shop:")])
    unnamed = "(nobody has named it; if you have several shops, say which: --shop NAME)"
    assert said == [
        [f"shop: 淘宝未命名店铺 {unnamed}"] * 2,
        ["shop: 乐乐绘本馆 (as the file says; another: --shop NAME)"] * 2,
        [f"shop: 京东未命名店铺 {unnamed}"] * 2,
        [f"shop: {importing.SHOP} {unnamed}"] * 2,
    ]


def test_hostile_files_are_refused_by_name_and_leave_nothing(run: Run, tmp_path: Path) -> None:
    whole = book(HEAD, MEI, folder=tmp_path)
    corner = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    far = _with_sheet(tmp_path / "far.xlsx", tmp_path / "book.xlsx", _SHEET % corner).read_bytes()
    before = all_rows()
    for content, name, word in (
        (whole[:-300], "a.xlsx", "archive is damaged"),
        (far, "a.xlsx", "too large to open"),
        (_compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 100}), "a.xlsx", "has a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "a.xls", "spreadsheet is damaged"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "CSV, Excel"),
        (gzip.compress(table(HEAD, MEI) + b"," * (90 << 20), 9), "a.csv.gz", "Unpacks to more"),
        (table(HEAD), "a.csv", "no rows"),
        (b"\0" * 5000, "a.csv", "empty"),
    ):
        code, told, err = run(content, "--shop", "a", name=name)
        assert (code, counts(told), err) == (2, {}, ""), name
        assert word in told["problems"][0]["reason"], (name, told["problems"])
    assert all_rows() == before
    assert list(folder().iterdir()) == []


def test_an_old_workbook_and_one_with_formulas_come_in(run: Run, tmp_path: Path) -> None:
    told = run(_compound({"Workbook": _old_workbook()}), "--shop", "a", name="a.xls")[1]
    assert "columns are missing" in told["problems"][0]["reason"]
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for r, row in enumerate((HEAD, MEI)):
            sheet.write_row(r, 0, row)
        sheet.write_formula(1, 7, "=60+29", None, 89)
        sheet.write_formula(1, 2, '=HYPERLINK("http://example.com","林小美")', None, "林小美")
    code, told, _ = run(path, "--shop", "a")
    assert (code, counts(told)) == (0, {"rows": 1, "new": 1, "people": 1, "orders": 1})
    assert asked("select body->>'amount_fen' from entry where kind = 'order.paid'") == ("8900",)


def test_bad_bytes_and_a_line_without_an_end_cost_their_rows_only(run: Run, tmp_path: Path) -> None:
    """The line is sparse on disk; what is read of it is never held whole."""
    path = tmp_path / "long.csv"
    path.write_bytes(table(HEAD, MEI) + b"X1,\xff\xfe\xfa,\xc3\x28,,,,,,,,,\r\n")
    with path.open("r+b") as out:
        out.seek(64 << 20, 2)
        out.write(b"\r\n" + table(QIANG))
    code, told, _ = run(path, "--shop", "a")
    assert (code, counts(told)["new"], told["problems"]) == (
        1,
        2,
        [{"row": 3, "reason": "bad_bytes"}, {"row": 4, "reason": "line_too_long"}],
    )


@pytest.mark.slow
def test_a_line_of_two_gigabytes_in_little_memory(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(table(HEAD, MEI))
    with path.open("r+b") as out:
        out.seek(1_990_000_000, 2)
        out.write(b"\r\n" + table(QIANG))
    limit = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20), limit[1]))
    try:
        code, told, _ = run(path, "--shop", "a")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limit)
    assert (code, counts(told)["new"], told["reasons"]) == (1, 2, {"line_too_long": 1})


def test_names_cannot_act_on_a_terminal_or_in_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "\x1b[2J<script>'; drop table person;--.csv"
    path.write_bytes(table(HEAD, with_(MEI, name="<script>alert(1)</script>", account="'); drop table person; --")))
    assert importing.command(_parser().parse_args(["import", str(path), "--shop", "<i>a</i>"])) == 0
    out, err = capsys.readouterr()
    assert ("\x1b" in out + err, Person.objects.count()) == (False, 1)
    assert "<script>'; drop table person;--.csv: orders, 1 rows became:" in out
