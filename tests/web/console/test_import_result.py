"""An import while it runs and after its end."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.web.console.shop_files import (
    GOOD,
    HEAD,
    WRONG,
    at_work,
    chat,
    imported,
    many_orders,
    orders,
    table,
    uploaded,
    url,
)
from tongpin.core.intake import jobs
from tongpin.core.intake.models import Batch, Row
from tongpin.core.people.models import Person
from tongpin.core.team.models import AuditLine, Staff
from tongpin.core.team.rules import Actor, Held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> object:
    with travel(noon, tick=True):
        yield


def body_of(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_every_row_and_what_became_of_it(noon: datetime) -> None:
    batch = imported(orders(WRONG), at=noon)
    page = at_work(Held("operator")).get(url("import", batch.pk)).text
    assert "4 rows became" in page
    assert "<b>2</b> new people" in page
    assert "<b>3</b> new orders" in page
    assert "实付金额: amount unreadable" in page
    assert '<span class="wrong-part">八九</span>' in page
    assert f"{url('people')}?via=import%3A{batch.pk}" in page
    assert "can be taken back until" in page


def test_cells_are_shown_to_who_imports_and_to_nobody_else(noon: datetime) -> None:
    batch = imported(orders(WRONG), at=noon)
    page = at_work(Held("viewer")).get(url("import", batch.pk)).text
    assert ("amount unreadable" in page, "八九" in page, "Excel" in page) == (True, False, False)


def test_a_filter_and_a_key_choose_the_rows(noon: datetime) -> None:
    batch = imported(many_orders(60), at=noon)
    client = at_work(Held("operator"))
    page = client.get(url("import", batch.pk)).text
    assert ("B0<" in page, "B55<" in page, "after=51" in page) == (True, False, True)
    rest = client.get(url("import", batch.pk) + "?after=51").text
    assert ("B0<" in rest, "B55<" in rest) == (False, True)
    none = client.get(url("import", batch.pk) + "?outcome=rejected").text
    assert "No row of this kind" in none


def test_rejected_rows_come_back_as_a_file_that_runs_no_formula(noon: datetime) -> None:
    batch = imported(orders(WRONG), at=noon)
    boss = at_work(Held("owner"))
    answer = boss.get(url("import_rejected_download", batch.pk, "csv"))
    rows = list(csv.reader(io.StringIO(body_of(answer).decode("utf-8-sig"))))
    assert rows == [[*HEAD, "Reason"], [WRONG[0], "'=1+1", *WRONG[2:], "amount unreadable"]]
    line = AuditLine.objects.get(action="file.downloaded")
    assert (line.subject_kind, line.subject_id, line.details["rows"]) == ("batch", batch.pk, 1)
    book = body_of(boss.get(url("import_rejected_download", batch.pk, "xlsx")))
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_downloading_needs_a_right_of_its_own(noon: datetime) -> None:
    batch = imported(orders(WRONG), at=noon)
    client = at_work(Held("operator"))
    assert client.get(url("import_rejected_download", batch.pk, "csv")).status_code == 403
    assert not AuditLine.objects.filter(action="file.downloaded").exists()
    assert at_work(Held("owner")).get(url("import_rejected_download", batch.pk, "exe")).status_code == 404


def test_who_brought_a_file_in_gets_its_rejected_rows_back_and_nobody_elses(noon: datetime) -> None:
    mine, theirs = imported(orders(WRONG), at=noon), imported(table(HEAD, ["C1", *WRONG[1:]]), at=noon)
    client = at_work(Held("operator"), login="mine")
    Batch.objects.filter(pk=mine.pk).update(by=f"staff:{Staff.objects.get(login='mine').pk}")
    Batch.objects.filter(pk=theirs.pk).update(by="staff:999999")
    back = url("import_rejected_back", mine.pk, "csv")
    assert back in client.get(url("import", mine.pk)).text
    rows = list(csv.reader(io.StringIO(body_of(client.get(back)).decode("utf-8-sig"))))
    assert rows == [[*HEAD, "Reason"], [WRONG[0], "'=1+1", *WRONG[2:], "amount unreadable"]]
    assert AuditLine.objects.filter(action="file.downloaded", subject_id=mine.pk).count() == 1
    assert "rejected-back" not in client.get(url("import", theirs.pk)).text
    assert client.get(url("import_rejected_back", theirs.pk, "csv")).status_code == 404
    assert at_work(Held("viewer"), login="v").get(back).status_code == 403


def test_rejected_lines_of_a_chat_come_back_with_their_number(noon: datetime) -> None:
    broken = chat() + b'\n{"_type": "message", "sender": "wxid_1", "type": 0, "content": "when?"}\n'
    batch = imported(broken, at=noon, shop="")
    answer = at_work(Held("owner")).get(url("import_rejected_download", batch.pk, "csv"))
    rows = list(csv.reader(io.StringIO(body_of(answer).decode("utf-8-sig"))))
    assert rows[0] == ["row", "Line", "Reason"]
    assert [(row[0], row[-1]) for row in rows[1:]] == [("6", "date missing")]
    assert "when?" in rows[1][1]


def test_taking_back_withdraws_everything_and_says_how_much(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    client = at_work(Held("operator"))
    asked = client.get(url("import_take_back", batch.pk)).text
    assert "facts about 2 people" in asked
    answer = client.post(url("import_take_back", batch.pk), follow=True)
    assert "Importing the same file again brings them back." in answer.text
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("taken_back", 0)
    assert AuditLine.objects.filter(action="import.taken_back", subject_id=batch.pk).count() == 1
    again = imported(orders(), at=noon)
    assert (again.counts["new"], Person.objects.count()) == (3, 2)


def test_more_than_a_hundred_people_are_taken_back_only_with_their_number(noon: datetime) -> None:
    batch = imported(many_orders(101), at=noon)
    client = at_work(Held("operator"))
    for typed in ("", "100"):
        answer = client.post(url("import_take_back", batch.pk), {"repeat": typed})
        assert answer.status_code == 422
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("done", 101)
    client.post(url("import_take_back", batch.pk), {"repeat": "101"})
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("taken_back", 0)


def test_after_a_week_an_import_stays(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    client = at_work(Held("operator"))
    with travel(noon + timedelta(days=7, minutes=1)):
        page = client.get(url("import", batch.pk)).text
        client.post(url("import_take_back", batch.pk))
    batch.refresh_from_db()
    assert (batch.state, url("import_take_back", batch.pk) in page) == ("done", False)
    assert "What single rows became is kept for 7 days" in page


def test_a_viewer_takes_nothing_back(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    assert at_work(Held("viewer")).post(url("import_take_back", batch.pk)).status_code == 403
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("done", 2)


def test_while_it_waits_the_page_follows_and_can_stop_it(noon: datetime, settings: Settings) -> None:
    batch = uploaded(orders(), at=noon)
    jobs.queue_import(batch=batch, actor=Actor("staff", 1, "local"), at=noon)
    client = at_work(Held("operator"))
    page = client.get(url("import", batch.pk)).text
    assert f'data-live="{settings.LIVE_URL}/live/?ticket=imports%3A{batch.pk}' in page
    part = client.get(url("import_progress", batch.pk)).text
    assert (part.startswith('<div id="progress"'), "In line" in part) == (True, True)
    client.post(url("import_cancel", batch.pk))
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("cancelled", 0)
    ended = client.get(url("import_progress", batch.pk))
    assert (ended.status_code, ended.headers["HX-Redirect"]) == (204, url("import", batch.pk))


def test_a_file_that_was_not_started_is_dropped(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    answer = at_work(Held("operator")).post(url("import_cancel", batch.pk), follow=True)
    assert "订单_202611.csv was dropped. Nothing of it was kept." in answer.text
    batch.refresh_from_db()
    assert (batch.state, Row.objects.count()) == ("cancelled", 0)


def test_what_has_ended_cannot_be_stopped(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    answer = at_work(Held("operator")).post(url("import_cancel", batch.pk), follow=True)
    assert "It had ended already." in answer.text
    batch.refresh_from_db()
    assert batch.state == "done"


def test_a_failed_import_says_why_and_offers_what_was_placed(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    Batch.objects.filter(pk=batch.pk).update(state="failed", problem="file_gone")
    page = at_work(Held("operator")).get(url("import", batch.pk)).text
    assert "The file is no longer here" in page
    assert url("import_take_back", batch.pk) in page


def test_three_rows_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = at_work(Held("operator"))
    numbers = []
    for number, rows in (("1", GOOD[:1]), ("3", GOOD)):
        batch = imported(table(HEAD, *([f"Z{number}{row[0]}", *row[1:]] for row in rows)), at=noon)
        client.get(url("import", batch.pk))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("import", batch.pk))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 20
