"""`tongpin measure`: from the ledger to figures on the screens."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from tests.core.people.cast import sequence
from tests.loop.gather.cast import ANSWERS, LIN, opened, somebody, told
from tongpin.base.clock import now
from tongpin.core.books.actions import book_cost
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.figures.queries import latest, people_behind
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import record_many
from tongpin.core.people.assessing import TRUST, assessment_of
from tongpin.core.people.models import Person
from tongpin.core.places.codes import open_code
from tongpin.core.places.hearing import Heard, hear_many
from tongpin.core.places.rooms import web_place_of
from tongpin.insight.measures.catalogue import MEASURES
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.entrances.models import Entrance
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
        said = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}", "code_id": way.code_id}
        accept(
            application_id=apply(community_id=made, person_id=person, at=at, **said).application_id, at=at, actor=LIN
        )
    sequence()
    return made


def test_people_by_entrance_with_what_each_cost(capsys: pytest.CaptureFixture[str]) -> None:
    made = two_who_came_by_the_counter(now() - timedelta(hours=1))
    assert command(asked(f"community={made}", name="people_by_entrance", store=True)) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["measure"], shown["value"], shown["n"], shown["quality"]) == ("people_by_entrance", 300.0, 2, "low")
    (row,) = shown["parts"]
    assert (row["admitted"], row["cost_fen"]) == (2, 600)
    figure = latest(measure="people_by_entrance", scope_kind="community", scope=made)
    assert figure is not None
    assert (figure.value, figure.n) == (300.0, 2)


def test_the_loop_is_stored_with_the_people_behind_its_numbers() -> None:
    made = two_who_came_by_the_counter(now() - timedelta(hours=1))
    assert command(asked(name="loop_by_entrance", store=True)) == 0
    way = Entrance.objects.get().pk
    for scope in ({}, {"scope_kind": "community", "scope": made}):
        figure = latest(measure="loop_by_entrance", **scope)  # type: ignore[arg-type]
        assert figure is not None
        rows = [part for part in figure.body["parts"] if part["kind"] == "entrance"]
        assert [(row["entrance"], row["gather"], row["cost_fen"]) for row in rows] == [(way, 2, 600)]
        behind = people_behind(measure="loop_by_entrance", cell=f"gather:{way}", **scope)  # type: ignore[arg-type]
        assert behind is not None
        assert sorted(behind[0]) == list(Person.objects.order_by("pk").values_list("pk", flat=True))


def test_trust_is_kept_of_each_person_and_vitality_of_the_community(capsys: pytest.CaptureFixture[str]) -> None:
    at = now() - timedelta(hours=1)
    made, person = opened(at), somebody(at)
    room = web_place_of(community_id=made, at=at, actor=LIN)
    with transaction.atomic():
        for order in ("A1", "A2", "A3"):
            record(OrderPaid(order=order, amount_fen=900), at=at, person_id=person, place_id=room)
        heard = [
            Heard("m1", person, at, "text", "先约好几点回来，再谈跑不跑。" * 5),
            Heard("m2", person, at, "text", "嗯", "m1"),
        ]
        lines, _ = hear_many(place_id=room, heard=heard, batch=None)
        record_many(lines, recorded_at=at, actor="t", source="")
    sequence()
    assert [command(asked(store=True, name=name)) for name in ("trust", "vitality")] == [0, 0]
    held = assessment_of(person_id=person, kind=TRUST)
    assert held is not None
    assert [(one.sign, one.count) for one in held.found.evidence] == [("bought", 3)]
    assert (held.found.word, round(held.found.value or 0, 2)) == ("middling", 0.62)
    assert [body["assessment"] for _, body in told("person.assessed")] == ["trust"]
    assert {body["assessment"] for _, body in told("community.assessed")} == {"vitality"}
    assert latest(measure="vitality", scope_kind="community", scope=made) is not None
    assert command(asked(store=True, name="trust")) == 0
    assert len(told("person.assessed")) == 1, "nothing moved"


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
    assert len(lines) == len(MEASURES)
    assert all(line.endswith("not defined, n = 0, none") for line in lines)
