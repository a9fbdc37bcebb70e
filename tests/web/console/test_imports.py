"""The list of imports, and putting files in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.web.console.shop_files import LEDGER, WRONG, at_work, attached, chat, imported, orders, table, uploaded, url
from tongpin.core.intake.models import Batch
from tongpin.core.intake.uploads import folder
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.IMPORTS = tmp_path / "imports"


def files_kept() -> list[str]:
    return sorted(path.name for path in folder().glob("*.upload"))


def test_a_file_is_received_recognised_and_shown_with_its_columns() -> None:
    client = at_work(Held("operator"))
    answer = client.post(url("import_upload"), {"file": attached(orders())})
    batch = Batch.objects.get()
    assert answer.headers["Location"] == url("import_columns", batch.pk)
    assert (batch.file_name, batch.kind, batch.by) == (
        "订单_202611.csv",
        "orders",
        f"staff:{client.session['_auth_user_id']}",
    )
    assert files_kept() == [batch.stored_as]


def test_several_files_wait_in_the_list() -> None:
    client = at_work(Held("operator"))
    answer = client.post(url("import_upload"), {"file": [attached(orders()), attached(chat(), "群.jsonl")]})
    assert answer.headers["Location"] == url("imports") + "?heap=open"
    page = client.get(answer.headers["Location"]).text
    assert [name in page for name in ("订单_202611.csv", "群.jsonl", "2 files wait for you.")] == [True, True, True]


def test_a_script_that_uploads_is_told_where_to_go() -> None:
    client = at_work(Held("operator"))
    answer = client.post(url("import_upload"), {"file": attached(orders())}, headers={"X-Upload": "1"})
    assert answer.json() == {"go": url("import_columns", Batch.objects.get().pk)}


def test_a_file_that_is_too_large_is_refused_and_nothing_is_kept(settings: Settings) -> None:
    settings.IMPORT_LIMIT_MB = 0
    client = at_work(Held("operator"))
    before = files_kept()
    answer = client.post(url("import_upload"), {"file": attached(orders())})
    assert answer.status_code == 422
    assert "订单_202611.csv is larger than 0 MB" in answer.text
    assert (Batch.objects.count(), files_kept()) == (0, before)


def test_no_file_is_no_upload() -> None:
    answer = at_work(Held("operator")).post(url("import_upload"), {})
    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    assert "Choose a file first." in answer.text


def test_who_may_only_look_puts_nothing_in() -> None:
    answer = at_work(Held("viewer")).post(url("import_upload"), {"file": attached(orders())})
    assert (answer.status_code, Batch.objects.count()) == (403, 0)


def test_an_operator_of_one_community_imports_into_it_and_sees_nothing_else(noon: datetime) -> None:
    own = Community.objects.create(name="绘本妈妈营", founded_at=noon)
    other = Community.objects.create(name="晨跑团", founded_at=noon)
    foreign = imported(orders(), at=noon, community=other)
    house = imported(chat(), at=noon, name="群.jsonl")
    client = at_work(Held("operator", own.pk))
    assert (
        client.post(url("import_upload"), {"file": attached(orders()), "community": str(other.pk)}).status_code == 422
    )
    answer = client.post(url("import_upload"), {"file": attached(orders(WRONG)), "community": str(own.pk)})
    assert answer.status_code == 302
    mine = Batch.objects.get(community=own)
    page = client.get(url("imports")).text
    assert (url("import", mine.pk) in page, url("import", foreign.pk) in page, url("import", house.pk) in page) == (
        True, False, False,
    )  # fmt: skip
    for batch in (foreign, house):
        assert client.get(url("import", batch.pk)).status_code == 404
        assert client.post(url("import_take_back", batch.pk)).status_code == 404
    assert Batch.objects.get(pk=foreign.pk).state == "done"


def test_the_list_tells_state_counts_and_what_can_be_taken_back(noon: datetime) -> None:
    done = imported(orders(WRONG), at=noon)
    refused = uploaded(table(*LEDGER), at=noon, name="银行流水.csv")
    page = at_work(Held("operator")).get(url("imports")).text
    assert "乐乐绘本馆" in page
    assert "This is a ledger with balances, not orders" in page
    assert url("import_take_back", done.pk) in page
    assert url("import_columns", refused.pk) in page
    only = at_work(Held("viewer"), login="looks").get(url("imports") + "?heap=done").text
    assert ("银行流水.csv" in only, url("import_take_back", done.pk) in only) == (False, False)


def test_an_empty_list_teaches(noon: datetime) -> None:
    page = at_work(Held("operator")).get(url("imports")).text
    assert "Nothing was imported yet" in page
    assert url("import_upload") in page


def test_the_list_is_paged_by_key(noon: datetime) -> None:
    first = uploaded(orders(), at=noon, name="eins.csv")
    Batch.objects.bulk_create(
        Batch(file_name=f"{i}.csv", size=1, sha256=b"", state="done", by="cli", uploaded_at=noon) for i in range(30)
    )
    client = at_work(Held("operator"))
    page = client.get(url("imports")).text
    assert "eins.csv" not in page
    oldest = Batch.objects.order_by("pk")[1]
    assert f"older={oldest.pk}" in page
    assert first.file_name in client.get(url("imports") + f"?older={oldest.pk}").text


def test_the_list_asks_the_database_as_often_for_three_as_for_one(noon: datetime) -> None:
    client = at_work(Held("operator"))
    numbers = []
    for name in ("1.csv", "2.csv", "3.csv"):
        imported(orders([f"C{name}", *WRONG[1:]]), at=noon, name=name)
        client.get(url("imports"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(url("imports"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[2] <= 20
