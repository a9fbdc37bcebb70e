"""What would become of a file, and the button that starts it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.web.console.shop_files import (
    GOOD,
    HEAD,
    WRONG,
    at_work,
    chat,
    imported,
    orders,
    table,
    uploaded,
    url,
)
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.uploads import discard
from tongpin.core.people.models import Person
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db


def written() -> tuple[int, int]:
    return Person.objects.count(), Row.objects.count()


def test_every_row_says_what_it_would_become_and_nothing_is_written(noon: datetime) -> None:
    batch = uploaded(orders(WRONG), at=noon)
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert [page.count(word) for word in ("new person", "A1001", "¥168.00", "小美妈妈")] == [3, 1, 1, 1]
    assert "实付金额: amount unreadable" in page
    assert '<span class="wrong-part">八九</span>' in page
    assert written() == (0, 0)


def test_a_real_name_is_masked_where_no_nickname_stands_beside_it(noon: datetime) -> None:
    row = ["A1", "", "林小美", "13800002716", "绘本", "1", "9.00", "交易成功", "2026-10-22", ""]
    batch = uploaded(table(HEAD, row), at=noon)
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert ("林**" in page, "林小美" in page, "13800002716" in page) == (True, False, False)


def test_who_is_known_and_what_was_imported_before_is_told(noon: datetime) -> None:
    imported(orders(), at=noon)
    rows = [HEAD, GOOD[0], ["A2000", *GOOD[0][1:]]]
    batch = uploaded(table(*rows), at=noon)
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert "was imported before, passed over" in page
    assert "same phone or account as somebody known" in page


def test_the_whole_file_is_counted_without_writing(noon: datetime) -> None:
    batch = uploaded(orders(WRONG), at=noon)
    client = at_work(Held("operator"))
    part = client.get(url("import_counts", batch.pk), headers={"HX-Request": "true"}).text
    assert "4 rows become" in part
    assert "<b>2</b> new people" in part
    assert "<b>3</b> new orders" in part
    assert "amount unreadable <b>1</b>" in part
    assert 'id="how-many" hx-swap-oob="true">Import 3 rows' in part
    assert "<!doctype html>" in client.get(url("import_counts", batch.pk)).text
    assert written() == (0, 0)


def test_a_chat_shows_who_said_what(noon: datetime) -> None:
    batch = uploaded(chat(), at=noon)
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert ("第 2 句" in page, "小美妈妈" in page) == (True, True)


def test_names_and_words_of_a_file_cannot_act_on_the_page(noon: datetime) -> None:
    row = [
        "A1",
        "<script>alert(1)</script>",
        "",
        "13800002716",
        "<b>绘本</b>",
        "1",
        "9.00",
        "交易成功",
        "2026-10-22",
        "",
    ]
    batch = uploaded(table(HEAD, row), at=noon, name="<img src=x>.csv", shop="<i>店</i>")
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert [bad in page for bad in ("<script>alert", "<b>绘本</b>", "<img src=x>", "<i>店</i>")] == [False] * 4


def test_a_file_that_is_gone_says_so(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    discard(batch)
    page = at_work(Held("operator")).get(url("import_preview", batch.pk)).text
    assert "The file is no longer here" in page


def test_starting_puts_one_job_in_line_and_writes_the_trail(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    client = at_work(Held("operator"))
    answer = client.post(url("import_start", batch.pk))
    assert answer.headers["Location"] == url("import", batch.pk)
    batch.refresh_from_db()
    assert batch.state == "queued"
    jobs = ProcrastinateJob.objects.values_list("task_name", "args", "status")
    assert list(jobs) == [("tongpin.core.intake.run_import", {"batch_id": batch.pk}, "todo")]
    assert AuditLine.objects.filter(action="import.run", subject_id=batch.pk).count() == 1
    client.post(url("import_start", batch.pk))
    assert ProcrastinateJob.objects.count() == 1


def test_who_may_only_look_starts_nothing(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    client = at_work(Held("viewer"))
    assert client.get(url("import_preview", batch.pk)).status_code == 403
    assert client.post(url("import_start", batch.pk)).status_code == 403
    assert (Batch.objects.get().state, ProcrastinateJob.objects.count()) == ("ready", 0)


def test_a_preview_of_three_rows_asks_as_often_as_one_of_one(noon: datetime) -> None:
    client = at_work(Held("operator"))
    numbers = []
    for rows in (GOOD[:1], GOOD):
        batch = uploaded(table(HEAD, *rows), at=noon)
        client.get(url("import_preview", batch.pk))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("import_preview", batch.pk))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 20
