"""Real exports come in by the command line and reconcile, from the database, to figures other tools found in them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from tests.channels.sheet.test_layouts import REFERENCE, made_row
from tests.core.intake.sheets import facts, table
from tests.core.people.cast import read_all
from tongpin.channels.sheet.layouts import BY_ID
from tongpin.core.intake.models import Batch, Row
from tongpin.core.people.models import Identity, Person
from tongpin.core.places.models import Message, Place, Thread
from tongpin.wiring import importing
from tongpin.wiring.cli import _parser

pytestmark = pytest.mark.django_db

Run = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """run(path, "--shop", "X") is the object that `tongpin import --json` ends with."""

    def _run(path: Path, *options: str) -> dict[str, Any]:
        importing.command(_parser().parse_args(["import", str(path), "--json", *options]))
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    return _run


def asked(sql: str) -> tuple[Any, ...]:
    """The one row a question gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def counts(told: dict[str, Any]) -> dict[str, int]:
    return {name: told[name] for name in importing.COUNTS if told[name]}


SOLD = """
select count(*), count(distinct e.person_id), count(distinct e.body->>'order'), sum((e.body->>'amount_fen')::bigint)
from entry e where e.kind = 'order.item_added' and e.person_id is not null and not coalesce((e.body->>'returned')::bool, false)
"""
BOUGHT = """
select count(*), count(distinct person_id), sum(items_fen) from purchase
where person_id is not null and paid_at is not null
"""


def test_the_beginning_of_online_retail_reconciles_row_by_row(run: Run, real_data: Path, tmp_path: Path) -> None:
    """The first 20,000 rows against a plain reading of the same file."""
    with gzip.open(real_data / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8") as file:
        head = [line for _, line in zip(range(20_001), file, strict=False)]
    path = tmp_path / "head.csv"
    path.write_text("".join(head), encoding="utf-8")
    rows = list(csv.DictReader(head))
    good = [
        row
        for row in rows
        if row["CustomerID"] and int(row["Quantity"]) > 0 and float(row["UnitPrice"]) > 0 and row["InvoiceNo"][0] != "C"
    ]
    fen = sum(int(row["Quantity"]) * round(float(row["UnitPrice"]) * 100) for row in good)
    told = run(path)
    assert told["rows"] == len(rows) == told["new"] + told["rejected"]
    people, orders = len({row["CustomerID"] for row in good}), len({row["InvoiceNo"] for row in good})
    assert asked(SOLD) == (len(good), people, orders, fen)
    read_all()
    assert asked(BOUGHT) == (orders, people, fen)
    assert counts(run(path)) == {"rows": len(rows), "known": told["new"], "rejected": told["rejected"]}


@pytest.mark.slow
def test_online_retail_reconciles_from_the_ledger_and_from_what_is_folded(run: Run, real_data: Path) -> None:
    path = real_data / "online_retail" / "online_retail.csv.gz"
    told = run(path)
    assert counts(told) == {"rows": 541_909, "new": 539_391, "rejected": 2_518, "people": 4_371, "orders": 23_795}
    assert told["reasons"] == {
        "nobody": 132_219,
        "return": 9_288,
        "stock_adjustment": 1_336,
        "no_price": 1_179,
        "book_adjustment": 3,
    }
    assert 541_909 - sum(told["reasons"].values()) == 397_884
    assert asked(SOLD) == (397_884, 4_338, 18_532, 891_140_790)
    read_all()
    assert asked(BOUGHT) == (18_532, 4_338, 891_140_790)
    assert asked("select count(*), count(person_id) from import_row") == (541_909, 397_884 + 8_905)
    assert counts(run(path)) == {"rows": 541_909, "known": 539_391, "rejected": 2_518}
    assert asked("select count(*) from procrastinate_jobs") == (0,)


def test_a_month_of_tmall_in_both_encodings(run: Run, real_data: Path) -> None:
    folder = real_data / "tmall_orders"
    told = run(folder / "sample3000_gbk_crlf.csv")
    assert counts(told) == {"rows": 3_000, "new": 3_000, "orders": 3_000}
    told = run(folder / "tmall_order_report.csv.gz")
    assert counts(told) == {"rows": 28_010, "known": 3_000, "new": 25_010, "orders": 25_010}
    assert told["reasons"] == {"nobody": 28_010}
    read_all()
    sums = "count(*), count(paid_at), count(*) filter (where refunded_fen > 0), sum(paid_fen - refunded_fen)"
    assert asked(f"select {sums} from purchase") == (28_010, 24_087, 5_646, 190_248_715)
    assert (facts()["order.refunded"], Person.objects.count()) == (5_646, 0)
    assert counts(run(folder / "tmall_order_report.csv.gz")) == {"rows": 28_010, "known": 28_010}


def test_cdnow_without_a_header_keeps_its_zeros(run: Run, real_data: Path) -> None:
    path = real_data / "cdnow" / "CDNOW_sample.txt.gz"
    assert counts(run(path, "--shop", "CDNOW")) == {"rows": 6_919, "new": 6_919, "people": 2_357, "orders": 6_919}
    assert Identity.objects.filter(kind="shop_account", shown="00004").count() == 1
    read_all()
    assert asked("select count(*), count(distinct person_id), sum(paid_fen) from purchase") == (
        6_919,
        2_357,
        24_409_194,
    )
    assert counts(run(path, "--shop", "CDNOW")) == {"rows": 6_919, "known": 6_919}


YEARS = ((2017, 6_757, 85, 565), (2018, 9_709, 144, 1_088), (2019, 5_706, 106, 711))


@pytest.mark.parametrize("years", [YEARS[:1], pytest.param(YEARS, marks=pytest.mark.slow)], ids=["one", "three"])
def test_years_of_a_channel_are_one_place_with_people_messages_and_threads(
    years: tuple[tuple[int, int, int, int], ...], run: Run, real_data: Path
) -> None:
    threads = 0
    for year, messages, people, talks in years:
        path = real_data / "slack_chat" / f"racket-{year}.jsonl.gz"
        told = run(path)
        threads += talks
        assert (told["shop"], told["rows"], told["new"], told["messages"]) == ("general", messages, messages, messages)
        batch = Batch.objects.latest("pk")
        assert Row.objects.filter(batch=batch).values("person_id").distinct().count() == people
        assert Message.objects.filter(batch=batch.pk).values("thread").distinct().count() == talks
        assert Thread.objects.count() == threads
        assert counts(run(path)) == {"rows": messages, "known": messages}
    assert [(one.name, one.external_id) for one in Place.objects.all()] == [("general", "racket/general")]
    assert Message.objects.count() == sum(messages for _, messages, *_ in years) == facts()["message.heard"]


@pytest.mark.parametrize("name", REFERENCE)
def test_every_layout_of_the_reference_headers_goes_the_whole_way(
    name: str, run: Run, real_data: Path, tmp_path: Path
) -> None:
    headers = json.loads((real_data / "export_headers" / "headers.json").read_text(encoding="utf-8"))
    titles = headers[name]["header"]
    path = tmp_path / "a.csv"
    path.write_bytes(table(titles, *(made_row(titles, REFERENCE[name], n) for n in range(1, 9)), encoding="gb18030"))
    told = run(path)
    layout = BY_ID[REFERENCE[name]]
    assert told["recognised"] == {"kind": layout.kind, "layout": layout.id, "platform": layout.platform}
    assert (told["rows"], told["new"], told["problems"]) == (8, 8, [])
    assert counts(run(path)) == {"rows": 8, "known": 8}


def chats(headers: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Made conversations in the three chat formats of the reference."""
    rows = [(n, f"2026-11-20 10:0{n}:00", f"wxid_{n % 2}", f"第{n}句") for n in range(6)]
    memotrace = [
        [n, 1, 1, 0, 0, int(datetime.fromisoformat(at).timestamp()), 2, text, at, "绘本群", who, who]
        for n, at, who, text in rows
    ]
    yield "memotrace_csv_12", table(headers["memotrace_csv_12"]["header"], *memotrace, encoding="utf-8-sig")
    chatlog = [
        [
            {"time": at, "content": text, "sender": f"{who}x", "talker": "1@chatroom"}.get(title.strip().lower(), "")
            for title in headers["chatlog_csv_6"]["header"]
        ]
        for _, at, who, text in rows
    ]
    yield "chatlog_csv_6", table(headers["chatlog_csv_6"]["header"], *chatlog)
    out = io.StringIO(headers["qq_txt"]["first_line"] + "\n\n消息分组:我的群聊\n消息对象:绘本群\n\n")
    out.seek(0, io.SEEK_END)
    for n, at, _, text in rows:
        out.write(f"{at} 小美({10001 + n % 2})\n{text}\n\n")
    yield "qq_txt", out.getvalue().encode("utf-8-sig")


def test_every_chat_format_of_the_reference_goes_the_whole_way(run: Run, real_data: Path, tmp_path: Path) -> None:
    headers = json.loads((real_data / "export_headers" / "headers.json").read_text(encoding="utf-8"))
    for name, content in chats(headers):
        path = tmp_path / f"{name}.{'txt' if name == 'qq_txt' else 'csv'}"
        path.write_bytes(content)
        told = run(path, "--place", f"群 {name}")
        assert (told["recognised"]["kind"], told["rows"], told["messages"], told["people"]) == ("messages", 6, 6, 2), (
            name
        )
        assert counts(run(path, "--place", f"群 {name}")) == {"rows": 6, "known": 6}
