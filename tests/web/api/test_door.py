"""Who comes in, and what they are told who do not: for every operation there is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.core.team.cast import acting, hire
from tests.web.api.asking import House, Program, program, refusal, state
from tongpin.core.team.credentials import make_api_token, revoke_api_token
from tongpin.core.team.models import ApiToken, Staff
from tongpin.core.team.rules import Held
from tongpin.web.api import door

DESCRIBED = json.loads((Path(__file__).resolve().parents[3] / "docs" / "api.json").read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path[4:]) for path, methods in DESCRIBED["paths"].items() for method in methods]
UNKNOWN = (401, "token_unknown")


def everywhere(one: Program, here: House) -> set[tuple[int, str]]:
    """Asks every operation there is."""
    found = set()
    for method, path in OPERATIONS:
        door.meter.forget()
        found.add(refusal(one.ask(method, path.replace("{person_id}", str(here.mei)).replace("{number}", "1"))))
    return found


def test_without_a_token_nothing_is_told_and_nothing_changes(here: House) -> None:
    before = state()
    for method, path in OPERATIONS:
        answer = Client().generic(method, "/api" + path.replace("{person_id}", "1").replace("{number}", "1"))
        assert refusal(answer) == (401, "token_missing")
        assert answer["WWW-Authenticate"] == "Bearer"
    assert state() == before


def test_a_revoked_token_opens_nothing(here: House, crm: Program) -> None:
    row, boss = ApiToken.objects.get(), Staff.objects.get()
    assert revoke_api_token(actor=acting(boss), token_id=row.pk, staff_id=None, now=datetime.now(UTC))
    before = state()
    assert refusal(crm.get("/people")) == UNKNOWN
    assert refusal(crm.ask("POST", f"/people/{here.mei}/notes", {"words": "x"})) == UNKNOWN
    assert state() == before


def test_a_token_that_ran_out_opens_nothing(here: House) -> None:
    boss, now = hire(Held("owner"), login="boss"), datetime.now(UTC)
    made = make_api_token(
        actor=acting(boss), staff_id=boss.pk, name="old", rights=["people.see"], now=now, expires_at=now - timedelta(1)
    )
    assert refusal(Program(made.secret, Client()).get("/people")) == UNKNOWN


def test_a_token_of_somebody_who_left_opens_nothing(crm: Program) -> None:
    Staff.objects.update(is_active=False)
    assert refusal(crm.get("/people")) == UNKNOWN


def test_a_token_may_not_more_than_its_maker_may_now(crm: Program) -> None:
    from tongpin.core.team.models import Grant

    Grant.objects.update(role="analyst")
    assert crm.get("/people").status_code == 200
    assert refusal(crm.ask("POST", "/people", {"nickname": "x"})) == (403, "right_missing")


def test_a_token_of_another_right_opens_nothing_and_changes_nothing(here: House) -> None:
    one = program("goods.see")
    before = state()
    assert everywhere(one, here) == {(403, "right_missing")}
    assert state() == before


def test_a_refusal_names_the_rights_that_lack(here: House) -> None:
    answer = program("people.see").ask("POST", "/people", {"nickname": "x"})
    assert answer.json() == {"code": "right_missing", "message": "this token lacks a right: people.edit", "faults": []}


def test_the_ledger_is_not_followed_with_a_token_of_some_communities(tea_crm: Program) -> None:
    assert refusal(tea_crm.get("/facts")) == (403, "right_missing")


def test_a_program_that_asks_too_fast_is_told_to_wait(crm: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.meter, "_clock", lambda: 5.0)
    answers = [crm.get("/facts/end") for _ in range(door.meter.most + 1)]
    assert [one.status_code for one in answers] == [200] * door.meter.most + [429]
    assert (refusal(answers[-1]), answers[-1]["Retry-After"]) == ((429, "too_fast"), "1")


def test_guessing_tokens_shuts_the_door_for_guesses_only(crm: Program) -> None:
    guess = Program("tpa_guessed", Client())
    assert {refusal(guess.get("/people")) for _ in range(20)} == {UNKNOWN}
    shut = guess.get("/people")
    assert refusal(shut) == (429, "too_many_tries")
    assert 0 < int(shut["Retry-After"]) <= 900
    assert crm.get("/people").status_code == 200


def test_a_parameter_that_is_misspelt_or_said_twice_is_refused(crm: Program) -> None:
    assert refusal(crm.get("/people", tags="1")) == (422, "parameter_unknown")
    assert refusal(crm.get("/people?limit=1&limit=2")) == (422, "parameter_repeated")


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("text/plain", b'{"search": "x"}', (415, "kind_of_body")),
        ("application/x-www-form-urlencoded", b"search=x", (415, "kind_of_body")),
        ("application/json", b'{"search": "' + b"x" * 2_600_000 + b'"}', (413, "too_large")),
        ("application/json", b"{", (400, "not_understood")),
        ("application/json", b"\xff\xfe", (400, "not_understood")),
        ("application/json", b"[" * 100_000, (400, "not_understood")),
        ("application/json", b'{"search": NaN}', (422, "not_valid")),
        ("application/json", b'{"search": "\\ud800"}', (422, "not_valid")),
        ("application/json", b'{"search": "\\u0000"}', (422, "not_valid")),
        ("application/json", b"[]", (422, "not_valid")),
        ("application/json", b"", (422, "not_valid")),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(crm: Program, kind: str, body: bytes, told: tuple[int, str]) -> None:
    head = {"authorization": f"Bearer {crm.secret}"}
    answer = crm.client.generic("POST", "/api/people/search", body, content_type=kind, headers=head)
    assert refusal(answer) == told


def test_a_file_that_is_too_large_is_refused_before_it_is_read(crm: Program, settings: Any) -> None:
    settings.IMPORT_LIMIT_MB = 0
    assert refusal(crm.put_file("a.csv", b"x" * 200_000)) == (413, "file_too_large")


def test_an_address_without_anything_is_a_problem_too(crm: Program) -> None:
    assert refusal(crm.get("/nothing/here")) == (404, "not_found")
    assert refusal(crm.ask("POST", "/nothing/here", {})) == (404, "not_found")
    assert refusal(Client().get("/api/nothing")) == (401, "token_missing")


def test_nobody_on_the_way_keeps_an_answer(crm: Program, here: House) -> None:
    for answer in (
        crm.get("/people"),
        crm.get(f"/people/{here.mei}"),
        crm.get("/nothing"),
        Client().get("/api/people"),
    ):
        assert answer["Cache-Control"] == "private, no-store"


def test_the_description_is_served_as_it_stands_in_docs(client: Client, db: None) -> None:
    assert client.get("/api/openapi.json").json() == DESCRIBED
