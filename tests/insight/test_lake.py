"""The lake as measures see it: two clocks, roots, what still holds, and nothing outside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.insight.making import NOON, World, clocks, make_lake
from tongpin.core.facts.imports import FactRestored, FactWithdrawn
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.places import MemberJoined
from tongpin.core.ledger.lake_files import LakeMissing
from tongpin.insight.lake import SIMULATED, Clocks, Lake

DAY = timedelta(days=1)


def seqs(lake: Lake, kind: str, at: Clocks) -> list[object]:
    return [row["seq"] for row in lake.rows(lake.facts(kind, at).order_by("seq"))]


def test_as_of_cuts_on_when_it_happened_and_known_at_on_when_it_was_recorded(tmp_path: Path) -> None:
    world = World()
    world.tell(OrderPaid(order="A"), days=2)
    world.tell(OrderPaid(order="B"), days=2, recorded=NOON)
    world.tell(OrderPaid(order="C"), days=0)
    with Lake(make_lake(tmp_path, world)) as lake:
        assert seqs(lake, "order.paid", clocks()) == [1, 2, 3]
        assert seqs(lake, "order.paid", clocks(NOON - DAY)) == [1, 2]
        assert seqs(lake, "order.paid", clocks(known_at=NOON - DAY)) == [1]
        assert seqs(lake, "order.paid", clocks(NOON - 2 * DAY)) == [1, 2], "as_of itself lies within"


def test_what_was_withdrawn_later_still_held_before(tmp_path: Path) -> None:
    world = World()
    world.tell(OrderPaid(order="A"), days=9, withdrawn=True)
    world.tell(OrderPaid(order="B"), days=9)
    world.tell(OrderPaid(order="C"), days=9, withdrawn=True)
    world.tell(FactWithdrawn(entry=1, withdrawn_kind="order.paid"), days=5)
    world.tell(FactWithdrawn(entry=2, withdrawn_kind="order.paid"), days=5)
    world.tell(FactRestored(entry=2, restored_kind="order.paid"), days=3)
    world.tell(FactWithdrawn(entry=3, withdrawn_kind="order.paid"), days=1)
    with Lake(make_lake(tmp_path, world)) as lake:
        assert [seqs(lake, "order.paid", clocks(known_at=NOON - n * DAY)) for n in (8, 4, 2, 0)] == [
            [1, 2, 3],
            [3],
            [2, 3],
            [2],
        ]


def test_people_of_every_column_are_read_as_their_roots(tmp_path: Path) -> None:
    world = World(internal={9}, aliases={4: 1, 5: 2, 8: 9})
    world.tell(MemberJoined(inviter=5), person=4, place=7)
    world.tell(MemberJoined(inviter=None), person=8, place=7)
    world.tell(MemberJoined(), place=7)
    with Lake(make_lake(tmp_path, world)) as lake:
        rows = lake.rows(lake.facts("member.joined", clocks()).order_by("seq"))
        assert [(r["person_id"], r["inviter"], r["internal"]) for r in rows] == [
            (1, 2, False),
            (9, None, True),
            (None, None, False),
        ]
        assert [row["person"] for row in lake.rows(lake.people().order_by("person"))] == [1, 2, 9]


def test_simulated_facts_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    world = World()
    for origin in (0, 1, 2, 3):
        world.tell(OrderPaid(order=str(origin)), origin=origin)
    folder = make_lake(tmp_path, world)
    with Lake(folder) as lake:
        assert seqs(lake, "order.paid", clocks()) == [1, 2, 3]
    with Lake(folder, origins=[SIMULATED]) as lake:
        assert seqs(lake, "order.paid", clocks()) == [4]


def test_nothing_outside_the_lake_can_be_read_and_no_setting_loosened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    with Lake(make_lake(tmp_path / "it's a lake", World())) as lake:
        for sql in (
            f"select * from read_csv('{secret}')",
            f"copy (select 1) to '{tmp_path / 'out.csv'}'",
            f"attach '{tmp_path / 'x.db'}'",
            "set enable_external_access = true",
            "install httpfs",
        ):
            with pytest.raises(duckdb.Error):
                lake._duck.execute(sql)
        assert lake.rows(lake.facts("order.paid", clocks())) == []


def test_a_kind_that_is_unknown_and_a_folder_without_a_lake_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LakeMissing):
        Lake(tmp_path)
    with Lake(make_lake(tmp_path, World())) as lake, pytest.raises(KeyError):
        lake.facts("order.dreamt", clocks())
