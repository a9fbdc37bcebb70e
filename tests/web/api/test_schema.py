"""The API does what its description says, whatever is asked; the description is the file in docs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.web.api.asking import House, house, program
from tongpin.core.team.rules import RIGHTS
from tongpin.web.api import door, schema

FILE = Path(__file__).resolve().parents[3] / "docs" / "api.json"
DESCRIBED: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS = [(method.upper(), path) for path, methods in DESCRIBED["paths"].items() for method in methods]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 6


def test_the_file_in_docs_is_the_description() -> None:
    assert schema.main(["--check"]) == 0
    assert schema.text() == FILE.read_text(encoding="utf-8")


def test_a_stale_file_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schema, "FILE", tmp_path / "api.json")
    assert schema.main([]) == 1
    assert "--write" in capsys.readouterr().err
    assert schema.main(["--write"]) == 0
    assert schema.main(["--check"]) == 0


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DESCRIBED["paths"].items():
        for method, told in methods.items():
            yield f"{method.upper()} {path}", told


def test_every_operation_says_who_may_what_it_answers_and_what_it_is_called() -> None:
    wanted = {"400", "401", "403", "404", "409", "413", "415", "422", "429"}
    for name, told in operations():
        assert wanted <= set(told["responses"]), name
        assert told["x-rights"], name
        assert set(told["x-rights"]) <= set(RIGHTS), name
        assert told["security"] == [{"Token": []}], name
        assert told["description"], name
    names = [told["operationId"] for _, told in operations()]
    assert len(names) == len(set(names)) > 25


def test_every_parameter_has_bounds() -> None:
    loose = []
    for name, told in operations():
        for one in told.get("parameters", []):
            for shape in one["schema"].get("anyOf", [one["schema"]]):
                bounded = {
                    "integer": {"minimum", "maximum"} <= set(shape),
                    "string": "enum" in shape or "maxLength" in shape or "const" in shape,
                    "array": "maxItems" in shape,
                    "null": True,
                }
                if not bounded[shape["type"]]:
                    loose.append((name, one["name"], shape))
    assert loose == []


@pytest.fixture(scope="module")
def described() -> Any:
    """The description with the program behind it. Made once: each one made reads the program's whole source for words."""
    found = schemathesis.openapi.from_dict(json.loads(json.dumps(DESCRIBED)))
    found.app = get_wsgi_application()
    return found


@pytest.fixture
def asked(db: None, described: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str, House]]:
    monkeypatch.setattr(door.meter, "most", 10_000_000)
    people = house()
    # As Django's own test client does: the test's transaction must outlive each request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield described, program().secret, people
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_as_described(method: str, path: str, asked: tuple[Any, str, House]) -> None:
    described, secret, people = asked
    operation = described[path][method]
    takes_anything = bool(list(operation.iter_parameters()) or operation.body)
    # A form cannot say a list: what was meant as one arrives as the field repeated, and the last one counts.
    is_form = "multipart/form-data" in json.dumps(DESCRIBED["paths"][path][method.lower()].get("requestBody", {}))
    both = takes_anything and not is_form
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if both else (GenerationMode.POSITIVE,):
        ask_many(operation, mode, secret, people)


def ask_many(operation: Any, mode: GenerationMode, secret: str, people: House) -> None:
    extra = [checks.negative_data_rejection] if mode is GenerationMode.NEGATIVE else []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and "person_id" in (case.path_parameters or {}):
            case.path_parameters["person_id"] = people.mei
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=[*CHECKS, *extra])
            transaction.set_rollback(True)

    ask()
