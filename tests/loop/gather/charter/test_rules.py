"""What a charter must hold."""

from __future__ import annotations

import pytest

from tongpin.loop.gather.charter.rules import ROLES, Charter, wrong_with


@pytest.mark.parametrize(
    ("charter", "reason"),
    [
        (Charter(rules=("不发广告",), roles=ROLES, rituals=("周日晚读",) * 20), None),
        (Charter(rules=()), "no_rule"),
        (Charter(rules=("x",) * 41), "too_many_rules"),
        (Charter(rules=("x",), content_sources=("y",) * 21), "too_many_lines"),
        (Charter(rules=("x",), roles=("king",)), "strange_role"),
        (Charter(rules=("x",), roles=("creator", "creator")), "strange_role"),
    ],
)
def test_a_charter_has_a_rule_and_known_roles_and_can_be_read(charter: Charter, reason: str | None) -> None:
    assert wrong_with(charter) == reason
