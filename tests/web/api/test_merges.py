"""Merging by API: what waits, saying yes or no, any two, taking back."""

from __future__ import annotations

import pytest

from tests.web.api.asking import BEFORE, House, Program, refusal, state, turn, wrong_at
from tongpin.core.people.models import Merge
from tongpin.core.people.models import Suggestion as Pending
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.roots import root_of
from tongpin.core.people.rules import Ground
from tongpin.core.places.joining import join_by_hand
from tongpin.core.team.models import AuditLine


@pytest.fixture
def doubt(here: House) -> int:
    """小美 and 阿强 may be one."""
    keep_suggestions(doubts=[Doubt(here.mei, here.qiang, 0.9, (Ground("same_name"),))], at=BEFORE)
    return int(Pending.objects.get().pk)


def test_what_waits_is_told_with_reasons(here: House, crm: Program, doubt: int) -> None:
    assert crm.get("/merges/suggestions").json() == {
        "suggestions": [
            {
                "id": doubt,
                "score": 0.9,
                "low": {"id": here.mei, "name": "小美"},
                "high": {"id": here.qiang, "name": "阿强"},
                "reasons": [{"code": "same_name", "agrees": True, "weight": 0.0, "detail": []}],
            }
        ],
        "next": None,
    }


def test_suggestions_are_turned_without_gap_or_double(here: House, crm: Program, doubt: int) -> None:
    more = [Doubt(here.mei, here.passer, 0.9, ()), Doubt(here.qiang, here.passer, 0.7, ())]
    keep_suggestions(doubts=more, at=BEFORE)
    found = turn(lambda **asked: crm.get("/merges/suggestions", **asked), "suggestions", limit=1)
    assert [one["score"] for one in found] == [0.9, 0.9, 0.7]
    assert len({one["id"] for one in found}) == 3


def test_yes_merges_once_and_stands_in_the_trail(here: House, crm: Program, doubt: int) -> None:
    made = crm.ask("POST", f"/merges/suggestions/{doubt}/accept")
    merge = Merge.objects.get()
    assert (made.status_code, made.json()) == (200, {"id": merge.pk, "kept": here.mei, "gone": here.qiang})
    kept = AuditLine.objects.get(action="person.merged")
    assert (kept.actor_kind, kept.subject_id, kept.details) == (
        "token", here.mei, {"other": here.qiang, "merge": merge.pk},
    )  # fmt: skip
    before = state()
    assert refusal(crm.ask("POST", f"/merges/suggestions/{doubt}/accept")) == (409, "suggestion_decided")
    assert state() == before


def test_one_says_who_is_kept(here: House, crm: Program, doubt: int) -> None:
    wrong = crm.ask("POST", f"/merges/suggestions/{doubt}/accept", {"kept": here.passer})
    assert refusal(wrong) == (422, "not_of_the_two")
    made = crm.ask("POST", f"/merges/suggestions/{doubt}/accept", {"kept": here.qiang}).json()
    assert (made["kept"], made["gone"], root_of(person_id=here.mei)) == (here.qiang, here.mei, here.qiang)


def test_no_is_said_once(here: House, crm: Program, doubt: int) -> None:
    assert crm.ask("POST", f"/merges/suggestions/{doubt}/refuse").status_code == 204
    assert refusal(crm.ask("POST", f"/merges/suggestions/{doubt}/refuse")) == (409, "suggestion_decided")
    assert crm.get("/merges/suggestions").json()["suggestions"] == []
    assert root_of(person_id=here.qiang) == here.qiang


def test_any_two_are_merged_and_parted_again(here: House, crm: Program) -> None:
    made = crm.ask("POST", "/merges", {"kept": here.qiang, "gone": here.mei})
    number = made.json()["id"]
    assert (made.status_code, made.json()) == (201, {"id": number, "kept": here.qiang, "gone": here.mei})
    before = state()
    assert refusal(crm.ask("POST", "/merges", {"kept": here.qiang, "gone": here.mei})) == (409, "already_one")
    assert state() == before
    assert crm.get(f"/people/{here.mei}").json()["id"] == here.qiang
    assert crm.ask("DELETE", f"/merges/{number}").status_code == 204
    assert refusal(crm.ask("DELETE", f"/merges/{number}")) == (409, "merge_taken_back")
    assert crm.get(f"/people/{here.mei}").json()["id"] == here.mei


def test_both_must_lie_within_the_tokens_communities(here: House, crm: Program, tea_crm: Program, doubt: int) -> None:
    before = state()
    assert tea_crm.get("/merges/suggestions").json()["suggestions"] == []
    for what in ("accept", "refuse"):
        assert refusal(tea_crm.ask("POST", f"/merges/suggestions/{doubt}/{what}")) == (404, "not_found")
    assert refusal(tea_crm.ask("POST", "/merges", {"kept": here.mei, "gone": here.qiang})) == (404, "not_found")
    assert state() == before
    join_by_hand(person_id=here.qiang, place_id=here.tea_group, actor="staff:1", at=BEFORE)
    assert len(tea_crm.get("/merges/suggestions").json()["suggestions"]) == 1


def test_a_merge_elsewhere_is_not_parted(here: House, crm: Program, tea_crm: Program) -> None:
    number = crm.ask("POST", "/merges", {"kept": here.qiang, "gone": here.passer}).json()["id"]
    before = state()
    assert refusal(tea_crm.ask("DELETE", f"/merges/{number}")) == (404, "not_found")
    assert state() == before


def test_what_is_not_there_or_unusable(here: House, crm: Program) -> None:
    assert refusal(crm.ask("POST", "/merges/suggestions/999999/accept")) == (404, "not_found")
    assert refusal(crm.ask("DELETE", "/merges/999999")) == (404, "not_found")
    assert refusal(crm.ask("POST", "/merges", {"kept": here.mei, "gone": here.mei})) == (409, "already_one")
    assert refusal(crm.ask("POST", "/merges", {"kept": here.mei, "gone": 999999999})) == (404, "person_unknown")
    assert wrong_at(crm.ask("POST", "/merges", {"kept": str(here.mei), "gone": here.qiang})) == ["body.kept"]
    assert refusal(crm.get("/merges/suggestions", after="WyJ4IiwgMV0")) == (422, "mark_unreadable")
