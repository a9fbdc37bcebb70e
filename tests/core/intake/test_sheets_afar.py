"""A table at an address: imported when its content changed, by the same wizard's rules as an upload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tongpin.core.intake import jobs
from tongpin.core.intake.fetching import BadSettings, Failed
from tongpin.core.intake.models import Batch, RememberedMapping
from tongpin.core.intake.pulling import pull_due
from tongpin.core.intake.sheets_afar import check
from tongpin.core.intake.sources import add_source, change_source, source_seen, start_source, try_source
from tongpin.core.intake.uploads import folder
from tongpin.core.team.rules import SYSTEM

pytestmark = pytest.mark.django_db
HEADER = "订单号,手机号,下单时间,实付金额,商品名称\n"


def rows(*numbers: int) -> str:
    """A shop's own table of orders."""
    return HEADER + "".join(f"A{n},138{n:08},2026-11-0{n % 9 + 1} 10:00:00,{n}.00,龙井 {n}\n" for n in numbers)


class Table:
    """A file on a server, which may tell its mark."""

    def __init__(self, server: HTTPServer, text: str, *, marks: bool = False) -> None:
        self.content, self.marks, self.status, self.asked = text.encode(), marks, 200, list[str]()
        self.address = server.url_for("/export/orders.csv")
        server.expect_request("/export/orders.csv").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        """The file, or that it did not change."""
        self.asked.append(request.headers.get("If-None-Match", ""))
        etag = f'"{hash(self.content)}"'
        if self.marks and self.asked[-1] == etag:
            return Response(status=304)
        return Response(self.content, status=self.status, headers={"ETag": etag} if self.marks else {})


@pytest.fixture(autouse=True)
def _settings(settings: Settings, httpserver: HTTPServer, tmp_path: Path) -> None:
    settings.EGRESS_ALLOWED = [f"localhost:{httpserver.port}"]
    settings.IMPORTS = tmp_path / "imports"


@pytest.fixture(autouse=True)
def clock(noon: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


def add(table: Table, noon: datetime, **settings: Any) -> int:
    source = add_source(
        name="小店订单",
        kind="csv_url",
        address=table.address,
        settings={"shop_name": "小店", **settings},
        actor=SYSTEM,
        at=noon,
    )
    start_source(source_id=source, actor=SYSTEM, at=noon)
    return source


def run_all() -> list[tuple[str, int, int]]:
    """Does what the worker would; returns (state, new, known) of each import."""
    for batch in Batch.objects.filter(state=Batch.State.QUEUED):
        jobs.run(batch_id=batch.pk)
    return [(b.state, b.counts.get("new", 0), b.counts.get("known", 0)) for b in Batch.objects.order_by("pk")]


def kept() -> list[str]:
    return [path.name for path in folder().glob("*.upload")]


@pytest.mark.parametrize("marks", [True, False])
def test_a_file_is_imported_once_and_again_when_it_changed(
    marks: bool, httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    table = Table(httpserver, rows(1, 2, 3), marks=marks)
    source = add(table, noon)
    assert pull_due() == 1
    batch = Batch.objects.get()
    assert (batch.state, batch.file_name, batch.by, batch.shop_name) == (
        "queued",
        "orders.csv",
        f"pull:{source}",
        "小店",
    )
    assert ProcrastinateJob.objects.filter(task_name=jobs.RUN, args={"batch_id": batch.pk}).count() == 1
    assert run_all() == [("done", 3, 0)]
    clock.move_to(noon + timedelta(minutes=16))
    assert pull_due() == 1
    assert (Batch.objects.count(), kept()) == (1, [])
    table.content = rows(1, 2, 3, 4).encode()
    clock.move_to(noon + timedelta(minutes=32))
    assert pull_due() == 1
    assert run_all() == [("done", 3, 0), ("done", 1, 3)]
    assert source_seen(source_id=source, at=noon).problem == ""
    assert bool(table.asked[1]) is marks


def test_a_file_that_needs_a_word_waits_once_as_an_open_import(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    table = Table(httpserver, rows(1))
    source = add(table, noon, shop_name="")
    pull_due()
    batch = Batch.objects.get()
    seen = source_seen(source_id=source, at=noon)
    assert (batch.state, seen.problem, seen.state, seen.fails) == (
        "uploaded",
        f"import_waits:{batch.pk}:shop",
        "waiting",
        0,
    )
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    assert Batch.objects.get().pk == batch.pk
    table.content = rows(1, 2).encode()
    clock.move_to(noon + timedelta(minutes=32))
    pull_due()
    assert Batch.objects.get().pk != batch.pk
    assert len(kept()) == 1


def test_what_a_person_said_once_is_remembered_for_the_next_file(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    from tongpin.core.intake import actions

    strange = "aaa,bbb,ccc,ddd\nA1,13812345678,12.50,2026-11-20 10:00:00\n"
    table = Table(httpserver, strange)
    source = add(table, noon)
    pull_due()
    batch = Batch.objects.get()
    assert batch.state == "uploaded"
    mapping = {"aaa": "order_number", "bbb": "phone", "ccc": "paid_amount", "ddd": "paid_at"}
    actions.describe(batch=batch, at=noon, kind="orders", mapping=mapping, shop_name="小店")
    actions.start(batch=Batch.objects.get(), actor="staff:7", at=noon)
    assert RememberedMapping.objects.count() == 1
    assert run_all()[0][0] == "done"
    table.content = (strange + "A2,13812345679,8.00,2026-11-21 10:00:00\n").encode()
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    assert run_all()[-1][0] == "done"
    assert source_seen(source_id=source, at=noon).problem == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html><body>please sign in</body></html>", "not_a_table"),
        (b"%PDF-1.7\n\x00\x01", "not_a_table"),
        (b"", "empty"),
    ],
)
def test_what_is_no_table_fails_and_leaves_nothing(
    content: bytes, problem: str, httpserver: HTTPServer, noon: datetime
) -> None:
    table = Table(httpserver, "")
    table.content = content
    source = add(table, noon)
    pull_due()
    seen = source_seen(source_id=source, at=noon)
    assert (seen.problem.partition(":")[0], seen.fails) == (problem, 1)
    assert (Batch.objects.count(), kept()) == (0, [])


def test_a_table_without_rows_is_no_failure_and_no_import(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Table(httpserver, HEADER), noon)
    pull_due()
    seen = source_seen(source_id=source, at=noon)
    assert (seen.problem, seen.fails, seen.state) == ("table_empty", 0, "waiting")
    assert (Batch.objects.count(), kept()) == (0, [])


def test_a_file_that_is_too_large_is_not_kept(httpserver: HTTPServer, noon: datetime, settings: Settings) -> None:
    settings.IMPORT_LIMIT_MB = 1
    table = Table(httpserver, rows(1) + "x" * 1_100_000)
    source = add(table, noon)
    pull_due()
    assert source_seen(source_id=source, at=noon).problem in ("toomuch:size", "size")
    assert (Batch.objects.count(), kept()) == (0, [])


def test_a_server_that_fails_is_asked_later(httpserver: HTTPServer, noon: datetime) -> None:
    table = Table(httpserver, rows(1))
    table.status = 503
    source = add(table, noon)
    pull_due()
    assert (source_seen(source_id=source, at=noon).problem, Batch.objects.count()) == ("status:503", 0)


def test_a_trial_says_what_the_file_would_be_taken_for_and_keeps_nothing(
    httpserver: HTTPServer, noon: datetime
) -> None:
    source = add(Table(httpserver, rows(1, 2)), noon)
    sample = try_source(source_id=source, at=noon)
    assert sample.fields["kind"] == "orders"
    assert (Batch.objects.count(), kept()) == (0, [])


def test_a_trial_of_an_empty_file_says_so(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Table(httpserver, ""), noon)
    with pytest.raises(Failed, match="empty"):
        try_source(source_id=source, at=noon)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"kind": "poems"}, "no_such_kind"),
        ({"consent_basis": "hope"}, "no_such_basis"),
        ({"community": 99}, "no_such_community"),
        ({"auth": {"header": "a b"}}, "not_a_header"),
        ({"shop_name": 5}, "not_understood"),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadSettings) as caught:
        check(given, with_mapping=False)
    assert caught.value.fault == fault


def test_a_changed_address_begins_anew(httpserver: HTTPServer, noon: datetime) -> None:
    table = Table(httpserver, rows(1))
    source = add(table, noon)
    pull_due()
    run_all()
    change_source(source_id=source, address=table.address + "?v=2", actor=SYSTEM, at=noon)
    pull_due()
    assert run_all() == [("done", 1, 0), ("done", 0, 1)]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry where kind = 'order.placed'")
        assert cursor.fetchone()[0] == 1
