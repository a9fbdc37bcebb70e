"""Imports by API: put a file in, say what it is, start, look, cancel, take back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from tests.core.people.cast import read_all
from tests.web.api.asking import House, Program, program, refusal, state, turn, wrong_at
from tongpin.core.intake import jobs
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import OUTCOMES
from tongpin.core.people.models import Person
from tongpin.core.team.models import AuditLine
from tongpin.web.api.imports import RowOutcome, State

FILE = "昵称,手机号\n小明,13900000001\n小美,13800000001\n小坏,12\n".encode()
NOTHING = dict.fromkeys(("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages"), 0)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.IMPORTS = tmp_path / "imports"


def put(crm: Program, **fields: Any) -> int:
    answer = crm.put_file("customers.csv", FILE, **fields)
    assert answer.status_code == 201
    return int(answer.json()["file"]["id"])


def brought(crm: Program) -> int:
    """An import that ran."""
    number = put(crm)
    assert crm.ask("POST", f"/imports/{number}/describe", {"shop_name": "茶铺"}).json()["needs"] == []
    assert crm.ask("POST", f"/imports/{number}/start").json()["state"] == "queued"
    jobs.run(batch_id=number)
    read_all()
    return number


def test_a_file_is_put_in_and_recognised(crm: Program) -> None:
    answer = crm.put_file("a/b/customers.csv", FILE)
    told = answer.json()
    number, by = told["file"]["id"], told["file"]["by"]
    assert by.startswith("token:")
    assert {**told, "file": {**told["file"], "uploaded_at": ""}} == {
        "file": {
            "id": number, "file_name": "customers.csv", "size": len(FILE), "state": "uploaded", "kind": "customers",
            "layout": "", "shop_name": "", "place_name": "", "community_id": None, "consent_basis": "", "progress": 0.0,
            "problem": "", "by": by, "uploaded_at": "", "started_at": None, "finished_at": None, "taken_back_at": None,
            "take_back_until": None, **NOTHING, "reasons": {},
        },
        "confidence": 0.9,
        "importable": True,
        "reason": "",
        "needs": ["shop"],
    }  # fmt: skip
    assert crm.get(f"/imports/{number}").json() == told["file"]
    assert crm.get("/imports").json() == {"imports": [told["file"]], "next": None}


def test_an_import_goes_from_file_to_people_and_back(here: House, crm: Program) -> None:
    number = brought(crm)
    told = crm.get(f"/imports/{number}").json()
    counts = ("rows", "new", "rejected", "people")
    assert (told["state"], told["progress"], [told[name] for name in counts]) == ("done", 1.0, [3, 3, 0, 2])
    rows = crm.get(f"/imports/{number}/rows").json()["rows"]
    first, last = Person.objects.filter(via=f"import:{number}").order_by("pk").values_list("pk", flat=True)
    assert [(one["row"], one["outcome"], one["person"]) for one in rows] == [
        (2, "new", first),
        (3, "new", here.mei),
        (4, "new", last),
    ]
    assert "1390000" not in crm.get(f"/imports/{number}/rows").text
    assert [one["row"] for one in crm.get(f"/imports/{number}/rows", outcome="rejected").json()["rows"]] == []
    assert turn(lambda **asked: crm.get(f"/imports/{number}/rows", **asked), "rows", limit=1) == rows
    back = crm.ask("POST", f"/imports/{number}/take-back")
    assert (back.status_code, back.json()["state"]) == (202, "taken_back")
    assert refusal(crm.ask("POST", f"/imports/{number}/take-back")) == (409, "import_not_now")
    actions = list(
        AuditLine.objects.filter(action__startswith="import.").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["import.run", "import.taken_back"]


def test_rows_name_nobody_whom_the_token_may_not_see(here: House, crm: Program) -> None:
    number = brought(crm)
    rows = program("import.see").get(f"/imports/{number}/rows").json()["rows"]
    assert {one["person"] for one in rows} == {None}


def test_a_file_that_lacks_something_is_not_started(crm: Program) -> None:
    number = put(crm)
    before = state()
    answer = crm.ask("POST", f"/imports/{number}/start")
    assert (refusal(answer), "describe" in answer.json()["message"]) == ((409, "import_not_ready"), True)
    assert state() == before


def test_an_import_is_started_once(crm: Program) -> None:
    number = put(crm)
    crm.ask("POST", f"/imports/{number}/describe", {"shop_name": "茶铺"})
    assert crm.ask("POST", f"/imports/{number}/start").status_code == 202
    before = state()
    assert refusal(crm.ask("POST", f"/imports/{number}/start")) == (409, "import_begun")
    assert refusal(crm.ask("POST", f"/imports/{number}/describe", {"shop_name": "x"})) == (409, "import_not_now")
    assert state() == before
    assert crm.ask("POST", f"/imports/{number}/cancel").json()["state"] == "cancelled"
    assert refusal(crm.ask("POST", f"/imports/{number}/cancel")) == (409, "import_not_now")


@pytest.mark.parametrize("mapping", [{"没有这列": "phone"}, {"手机号": "bird"}])
def test_a_mapping_that_fits_nothing_is_named(crm: Program, mapping: dict[str, str]) -> None:
    answer = crm.ask("POST", f"/imports/{put(crm)}/describe", {"mapping": mapping})
    assert refusal(answer) == (422, "mapping_unusable")
    assert answer.json()["faults"][0]["where"].startswith("body.mapping.")


def test_what_cannot_be_used_is_named(crm: Program) -> None:
    number = put(crm)
    assert wrong_at(crm.ask("POST", f"/imports/{number}/describe", {"kind": "moon"})) == ["body.kind"]
    assert wrong_at(crm.ask("POST", f"/imports/{number}/describe", {"header_row": -1})) == ["body.header_row"]
    assert wrong_at(crm.client.post("/api/imports", {}, headers={"authorization": f"Bearer {crm.secret}"})) == [
        "file.file"
    ]
    assert refusal(crm.put_file("a.csv", FILE, community=999999)) == (422, "community_unknown")
    assert refusal(crm.ask("POST", "/imports", {"file": "x"})) == (415, "kind_of_body")
    assert wrong_at(crm.get("/imports", heap="moon")) == ["query.heap"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"%PDF-1.4", b"\xff" * 1000])
def test_a_file_that_is_no_table_is_told_so(crm: Program, content: bytes) -> None:
    answer = crm.put_file("x.xlsx", content)
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        told = answer.json()
        assert (told["importable"], bool(told["reason"])) == (False, True)
        assert refusal(crm.ask("POST", f"/imports/{told['file']['id']}/start")) == (409, "import_not_ready")


def test_imports_of_other_communities_are_not_there(here: House, crm: Program, tea_crm: Program) -> None:
    number, own = put(crm, community=here.run), put(tea_crm, community=here.tea)
    before = state()
    assert [one["id"] for one in tea_crm.get("/imports").json()["imports"]] == [own]
    for method, what in (
        ("GET", ""),
        ("GET", "/rows"),
        ("POST", "/start"),
        ("POST", "/cancel"),
        ("POST", "/take-back"),
    ):
        assert refusal(tea_crm.ask(method, f"/imports/{number}{what}")) == (404, "not_found")
    assert refusal(tea_crm.ask("POST", f"/imports/{number}/describe", {})) == (404, "not_found")
    assert refusal(tea_crm.put_file("a.csv", FILE)) == (422, "community_needed")
    assert refusal(tea_crm.put_file("a.csv", FILE, community=here.run)) == (422, "community_unknown")
    assert refusal(tea_crm.ask("POST", f"/imports/{own}/describe", {})) == (422, "community_needed")
    assert state() == before


def test_imports_are_turned_without_gap_or_double_while_more_come(crm: Program) -> None:
    wanted = [put(crm) for _ in range(4)][::-1]

    def ask(**asked: Any) -> Any:
        answer = crm.get("/imports", **asked)
        put(crm)
        return answer

    assert [one["id"] for one in turn(ask, "imports", limit=1, heap="open")][: len(wanted)] == wanted
    assert len(Batch.objects.all()) >= len(wanted)


def test_what_the_description_names_is_what_there_is() -> None:
    assert set(get_args(State)) == set(Batch.State.values)
    assert set(get_args(RowOutcome)) == set(OUTCOMES)
