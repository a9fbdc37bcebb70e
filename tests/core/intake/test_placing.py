"""Every layout goes the whole way; placing takes few queries, whatever the chunk holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from tests.channels.sheet.test_layouts import HEADERS, made_row
from tests.core.intake.sheets import book, bought, bring, facts, table, told, uploaded
from tests.core.intake.test_tables import HEAD, MEI, QIANG, SHOP, with_
from tongpin.core.intake.actions import start
from tongpin.core.intake.models import Row
from tongpin.core.intake.placing import Chunk, place_chunk
from tongpin.core.intake.previewing import rows_of
from tongpin.core.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


@pytest.mark.parametrize("layout_id", HEADERS)
def test_made_rows_of_every_layout_go_the_whole_way_and_again_as_a_workbook(
    layout_id: str, noon: datetime, tmp_path: Path
) -> None:
    titles = HEADERS[layout_id].split(",")
    rows = [made_row(titles, layout_id, n) for n in range(1, 7)]
    batch = bring(table(titles, *rows, encoding="gb18030"), at=noon, shop_name=SHOP)
    assert (batch.layout, batch.state) == (layout_id, "done")
    assert told(batch.counts) | {"people": 0, "orders": 0} == {"rows": 6, "new": 6, "people": 0, "orders": 0}
    before, people = facts(), Person.objects.count()
    again = bring(book(titles, *rows, folder=tmp_path), at=noon, shop_name=SHOP, name="a.xlsx")
    assert told(again.counts) == {"rows": 6, "known": 6}
    assert (facts(), Person.objects.count()) == (before, people)
    held = {row.outcome for row in Row.objects.all()}
    assert held == {0, 1}


def test_the_rows_of_an_order_on_several_lines_of_a_shop_that_repeats_its_sums(noon: datetime) -> None:
    """Every row bears the order's sum; it is told once."""
    goods = (("睡袋", "60.00"), ("枕头", "50.00"), ("毯子", "58.00"))
    lines = [[*QIANG[:4], name, "1", price, *QIANG[7:]] for name, price in goods]
    bring(table(HEAD, *lines), at=noon, shop_name=SHOP)
    assert bought() == {"000124": (True, True, False, 3, 16800, 16800, 0)}


def placing_queries(noon: datetime, number: int, django_assert_max_num_queries: Any) -> int:
    rows = [
        with_(MEI, number=f"N{number}-{n}", account=f"a{number}-{n}", phone=f"139{number:04}{n:04}")
        for n in range(number)
    ]
    batch = start(batch=uploaded(table(HEAD, *rows), at=noon, shop_name=SHOP), actor="x", at=noon)
    chunk = Chunk()
    for one in rows_of(batch):
        chunk.add(one)
    with django_assert_max_num_queries(60) as seen:
        place_chunk(chunk, batch=batch, shop=batch.shop_id, progress=1.0)
    return len(seen)


def test_a_large_chunk_takes_no_more_queries_than_a_small_one(
    noon: datetime, django_assert_max_num_queries: Any
) -> None:
    few = placing_queries(noon, 3, django_assert_max_num_queries)
    many = placing_queries(noon, 40, django_assert_max_num_queries)
    assert many <= few


def test_names_lie_sealed_and_nothing_personal_in_the_ledger(noon: datetime) -> None:
    bring(table(HEAD, with_(MEI, name="种下的名字", phone="13811112222")), at=noon, shop_name=SHOP)
    with connection.cursor() as cursor:
        for sql in ("select string_agg(e::text, '') from entry e", "select string_agg(r::text, '') from import_row r"):
            cursor.execute(sql)
            everything = cursor.fetchone()[0]
            assert "种下" not in everything
            assert "13811112222" not in everything
        cursor.execute("select string_agg(p::text, '') || string_agg(i::text, '') from person p, identity i")
        assert "种下的" not in (found := cursor.fetchone()[0])
        assert "13811112222" not in found


@pytest.mark.django_db(transaction=True)
def test_an_import_gives_its_connections_back(noon: datetime) -> None:
    """The worker runs thousands of imports in one process."""
    for _ in range(3):
        bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    pool = connection.pool  # type: ignore[attr-defined]
    counts = pool.get_stats()
    assert counts["pool_size"] - counts["pool_available"] <= 1
