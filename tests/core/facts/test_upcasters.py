"""Old bodies are read with today's words."""

from __future__ import annotations

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.upcasters import UPCASTERS, Body, upcast


def yuan_to_fen(body: Body) -> Body:
    body["amount_fen"] = round(body.pop("yuan") * 100)
    return body


def one_reason_to_many(body: Body) -> Body:
    body["reasons"] = [body.pop("reason")]
    return body


MADE = {("made.told", 1): yuan_to_fen, ("made.told", 2): one_reason_to_many}


def test_a_body_of_a_made_up_first_version_is_brought_up_step_by_step() -> None:
    old = {"yuan": 89.0, "reason": "late"}
    assert upcast("made.told", 1, old, registry=MADE) == (3, {"amount_fen": 8900, "reasons": ["late"]})
    assert old == {"yuan": 89.0, "reason": "late"}


def test_a_body_of_the_second_version_takes_the_second_step_only() -> None:
    assert upcast("made.told", 2, {"amount_fen": 1, "reason": "late"}, registry=MADE) == (
        3,
        {"amount_fen": 1, "reasons": ["late"]},
    )


def test_todays_and_later_versions_and_unknown_kinds_stay_as_they_are() -> None:
    told = {"order": "A1"}
    assert upcast("made.told", 3, told, registry=MADE) == (3, told)
    assert upcast("made.told", 9, told, registry=MADE) == (9, told)
    assert upcast("order.received", 1, told) == (1, told)


def test_every_word_above_its_first_version_has_the_steps_that_lead_there() -> None:
    for kind, cls in CATALOGUE.items():
        assert {old for name, old in UPCASTERS if name == kind} == set(range(1, cls.version))
    assert {kind for kind, _ in UPCASTERS} <= set(CATALOGUE)
