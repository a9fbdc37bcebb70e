"""Gather's front page: every way in over all communities, with what each cost and brought."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import LIN, opened, somebody
from tests.web.console.shop_files import at_work, url
from tongpin.core.books.actions import book_cost
from tongpin.core.places.codes import open_code
from tongpin.core.team.rules import Held
from tongpin.loop.gather.entrances.actions import close_entrance, make_entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen

pytestmark = pytest.mark.django_db


def way(community: int, name: str, at: datetime) -> EntranceSeen:
    return make_entrance(
        community_id=community, channel="counter", name=name, offline=True, paid=True, at=at, actor=LIN
    )


def test_a_new_house_is_led_to_its_first_way_in(noon: datetime) -> None:
    boss = at_work(Held("owner"))
    assert "Found a community first" in boss.get(url("gather")).text
    opened(noon)
    assert "Make the first" in boss.get(url("gather")).text


def test_ways_into_all_communities_stand_with_cost_and_yield(noon: datetime) -> None:
    one, two = opened(noon), opened(noon, "晨跑团")
    counter, run, gone = way(one, "柜台", noon), way(two, "跑道口", noon), way(one, "旧海报", noon)
    close_entrance(entrance_id=gone.id, reason="over", at=noon, actor=LIN)
    book_cost(cost_kind="print", amount_fen=600, community=one, entrance=counter.id, at=noon, actor=LIN)
    open_code(code=counter.code, person_id=somebody(noon), at=noon)
    page = at_work(Held("owner")).get(url("gather")).text
    assert [told in page for told in ("柜台", "跑道口", "旧海报", "晨跑团", "¥6 spent in all", url("loop"))] == [
        True
    ] * 6
    assert page.index("跑道口") < page.index("旧海报"), "what is given up stands last"
    assert url("entrance", two, run.id) in page
    mine = at_work(Held("operator", one), login="one").get(url("gather")).text
    assert ("柜台" in mine, "跑道口" in mine) == (True, False)


def test_ten_ways_in_cost_the_queries_of_one(noon: datetime) -> None:
    boss, numbers = at_work(Held("owner")), []
    for n in range(10):
        way(opened(noon, f"社群 {n}"), f"柜台 {n}", noon)
        if n in (0, 9):
            boss.get(url("gather"))
            with CaptureQueriesContext(connection) as asked:
                boss.get(url("gather"))
            numbers.append(len(asked))
    assert numbers[0] == numbers[1]
