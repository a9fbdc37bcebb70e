"""Facts by API: of one person, and the ledger by position."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.people.cast import sequence
from tests.web.api.asking import BEFORE, House, Program, program, refusal, turn, wrong_at
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import record
from tongpin.core.people.labels import put_tag
from tongpin.core.places.joining import join_by_hand


def test_facts_of_a_person_newest_first(here: House, crm: Program) -> None:
    told = crm.get(f"/people/{here.mei}/facts").json()
    assert (told["next"], [one["kind"] for one in told["facts"]]) == (None, ["member.joined", "tag.put", "person.met"])
    met = told["facts"][-1]
    assert {key: met[key] for key in met if key not in ("seq", "recorded_at")} == {
        "kind": "person.met",
        "at": "2026-11-20T04:00:00Z",
        "person": here.mei,
        "recorded_person": here.mei,
        "place": None,
        "actor": "staff:1",
        "source": "",
        "origin": "live",
        "cause": None,
        "body": {"via": "hand", "identities": ["phone"]},
    }


def test_one_kind_and_several_kinds(here: House, crm: Program) -> None:
    for path in ("/facts", f"/people/{here.mei}/facts"):
        one = crm.get(f"{path}?kinds=person.met").json()["facts"]
        two = crm.get(f"{path}?kinds=person.met&kinds=tag.put").json()["facts"]
        assert ({f["kind"] for f in one}, {f["kind"] for f in two}) == ({"person.met"}, {"person.met", "tag.put"})


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ("nonsense", "no such kind of fact: nonsense; docs/facts.md lists them"),
        ("person.met,tag.put", "give each kind by itself: kinds=order.paid&kinds=order.shipped"),
    ],
)
def test_an_unknown_kind_is_named(here: House, crm: Program, kinds: str, told: str) -> None:
    for path in ("/facts", f"/people/{here.mei}/facts"):
        answer = crm.get(path, kinds=kinds)
        assert wrong_at(answer) == ["query.kinds.0"]
        assert answer.json()["faults"][0]["message"] == told
    assert wrong_at(crm.get("/facts?" + "&".join(["kinds=tag.put"] * 61))) == ["query.kinds"]


def test_facts_of_nobody(crm: Program) -> None:
    assert refusal(crm.get("/people/999999999/facts")) == (404, "person_unknown")


def test_a_timeline_is_turned_without_gap_or_double_while_facts_are_added(here: House, crm: Program) -> None:
    def ask(**asked: Any) -> Any:
        answer = crm.get(f"/people/{here.mei}/facts", **asked)
        put_tag(person_id=here.mei, name=f"新{asked['after'][-4:]}", actor="staff:1", at=BEFORE)
        return answer

    wanted = [one["seq"] for one in crm.get(f"/people/{here.mei}/facts").json()["facts"]]
    found = [one["seq"] for one in turn(ask, "facts", limit=1)]
    assert found[:1] == wanted[:1]
    assert [seq for seq in found if seq in wanted] == wanted
    assert len(found) == len(set(found))


def test_the_ledger_is_followed_without_gap_or_double_while_it_grows(here: House, crm: Program) -> None:
    found: list[int] = []
    position, told = 0, {"facts": [None], "more": True}
    while told["facts"] or told["more"]:
        told = crm.get("/facts", after=position, limit=5).json()
        found += [one["seq"] for one in told["facts"]]
        position = told["position"]
        if len(found) < 20:
            put_tag(person_id=here.qiang, name=f"标{len(found)}", actor="staff:1", at=BEFORE)
            sequence()
    with connection.cursor() as cursor:
        cursor.execute("select seq from entry order by seq")
        assert found == [row[0] for row in cursor.fetchall()]
    assert crm.get("/facts/end").json() == {"position": position}
    assert crm.get("/facts", after=position).json() == {"facts": [], "position": position, "more": False}


def test_a_position_beyond_the_end_is_refused(crm: Program) -> None:
    end = crm.get("/facts/end").json()["position"]
    assert refusal(crm.get("/facts", after=end + 1)) == (409, "position_ahead")
    assert wrong_at(crm.get("/facts", after=-1)) == ["query.after"]
    assert wrong_at(crm.get("/facts", limit=1001)) == ["query.limit"]


def test_sums_are_left_out_without_the_right_to_money(here: House, crm: Program) -> None:
    paid = OrderPaid(order=1, amount_fen=8900)
    record(paid, at=BEFORE, person_id=here.mei, place_id=here.tea_group, actor="staff:1")
    path = f"/people/{here.mei}/facts?kinds=order.paid"
    assert crm.get(path).json()["facts"][0]["body"]["amount_fen"] == 8900
    assert "amount_fen" not in program("people.see").get(path).json()["facts"][0]["body"]


def test_places_of_other_communities_are_left_out(here: House, crm: Program, tea_crm: Program) -> None:
    join_by_hand(person_id=here.mei, place_id=here.run_group, actor="staff:1", at=BEFORE)
    path = f"/people/{here.mei}/facts?kinds=member.joined"
    assert {one["place"] for one in crm.get(path).json()["facts"]} == {here.tea_group, here.run_group}
    assert {one["place"] for one in tea_crm.get(path).json()["facts"]} == {here.tea_group, None}


def test_facts_cost_the_same_queries_for_one_and_for_many(here: House, crm: Program) -> None:
    for path in ("/facts", f"/people/{here.mei}/facts"):
        costs = []
        crm.get(path)  # the first request of a minute also notes that the token is in use
        for limit in (1, 3):
            with CaptureQueriesContext(connection) as made:
                assert crm.get(path, limit=limit).status_code == 200
            costs.append(len(made))
        assert costs[0] == costs[1], path
