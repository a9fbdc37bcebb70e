"""People by API: lists, one person, adding, names, contact data in full."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.people.cast import read_all
from tests.web.api.asking import BEFORE, House, Program, program, refusal, state, turn, wrong_at
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Identity, Person
from tongpin.core.people.signs import sign
from tongpin.core.places.joining import join_by_hand
from tongpin.core.team.models import AuditLine

AT = "2026-11-20T04:00:00Z"


def line(number: int, name: str, last: int, *tags: dict[str, Any], group: bool = True) -> dict[str, Any]:
    return {
        "id": number, "name": name, "nickname": name, "contact": f"138****000{last}", "tags": list(tags),
        "touchpoints": ["phone", "group"] if group else ["phone"], "identified": True, "owner": None, "via": "hand",
        "since": AT, "last_day": "2026-11-20", "orders": 0, "spent_fen": 0, "currency": "CNY",
    }  # fmt: skip


def tag_named(crm: Program, name: str) -> dict[str, Any]:
    return next({"id": one["id"], "name": name} for one in crm.get("/tags").json()["tags"] if one["name"] == name)


def test_a_list_shows_people_masked(here: House, crm: Program) -> None:
    old, leader = tag_named(crm, "老客"), tag_named(crm, "团长")
    assert crm.get("/people").json() == {
        "people": [
            line(here.passer, "路人", 3, group=False),
            line(here.qiang, "阿强", 2, leader, old),
            line(here.mei, "小美", 1, old),
        ],
        "next": None,
        "previous": None,
    }


def test_a_token_of_a_community_sees_its_people_alone(here: House, tea_crm: Program) -> None:
    assert [one["id"] for one in tea_crm.get("/people").json()["people"]] == [here.mei]
    for phone, found in (("13800000001", [here.mei]), ("13800000002", [])):
        answer = tea_crm.ask("POST", "/people/search", {"search": phone})
        assert [one["id"] for one in answer.json()["people"]] == found


def test_money_is_null_without_the_right(here: House) -> None:
    one = program("people.see")
    assert {(row["orders"], row["spent_fen"]) for row in one.get("/people").json()["people"]} == {(None, None)}
    assert one.get(f"/people/{here.mei}").json()["bought"] is None
    assert refusal(one.get("/people/buyers")) == (403, "right_missing")


def test_filters_choose(here: House, crm: Program) -> None:
    def ids(**asked: Any) -> list[int]:
        return [one["id"] for one in crm.get("/people", **asked).json()["people"]]

    assert ids(tag=tag_named(crm, "团长")["id"]) == [here.qiang]
    assert ids(place=here.tea_group) == [here.mei]
    assert ids(via="hand", sort="new") == [here.passer, here.qiang, here.mei]
    assert ids(via="import") == []
    assert ids(owner=4711) == []
    assert crm.get("/people/buyers").json()["people"] == []


def test_a_place_of_another_community_filters_nothing_out(here: House, tea_crm: Program) -> None:
    assert tea_crm.get("/people", place=here.tea_group).status_code == 200
    assert refusal(tea_crm.get("/people", place=here.run_group)) == (422, "place_unknown")


@pytest.mark.parametrize("sort", ["new", "name"])
def test_pages_turned_to_the_end_hold_everybody_once_while_people_are_added(
    crm: Program, here: House, sort: str
) -> None:
    for number in range(7):
        add_by_hand(nickname=f"客{number}", actor="staff:1", at=BEFORE)
    wanted = set(Person.objects.values_list("pk", flat=True))

    def ask(**asked: Any) -> Any:
        answer = crm.get("/people", **asked)
        add_by_hand(nickname="新", actor="staff:1", at=BEFORE)
        return answer

    found = [one["id"] for one in turn(ask, "people", sort=sort, limit=2)]
    assert len(found) == len(set(found))
    assert wanted <= set(found)


@pytest.mark.parametrize("after", ["!", "x" * 401, "bm9uc2Vuc2U", "WyJyZWNlbnQiXQ", "W1tdXQ"])
def test_a_mark_that_is_not_ours_is_refused(crm: Program, after: str) -> None:
    assert refusal(crm.get("/people", after=after))[0] == 422


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 201}, {"tag": 0}, {"tag": "x"}, {"sort": "spent"}, {"via": "'"}]
)
def test_parameters_out_of_bounds_are_named(crm: Program, asked: dict[str, Any]) -> None:
    assert wrong_at(crm.get("/people", **asked)) == [f"query.{next(iter(asked))}"]


def test_a_list_costs_the_same_queries_for_one_and_for_many(crm: Program) -> None:
    costs = []
    crm.get("/people")  # the first request of a minute also notes that the token is in use
    for limit in (1, 2):
        with CaptureQueriesContext(connection) as made:
            assert crm.get("/people", limit=limit).status_code == 200
        costs.append(len(made))
    assert costs[0] == costs[1]


def test_a_person_is_told_whole(here: House, crm: Program) -> None:
    tag = tag_named(crm, "老客")
    sign_of = Identity.objects.get(person=here.mei)
    assert crm.get(f"/people/{here.mei}").json() == {
        "id": here.mei,
        "members": [here.mei],
        "name": "小美",
        "nickname": "小美",
        "name_masked": "梅**",
        "unmask_name": "name",
        "identified": True,
        "internal": False,
        "via": "hand",
        "since": AT,
        "owner": None,
        "erased_at": None,
        "identities": [
            {
                "id": sign_of.pk, "kind": "phone", "namespace": "", "shown": "138****0001", "is_strong": True, "via": "hand",
                "at": AT, "unmask": "identity:phone",
            }
        ],
        "touchpoints": ["phone", "group"],
        "missing": ["mail", "wecom", "official_account", "mini_app", "shop", "matrix"],
        "traits": [],
        "life": [],
        "tags": [{**tag, "by": "staff:1", "at": AT, "by_rule": False}],
        "consents": [],
        "places": [{"id": here.tea_group, "kind": "group", "name": "春茶群 1", "community_id": here.tea}],
        "merged": [],
        "brought_by": [],
        "brought": [],
        "doubts": [],
        "bought": {"orders": 0, "net_fen": 0, "currency": "CNY", "last_at": None, "latest": []},
        "facts": {"gather": 2, "give": 1, "sell": 0, "share": 0, "other": 0},
        "last_day": "2026-11-20",
    }  # fmt: skip


def test_without_the_right_to_contact_nothing_names_what_to_unmask(here: House) -> None:
    one = program("people.see", "people.edit")
    told = one.get(f"/people/{here.mei}").json()
    assert (told["unmask_name"], [sign["unmask"] for sign in told["identities"]]) == ("", [""])
    assert "13800000001" not in one.get(f"/people/{here.mei}").text
    before = state()
    answer = one.ask("POST", f"/people/{here.mei}/contact", {"field": "identity:phone"})
    assert (refusal(answer), state()) == ((403, "right_missing"), before)


def test_groups_of_other_communities_are_not_named(here: House, tea_crm: Program) -> None:
    join_by_hand(person_id=here.mei, place_id=here.run_group, actor="staff:1", at=BEFORE)
    assert [one["id"] for one in tea_crm.get(f"/people/{here.mei}").json()["places"]] == [here.tea_group]


def test_people_elsewhere_unknown_and_erased(here: House, crm: Program, tea_crm: Program) -> None:
    assert refusal(tea_crm.get(f"/people/{here.qiang}")) == (404, "not_found")
    assert refusal(crm.get("/people/999999999")) == (404, "person_unknown")
    assert wrong_at(crm.get("/people/0")) == ["path.person_id"]
    erase(person_id=here.mei, actor="staff:1", at=BEFORE, with_words=True)
    told = crm.get(f"/people/{here.mei}").json()
    assert (told["name"], told["identities"], told["erased_at"] is None) == ("", [], False)
    assert refusal(crm.ask("PATCH", f"/people/{here.mei}", {"nickname": "x"})) == (409, "person_erased")
    assert refusal(crm.ask("POST", f"/people/{here.mei}/contact", {"field": "name"})) == (409, "person_erased")


def test_contact_data_in_full_stands_in_the_trail(here: House, crm: Program) -> None:
    answer = crm.ask("POST", f"/people/{here.mei}/contact", {"field": "identity:phone"})
    assert answer.json() == {"values": ["+8613800000001"]}
    kept = AuditLine.objects.get(action="person.contact_seen")
    assert (kept.actor_kind, kept.subject_id, kept.details) == ("token", here.mei, {"field": "identity:phone"})


def test_what_is_not_held_is_not_shown_and_not_recorded(here: House, crm: Program) -> None:
    before = state()
    answer = crm.ask("POST", f"/people/{here.mei}/contact", {"field": "identity:mail"})
    assert (refusal(answer), state()) == ((404, "nothing_to_show"), before)
    assert wrong_at(crm.ask("POST", f"/people/{here.mei}/contact", {"field": "everything"})) == ["body.field"]


def test_a_name_that_is_not_given_stays(here: House, crm: Program) -> None:
    told = crm.ask("PATCH", f"/people/{here.mei}", {"nickname": "美美"}).json()
    assert (told["nickname"], told["name_masked"]) == ("美美", "梅**")
    told = crm.ask("PATCH", f"/people/{here.mei}", {"name": ""}).json()
    assert (told["nickname"], told["name_masked"]) == ("美美", "")


def test_names_of_people_elsewhere_stay_as_they_are(here: House, tea_crm: Program) -> None:
    before = state()
    assert refusal(tea_crm.ask("PATCH", f"/people/{here.qiang}", {"nickname": "x"})) == (404, "not_found")
    assert state() == before


GIVEN = {
    "nickname": "新客", "name": "辛新客", "tags": ["老客", "新到"], "note": "爱喝白茶",
    "identities": [{"kind": "custom", "value": "17", "namespace": "crm"}],
}  # fmt: skip


def test_somebody_is_added_once_however_often_one_asks(here: House, crm: Program) -> None:
    first = crm.ask("POST", "/people", {**GIVEN, "place": here.tea_group})
    number = first.json()["id"]
    assert (first.status_code, first.json()) == (201, {"id": number, "is_new": True, "others": []})
    count = Person.objects.count()
    again = crm.ask("POST", "/people", {key: GIVEN[key] for key in ("nickname", "identities", "tags")})
    assert (again.status_code, again.json()) == (200, {"id": number, "is_new": False, "others": []})
    assert Person.objects.count() == count
    told = crm.get(f"/people/{number}").json()
    assert [one["name"] for one in told["tags"]] == ["新到", "老客"]
    assert [one["id"] for one in told["places"]] == [here.tea_group]
    assert told["via"] == "hand"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"nickname": 5}, "body.nickname"),
        ({"nickname": "x" * 121}, "body.nickname"),
        ({"name": "x" * 81}, "body.name"),
        ({"tags": ["x" * 61]}, "body.tags.0"),
        ({"tags": ["x"] * 21}, "body.tags"),
        ({"identities": [{"kind": "custom", "value": "17"}]}, "body.identities.0"),
        ({"identities": [{"kind": "device", "value": "17"}]}, "body.identities.0.kind"),
        ({"owner": 1}, "body.owner"),
    ],
)
def test_what_cannot_be_used_is_named_and_nobody_is_added(crm: Program, given: dict[str, Any], where: str) -> None:
    before = state()
    assert wrong_at(crm.ask("POST", "/people", given)) == [where]
    assert state() == before


def test_what_core_refuses_adds_nobody(here: House, crm: Program, tea_crm: Program) -> None:
    before = state()
    bad = {"identities": [{"kind": "phone", "value": "12"}]}
    known = {"identities": [{"kind": "phone", "value": "13800000002"}], "place": here.tea_group, "note": "x"}
    assert refusal(crm.ask("POST", "/people", {})) == (422, "nothing_known")
    assert refusal(crm.ask("POST", "/people", bad)) == (422, "identity_unreadable")
    assert refusal(crm.ask("POST", "/people", {"nickname": "x", "place": 999999})) == (422, "place_unknown")
    assert refusal(tea_crm.ask("POST", "/people", {"nickname": "x"})) == (422, "place_needed")
    assert refusal(tea_crm.ask("POST", "/people", {"nickname": "x", "place": here.run_group})) == (422, "place_unknown")
    assert refusal(tea_crm.ask("POST", "/people", known)) == (409, "known_elsewhere")
    assert state() == before


def test_who_was_erased_is_not_added_again(here: House, crm: Program) -> None:
    erase(person_id=here.mei, actor="staff:1", at=BEFORE, with_words=True)
    given = {"identities": [{"kind": "phone", "value": "13800000001"}]}
    answer = crm.ask("POST", "/people", given)
    assert refusal(answer) == (409, "sign_of_erased")
    assert "1380000" not in answer.text


def test_a_search_finds_whole_values_and_parts_of_nicknames(here: House, crm: Program) -> None:
    read_all()
    for text, found in (
        ("小", [here.mei]),
        ("13800000003", [here.passer]),
        ("强阿强", [here.qiang]),
        ("%", []),
        ("'--", []),
    ):
        assert [one["id"] for one in crm.ask("POST", "/people/search", {"search": text}).json()["people"]] == found
    assert wrong_at(crm.ask("POST", "/people/search", {"search": ""})) == ["body.search"]
    assert sign("phone", "13800000003").value == "+8613800000003"
