"""Rejected rows come back as a file: with their cells, the reason beside them, and nothing of who was erased."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.intake.sheets import bring, lines, outcomes, table
from tests.core.intake.test_tables import HEAD, MEI, with_
from tests.core.intake.test_taking_back import CHAT, said
from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.intake.handing_back import hand_back
from tongpin.core.intake.models import Batch, Row
from tongpin.core.people.erasure import erase, register_eraser
from tongpin.core.people.models import Identity
from tongpin.core.places.erasing import erase_from_places

pytestmark = pytest.mark.django_db
HEADER = {"_type": "header", **CHAT}


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    register_eraser("places", erase_from_places)
    register_eraser("intake", erase_from_intake)
    yield


def back(batch: Batch) -> list[list[str]]:
    out = io.BytesIO()
    hand_back(batch=batch, target=out, format="csv")
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))


def test_of_a_table_the_header_as_it_stood(noon: datetime) -> None:
    bad = with_(MEI, price="八九")
    batch = bring(table([*HEAD, "备注", "备注"], [*bad, "a", "b"]), at=noon, shop_name="a")
    assert back(batch) == [[*HEAD, "备注", "备注", "原因"], [*bad, "a", "b", "amount_unreadable"]]


def test_of_a_table_without_a_header_names_that_are_recognised(noon: datetime) -> None:
    rows = [["N1", "13800002716", "9.00", "2026-10-22 12:00:00"], ["N2", "13900008041", "九", "2026-10-22 12:00:00"]]
    mapping = dict(zip("0123", ("order_number", "phone", "paid_amount", "paid_at"), strict=True))
    batch = bring(table(*rows), at=noon, shop_name="a", kind="orders", mapping=mapping, header_row=0)
    handed = back(batch)
    assert handed == [["订单号", "手机", "实付", "付款时间", "原因"], [*rows[1], "amount_unreadable"]]
    mended = table(handed[0], [cell.replace("九", "9.00") for cell in handed[1]])
    assert outcomes(bring(mended, at=noon, shop_name="a")) == ["new"]


def test_of_json_lines_the_line(noon: datetime) -> None:
    bad = {"_type": "message", "sender": "wxid_b", "accountName": "阿强", "timestamp": "soon", "content": "在"}
    batch = bring(lines(HEADER, said(1, "wxid_a", "大家好"), bad), at=noon, name="a.jsonl")
    assert back(batch) == [["行号", "原文", "原因"], ["3", json.dumps(bad, ensure_ascii=False), "time_unreadable"]]


def test_of_a_json_document_the_message(noon: datetime) -> None:
    good = {"sender": "wxid_a", "accountName": "小美", "timestamp": 1709294709, "type": 0, "content": "在"}
    whole = {**CHAT, "members": [], "messages": [good, {**good, "timestamp": "soon"}]}
    batch = bring(json.dumps(whole, ensure_ascii=False).encode(), at=noon, name="a.json")
    (titles, (row, message, reason)) = back(batch)
    assert (titles, row, reason) == (["行号", "原文", "原因"], "2", "time_unreadable")
    assert json.loads(message) == {**good, "timestamp": "soon"}


def test_cells_are_kept_sealed_and_of_other_conversations_not_at_all(noon: datetime) -> None:
    head = ["群", "时间", "发送人", "内容"]
    rows = [["一群", "2026-11-20 10:00:00", "小美", "在"], ["二群", "2026-11-20 10:00:00", "小美", "在吗"]]
    rows += [["一群", "某天", "小美", "悄悄话"]]
    batch = bring(table(head, *rows), at=noon, kind="messages", mapping={"only": "一群"})
    kept = {row.row: row.cells_sealed for row in Row.objects.filter(batch=batch, outcome=Row.Outcome.REJECTED)}
    assert (kept[3], kept[4] is not None) == (None, True)
    assert "悄悄话".encode() not in bytes(kept[4] or b"")
    assert back(batch)[1:] == [
        ["3", "", "", "", "", "other_conversation"],
        ["4", *rows[2], "time_unreadable"],
    ]


def test_the_lines_of_the_erased_are_not_handed_back(noon: datetime) -> None:
    """Neither those that came before nor those that come again; others' lines stay."""
    people = [said(1, "wxid_b", "好"), {**said(2, "wxid_a", "在"), "accountName": "小美"}]
    broken = [
        {"_type": "message", "sender": sender, "timestamp": "soon", "content": "在"} for sender in ("wxid_b", "wxid_a")
    ]
    first = bring(lines(HEADER, *people, *broken), at=noon, name="a.jsonl")
    assert len(back(first)) == 3
    person = Identity.objects.get(kind="chat_account", shown="wxid_b").person
    erase(person_id=person.pk, with_words=False, actor="staff:1", at=noon)
    again = bring(lines(HEADER, *people, *broken), at=noon, name="b.jsonl")
    for batch in (first, again):
        handed = [row[1] for row in back(batch)[1:]]
        assert [bool(one) for one in handed] == [False, True]
        assert "wxid_b" not in "".join(handed)
