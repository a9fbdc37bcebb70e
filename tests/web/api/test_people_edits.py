"""What is tied to and hung on people by API: identities, tags, notes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.people.cast import kinds_of
from tests.web.api.asking import House, Program, refusal, state, turn, wrong_at
from tongpin.core.people.labels import tag_named
from tongpin.core.people.models import Identity, Note, PersonTag, Tag

OWN = {"kind": "custom", "value": "user-17", "namespace": "crm"}


def edits(here: House, person: int) -> list[tuple[str, str, Any]]:
    """Every edit of one person."""
    own = Identity.objects.get(person=person).pk
    tag = PersonTag.objects.filter(person=person).values_list("tag", flat=True).first() or 1
    at = f"/people/{person}"
    return [
        ("POST", f"{at}/identities", OWN),
        ("DELETE", f"{at}/identities/{own}", None),
        ("POST", f"{at}/tags", {"name": "新"}),
        ("DELETE", f"{at}/tags/{tag}", None),
        ("GET", f"{at}/notes", None),
        ("POST", f"{at}/notes", {"words": "x"}),
        ("DELETE", f"{at}/notes/1", None),
        ("GET", f"{at}/facts", None),
    ]


def test_people_of_another_community_are_not_there(here: House, tea_crm: Program) -> None:
    before = state()
    for method, path, given in edits(here, here.qiang):
        assert refusal(tea_crm.ask(method, path, given)) == (404, "not_found"), path
    assert state() == before


def test_an_identity_is_tied_once_and_untied(here: House, crm: Program) -> None:
    first = crm.ask("POST", f"/people/{here.mei}/identities", OWN)
    made = Identity.objects.get(person=here.mei, kind="custom")
    assert (first.status_code, first.json()) == (201, {"id": made.pk})
    before = state()
    assert crm.ask("POST", f"/people/{here.mei}/identities", OWN).json() == {"id": made.pk}
    assert state() == before
    gone = crm.ask("DELETE", f"/people/{here.mei}/identities/{made.pk}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert not Identity.objects.filter(pk=made.pk).exists()
    assert refusal(crm.ask("DELETE", f"/people/{here.mei}/identities/{made.pk}")) == (404, "not_found")
    assert kinds_of(here.mei)[-2:] == ["identity.linked", "identity.dropped"]


def test_an_identity_of_somebody_else_stays_theirs_and_a_suggestion_waits(here: House, crm: Program) -> None:
    answer = crm.ask("POST", f"/people/{here.mei}/identities", {"kind": "phone", "value": "13800000002"})
    assert refusal(answer) == (409, "identity_taken")
    assert Identity.objects.get(person=here.qiang).kind == "phone"
    pairs = [{one["low"]["id"], one["high"]["id"]} for one in crm.get("/merges/suggestions").json()["suggestions"]]
    assert pairs == [{here.mei, here.qiang}]


def test_who_holds_an_identity_elsewhere_is_not_told(here: House, tea_crm: Program) -> None:
    answer = tea_crm.ask("POST", f"/people/{here.mei}/identities", {"kind": "phone", "value": "13800000002"})
    assert refusal(answer) == (409, "identity_taken")
    assert answer.json()["message"] == "this belongs to somebody whom this token may not see"


def test_an_identity_of_one_is_not_untied_from_another(here: House, crm: Program) -> None:
    own = Identity.objects.get(person=here.qiang).pk
    before = state()
    assert refusal(crm.ask("DELETE", f"/people/{here.mei}/identities/{own}")) == (404, "not_found")
    assert state() == before


def test_a_tag_is_put_on_once_and_taken_off(here: House, crm: Program) -> None:
    first = crm.ask("POST", f"/people/{here.mei}/tags", {"name": " 爱白茶 "})
    tag = Tag.objects.get(name="爱白茶")
    assert (first.status_code, first.json()) == (200, {"id": tag.pk, "name": "爱白茶"})
    before = state()
    assert crm.ask("POST", f"/people/{here.mei}/tags", {"name": "爱白茶"}).json() == first.json()
    assert state() == before
    for _ in range(2):
        assert crm.ask("DELETE", f"/people/{here.mei}/tags/{tag.pk}").status_code == 204
    assert kinds_of(here.mei)[-2:] == ["tag.put", "tag.taken"]
    assert refusal(crm.ask("DELETE", f"/people/{here.mei}/tags/999999")) == (404, "not_found")


def test_tags_with_a_rule_are_not_put_on_by_hand(here: House, crm: Program, noon: Any) -> None:
    tag = tag_named(name="买过三次", at=noon)
    Tag.objects.filter(pk=tag.pk).update(rule={"fact": "order.paid"})
    before = state()
    assert refusal(crm.ask("POST", f"/people/{here.mei}/tags", {"name": "买过三次"})) == (409, "tag_has_rule")
    assert refusal(crm.ask("DELETE", f"/people/{here.mei}/tags/{tag.pk}")) == (409, "tag_has_rule")
    assert state() == before


def test_tags_are_listed_page_by_page(here: House, crm: Program, noon: Any) -> None:
    for number in range(5):
        tag_named(name=f"标{number}", at=noon)
    found = turn(lambda **asked: crm.get("/tags", **asked), "tags", limit=2)
    assert [one["id"] for one in found] == sorted(Tag.objects.values_list("pk", flat=True))
    assert found[-1] == {"id": found[-1]["id"], "name": "标4", "by_rule": False}


def test_a_note_is_kept_shown_and_taken_off(here: House, crm: Program) -> None:
    made = crm.ask("POST", f"/people/{here.mei}/notes", {"words": "周三来取茶"})
    note = Note.objects.get()
    assert (made.status_code, made.json()) == (201, {"id": note.pk})
    told = crm.get(f"/people/{here.mei}/notes").json()["notes"]
    assert [{**one, "at": ""} for one in told] == [
        {"id": note.pk, "words": "周三来取茶", "by": note.by, "by_name": "晴姐", "at": ""}
    ]
    for _ in range(2):
        assert crm.ask("DELETE", f"/people/{here.mei}/notes/{note.pk}").status_code == 204
    assert crm.get(f"/people/{here.mei}/notes").json() == {"notes": []}
    assert refusal(crm.ask("DELETE", f"/people/{here.qiang}/notes/{note.pk}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("what", "given", "where"),
    [
        ("identities", {"kind": "custom", "value": "17"}, "body"),
        ("identities", {"kind": "phone", "value": ""}, "body.value"),
        ("identities", {"kind": "phone", "value": 13800000001}, "body.value"),
        ("tags", {"name": "x" * 61}, "body.name"),
        ("tags", {}, "body.name"),
        ("notes", {"words": ""}, "body.words"),
        ("notes", {"words": "x" * 4001}, "body.words"),
        ("notes", {"words": "x", "by": 1}, "body.by"),
    ],
)
def test_what_cannot_be_used_is_named(here: House, crm: Program, what: str, given: dict[str, Any], where: str) -> None:
    before = state()
    assert wrong_at(crm.ask("POST", f"/people/{here.mei}/{what}", given)) == [where]
    assert state() == before


def test_nothing_but_spaces_is_nothing(here: House, crm: Program) -> None:
    before = state()
    assert refusal(crm.ask("POST", f"/people/{here.mei}/tags", {"name": "  "})) == (422, "empty")
    assert refusal(crm.ask("POST", f"/people/{here.mei}/notes", {"words": " \n"})) == (422, "empty")
    assert state() == before
