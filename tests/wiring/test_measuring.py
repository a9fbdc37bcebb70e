"""`tongpin measure`: from the ledger to figures on the screens."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.people.cast import sequence
from tests.loop.gather.cast import ANSWERS, LIN, opened, somebody
from tongpin.base.clock import now
from tongpin.core.books.actions import book_cost
from tongpin.core.figures.queries import latest
from tongpin.core.places.codes import open_code
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.wiring.measuring import command

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lake(settings: Settings, tmp_path: Path) -> None:
    settings.LAKE = tmp_path / "lake"


def asked(*told: str, name: str = "", **more: object) -> argparse.Namespace:
    plain: dict[str, object] = {"as_of": "", "known_at": "", "store": False, "json": True}
    return argparse.Namespace(name=name, told=list(told), **(plain | more))


def two_who_came_by_the_counter(at: datetime) -> int:
    """A community; two scanned the counter's code, applied and were let in; it cost 6 yuan."""
    made = opened(at)
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=True, at=at, actor=LIN)
    book_cost(cost_kind="print", amount_fen=600, community=made, entrance=way.id, at=at, actor=LIN)
    for name in ("小美", "豆豆妈"):
        person = somebody(at, name)
        open_code(code=way.code, person_id=person, at=at)
        told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}", "code_id": way.code_id}
        accept(
            application_id=apply(community_id=made, person_id=person, at=at, **told).application_id, at=at, actor=LIN
        )
    sequence()
    return made


def test_people_by_entrance_with_what_each_cost(capsys: pytest.CaptureFixture[str]) -> None:
    made = two_who_came_by_the_counter(now() - timedelta(hours=1))
    assert command(asked(f"community={made}", name="people_by_entrance", store=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["measure"], told["value"], told["n"], told["quality"]) == ("people_by_entrance", 300.0, 2, "low")
    (row,) = told["parts"]
    assert (row["admitted"], row["cost_fen"]) == (2, 600)
    figure = latest(measure="people_by_entrance", scope_kind="community", scope=made)
    assert figure is not None
    assert (figure.value, figure.n) == (300.0, 2)


def test_a_second_run_sees_what_came_since(capsys: pytest.CaptureFixture[str]) -> None:
    two_who_came_by_the_counter(now() - timedelta(hours=2))
    command(asked(name="people_by_entrance"))
    two_who_came_by_the_counter(now() - timedelta(hours=1))
    command(asked(name="people_by_entrance"))
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [first["n"], second["n"]] == [2, 4]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (asked(name="nope"), "there is no measure 'nope'"),
        (asked("community=x", name="rfm"), "whole number"),
        (asked("community", name="rfm"), "say key=value"),
        (asked("community=1"), "name the measure"),
        (asked(name="rfm", as_of="yesterday"), "no moment with a zone"),
        (asked(name="rfm", as_of="2026-11-22T12:00:00"), "no moment with a zone"),
    ],
)
def test_what_cannot_be_measured_is_said(
    given: argparse.Namespace, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(given) == 2
    assert said in capsys.readouterr().err


def test_with_nothing_there_every_measure_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(asked(json=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(line.endswith("not defined, n = 0, none") for line in lines)
