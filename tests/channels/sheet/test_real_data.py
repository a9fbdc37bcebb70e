"""The real sets reconcile to the figures that other tools found in them."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.iterating import iterate
from tongpin.channels.sheet.recognise import recognise_file
from tongpin.channels.sheet.rows import BadRow, ItemRow, OrderRow

ZONE = ZoneInfo("Asia/Shanghai")


def _rows(path: Path):
    found = recognise_file(path)
    assert found.importable
    return iterate(path, found, zone=ZONE)


@pytest.mark.slow
def test_online_retail_reconciles(real_data):
    sales, customers, invoices, fen = 0, set(), set(), 0
    outcomes: Counter[str] = Counter()
    for row in _rows(real_data / "online_retail" / "online_retail.csv.gz"):
        if isinstance(row, BadRow):
            outcomes[row.reason] += 1
            continue
        assert isinstance(row, ItemRow)
        outcomes["return" if row.is_return else "sale" if row.buyer else "sale of nobody"] += 1
        if row.buyer and not row.is_return:
            sales += 1
            customers.add(row.buyer.shop_account)
            invoices.add(row.order_key)
            fen += row.line.amount_fen or 0
    assert (sales, len(customers), len(invoices), fen) == (397_884, 4_338, 18_532, 891_140_790)
    assert outcomes == {
        "sale": 397_884,
        "sale of nobody": 132_219,
        "return": 9_288,
        "no_price": 1_179,
        "stock_adjustment": 1_336,
        "book_adjustment": 3,
    }
    assert outcomes.total() == 541_909


def test_a_month_of_tmall_reconciles_in_utf8(real_data):
    orders = list(_rows(real_data / "tmall_orders" / "tmall_order_report.csv.gz"))
    assert {type(order) for order in orders} == {OrderRow}
    assert (len(orders), sum(o.is_paid for o in orders), sum((o.refund_fen or 0) > 0 for o in orders)) == (
        28_010,
        24_087,
        5_646,
    )
    assert len({order.province for order in orders}) == 31
    assert [order.buyer for order in orders] == [None] * 28_010


def test_tmall_in_gbk_gives_the_same_rows_as_in_utf8(real_data, tmp_path):
    gbk = list(_rows(real_data / "tmall_orders" / "sample3000_gbk_crlf.csv"))
    whole = gzip.decompress((real_data / "tmall_orders" / "tmall_order_report.csv.gz").read_bytes())
    head = tmp_path / "head.csv"
    head.write_bytes(b"".join(io.BytesIO(whole).readlines()[:3001]))
    assert list(_rows(head)) == gbk
    assert len(gbk) == 3000


def test_cdnow_keeps_its_zeros(real_data):
    orders = list(_rows(real_data / "cdnow" / "CDNOW_sample.txt.gz"))
    assert (len(orders), len({o.buyer.shop_account for o in orders})) == (6_919, 2_357)
    assert orders[0].buyer.shop_account == "00004"
    assert sum(o.paid_fen for o in orders) == 24_409_194
    assert sum(o.lines[0].quantity for o in orders) == 16_479


@pytest.mark.slow
def test_half_a_million_rows_are_read_in_little_memory(real_data):
    """In a process of its own: its whole memory, the interpreter included."""
    program = (
        "import sys; from zoneinfo import ZoneInfo;"
        "from tongpin.channels.sheet.recognise import recognise_file;"
        "from tongpin.channels.sheet.iterating import iterate;"
        "path = sys.argv[1];"
        "n = sum(1 for _ in iterate(path, recognise_file(path), zone=ZoneInfo('Asia/Shanghai')));"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'));"
        "print(n, status['VmHWM'].split()[0])"
    )
    path = str(real_data / "online_retail" / "online_retail.csv.gz")
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == 541_909
    assert kilobytes < 60 << 10
