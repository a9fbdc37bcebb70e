"""Hostile, huge and broken files: a clear reason, nothing half written, nothing personal in logs."""

from __future__ import annotations

import errno
import gzip
import io
import logging
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.intake.sheets import all_rows, bodies, bring, lines, outcomes, table, told
from tests.core.intake.test_tables import HEAD, MEI, QIANG, SHOP, with_
from tongpin.channels.sheet.writing import write_rejected
from tongpin.core.intake import placing, running
from tongpin.core.intake.actions import describe, start, take_back
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.queries import rejected_of
from tongpin.core.intake.recognising import Verdict
from tongpin.core.intake.running import run_batch
from tongpin.core.intake.uploads import NoRoom, TooLarge, folder, path_of, receive
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


def refused(content: bytes, at: datetime, name: str = "a.csv") -> Verdict:
    """A file that is not taken: nothing but its batch is there."""
    before = all_rows()
    batch = receive(pieces=[content], file_name=name, by="x", at=at)
    verdict = describe(batch=batch, at=at, shop_name=SHOP)
    assert not verdict.importable
    batch.delete()
    assert all_rows() == before
    return verdict


def packed(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", content)
    return out.getvalue()


def test_an_archive_that_explodes_is_refused_before_a_row_is_placed(noon: datetime) -> None:
    """It looks like orders at first; what comes then unpacks to 700 MB."""
    bomb = gzip.compress(table(HEAD, MEI, QIANG) + b"," * (700 << 20), 9)
    assert len(bomb) < 1 << 20
    batch = receive(pieces=[bomb], file_name="a.csv.gz", by="x", at=noon)
    describe(batch=batch, at=noon, shop_name=SHOP)
    if batch.state == Batch.State.READY:
        batch = run_batch(start(batch=batch, actor="x", at=noon))
    assert (batch.problem, Row.objects.count(), Person.objects.count()) == ("archive_bomb", 0, 0)


def test_an_archive_that_breaks_off_places_nothing(noon: datetime) -> None:
    whole = gzip.compress(table(HEAD, *(with_(MEI, number=str(n)) for n in range(20_000))))
    batch = bring(whole[: len(whole) // 2], at=noon, shop_name=SHOP, name="a.csv.gz")
    assert (batch.state, batch.problem, told(batch.counts)) == ("failed", "archive_broken", {})
    assert Person.objects.count() == 0


def test_broken_and_foreign_files_are_named(noon: datetime) -> None:
    for content, reason in (
        (b"", "empty_file"),
        (b"PK\x03\x04broken", "archive_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500, "workbook_broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "format_unknown"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "format_unknown"),
        (packed(gzip.compress(b"x" * 100)), "archive_nested"),
        (table(HEAD), "table_empty"),
    ):
        assert refused(content, noon).reason == reason, content[:20]


def test_a_line_without_an_end_costs_itself_only(noon: datetime, tmp_path: Path) -> None:
    """300 MB of one line, sparse on disk, between good rows."""
    path = tmp_path / "long.csv"
    path.write_bytes(table(HEAD, MEI))
    with path.open("r+b") as out:
        out.seek(300 << 20, os.SEEK_END)
        out.write(b"\r\n" + table(QIANG))

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece

    batch = receive(pieces=pieces(), file_name="a.csv", by="x", at=noon)
    describe(batch=batch, at=noon, shop_name=SHOP)
    assert (batch.state, batch.problem) == ("ready", "")
    done = run_batch(start(batch=batch, actor="x", at=noon))
    assert (done.state, outcomes(done)) == ("done", ["new", "rejected line_too_long", "new"])


def test_bytes_that_are_no_text_cost_their_row(noon: datetime) -> None:
    file = table(HEAD, MEI) + b"X1,\xff\xfe\xfa,\xc3\x28,,,,,,,,,\r\n" + b"X2,a\0b,,,,,,,,,,\r\n" + table(QIANG)
    batch = bring(file, at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new", "rejected bad_bytes", "rejected bad_bytes", "new"]


def test_formulas_sql_and_html_are_only_text(noon: datetime) -> None:
    names = [
        "=cmd|'/c calc'!A1",
        "'); drop table person; --",
        "<script>alert(1)</script>",
        "@SUM(1)",
        "\\N\t\\.",
        '{"a": 1}',
    ]
    rows = [
        with_(MEI, number=f"H{n}", account=f"h{n}", name=name, phone=f"1380000271{n}", goods=name)
        for n, name in enumerate(names)
    ]
    batch = bring(table(HEAD, *rows), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new"] * len(names)
    assert Person.objects.count() == len(names)


def test_rejected_rows_come_back_unable_to_run(noon: datetime) -> None:
    bad = with_(MEI, account="=1+1", name="+SUM(A1)", price="八九", goods="@x")
    batch = bring(table(HEAD, bad), at=noon, shop_name=SHOP)
    out = io.BytesIO()
    assert write_rejected(rejected_of(batch_id=batch.pk), out, titles=HEAD) == 1
    text = out.getvalue().decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'+SUM(A1)" in text
    assert text.rstrip().endswith("amount_unreadable")
    assert outcomes(bring(out.getvalue().replace("八九".encode(), b"89"), at=noon, shop_name=SHOP)) == ["new"]


def test_a_file_name_is_no_path(noon: datetime) -> None:
    for name in ("../../etc/passwd", "..\\..\\windows\\x.csv", "/abs/olute.csv", "a\0b.csv", ".", "", "x" * 500):
        batch = receive(pieces=[b"x"], file_name=name, by="x", at=noon)
        assert batch.file_name
        assert "/" not in batch.file_name
        assert "\\" not in batch.file_name
        assert len(batch.file_name) <= 200
        assert path_of(batch).parent == folder()
        assert path_of(batch).stat().st_mode & 0o777 == 0o600


def test_a_full_disk_keeps_nothing_of_a_file(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom, match="free some room"):
        receive(pieces=[b"x" * 100], file_name="a.csv", by="x", at=noon)
    assert (list(folder().iterdir()), Batch.objects.count()) == ([], 0)


def test_a_source_that_cannot_be_read_is_not_taken_for_a_full_disk(noon: datetime) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        receive(pieces=pieces(), file_name="a.csv", by="x", at=noon)
    assert (list(folder().iterdir()), Batch.objects.count()) == ([], 0)


def test_what_is_too_large_is_refused_on_the_way(noon: datetime, settings: Settings) -> None:
    settings.IMPORT_LIMIT_MB = 1
    with pytest.raises(TooLarge, match="1 MB"):
        receive(pieces=(b"x" * 100_000 for _ in range(20)), file_name="a.csv", by="x", at=noon)
    assert list(folder().iterdir()) == []


def test_a_full_database_leaves_whole_chunks_only(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    monkeypatch.setattr(placing, "ROWS", 2)
    monkeypatch.setattr(placing, "TRIES", 1)
    kept = placing.keep_rows
    times: list[int] = []

    def full(*arguments: object, **named: object) -> None:
        times.append(1)
        if len(times) == 2:
            raise OperationalError("could not extend file: No space left on device")
        kept(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(placing, "keep_rows", full)
    batch = start(batch=_uploaded(table(HEAD, *[QIANG] * 6), noon), actor="x", at=noon)
    with pytest.raises(OperationalError):
        run_batch(batch)
    batch.refresh_from_db()
    assert (batch.state, told(batch.counts)["rows"], len(bodies("order.item_added"))) == ("running", 2, 2)
    done = run_batch(batch)
    assert (done.state, len(bodies("order.item_added"))) == ("done", 6)


def _uploaded(content: bytes, at: datetime) -> Batch:
    batch = receive(pieces=[content], file_name="a.csv", by="x", at=at)
    describe(batch=batch, at=at, shop_name=SHOP)
    return batch


def test_nothing_personal_reaches_the_log(noon: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rows = [with_(MEI, account="planted_account", name="种下的名字"), with_(QIANG, phone="13811112222", price="八九")]
    batch = bring(table(HEAD, *rows), at=noon, shop_name=SHOP)
    bring(
        lines({"channel": "c", "time": "2026-11-20 10:00:00", "user": "planted_user", "text": "种下的话"}),
        at=noon,
        name="a.jsonl",
    )
    take_back(batch=batch, actor="x", at=noon)
    for planted in ("planted", "种下", "13811112222", "13800002716"):
        assert planted not in caplog.text


def test_rows_of_the_erased_are_not_handed_back(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    erase(person_id=Person.objects.get().pk, with_words=True, actor="staff:1", at=noon)
    bad = [with_(MEI, number="5", price="八九"), with_(QIANG, number="6", price="八九")]
    batch = bring(table(HEAD, *bad), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["rejected amount_unreadable"] * 2
    assert [bool(row.cells_sealed) for row in Row.objects.filter(batch=batch).order_by("row")] == [False, True]


def test_more_rows_than_can_be_counted_is_a_refusal(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from tongpin.base.tally import TooMany

    def too_many(*_: object) -> None:
        raise TooMany

    monkeypatch.setattr(running, "place_chunk", too_many)
    monkeypatch.setattr("tongpin.core.intake.planning.Planner.plan", too_many)
    assert bring(table(HEAD, MEI), at=noon, shop_name=SHOP).problem == "too_many_rows"
