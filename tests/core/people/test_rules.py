"""Decisions on plain values."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.people.rule_language import BadRule, Both, Condition, Not, conditions, read_rule
from tongpin.core.people.rules import (
    BadLifeFact,
    ConsentHeld,
    Ground,
    Side,
    display_name,
    grounds_from_json,
    joined_grounds,
    life_value,
    mask_life,
    masked_contact,
    may_contact,
    settle,
    touchpoints,
)

T = datetime(2026, 1, 1, tzinfo=UTC)


def said(person: int, basis: str, given: int, ended: int | None = None, channel: str = "any") -> ConsentHeld:
    ends = None if ended is None else T + timedelta(days=ended)
    return ConsentHeld(person, channel, basis, T + timedelta(days=given), ends)


@pytest.mark.parametrize(
    ("held", "channel", "allowed"),
    [
        ([], "wecom", False),
        ([said(1, "asked", 0)], "wecom", True),
        ([said(1, "asked", 0, channel="sms")], "wecom", False),
        ([said(1, "asked", 0, channel="sms")], "any", True),
        ([said(1, "asked", 0, 1)], "wecom", False),
        ([said(1, "asked", 0, 1), said(1, "asked", 2)], "wecom", True),
        ([said(1, "asked", 0, 1), said(1, "import_declared", 2)], "wecom", False),
        ([said(1, "refused", 0, 0, "sms"), said(1, "asked", 1)], "sms", True),
        ([said(1, "asked", 0), said(1, "refused", 1, 1, "sms")], "sms", False),
        ([said(1, "asked", 0), said(1, "refused", 1, 1, "sms")], "wecom", True),
        ([said(1, "asked", 0), said(1, "refused", 1, 1, "sms")], "any", True),
        ([said(1, "asked", 0, 1), said(1, "asked", 2, channel="sms")], "sms", True),
    ],
)
def test_a_no_stands_until_the_person_says_yes_again(held: list[ConsentHeld], channel: str, allowed: bool) -> None:
    assert may_contact(held, channel=channel, merged_at=None) is allowed


def test_the_no_of_a_merged_record_is_undone_only_by_a_yes_after_the_merge() -> None:
    held = [said(1, "asked", 5), said(2, "asked", 0, 1)]
    assert may_contact(held, channel="sms", merged_at=T + timedelta(days=9)) is False
    assert may_contact([*held, said(1, "asked", 10)], channel="sms", merged_at=T + timedelta(days=9)) is True


@pytest.mark.parametrize(
    ("a", "b", "trusted", "deed"),
    [
        (Side(1, True), Side(1, True), True, ("nothing", 1, 1)),
        (Side(1, True), Side(2, False), True, ("merge", 1, 2)),
        (Side(1, False), Side(2, True), True, ("merge", 2, 1)),
        (Side(1, False), Side(2, True), False, ("suggest", 1, 2)),
        (Side(1, True), Side(2, True), True, ("suggest", 1, 2)),
        (Side(1, False), Side(2, False), True, ("suggest", 1, 2)),
    ],
)
def test_only_a_nameless_record_joins_by_itself(a: Side, b: Side, trusted: bool, deed: tuple[str, int, int]) -> None:
    assert settle(a, b, trusted=trusted) == deed


def test_a_person_is_called_by_nickname_then_masked_name_then_masked_sign() -> None:
    assert display_name([("", "林**"), ("小美", "")], ["138****5678"]) == "小美"
    assert display_name([("", "林**")], ["138****5678"]) == "林**"
    assert display_name([("", "")], ["138****5678"]) == "138****5678"
    assert display_name([("", "")], []) == ""


def test_touchpoints_come_from_identities_and_places() -> None:
    held = [("openid", "wx1"), ("openid", "mini:wx2"), ("phone", ""), ("device", "key:1"), ("openid", "shop:3")]
    assert touchpoints(held, ["group", "venue"]) == ("phone", "official_account", "mini_app", "group", "shop")


def test_a_sure_phone_is_shown_before_one_that_was_only_told() -> None:
    assert masked_contact([("mail", "l***@a.cn")], [("masked_phone", "138****0000")]) == "l***@a.cn"
    assert masked_contact([], [("masked_phone", "138****0000")]) == "138****0000"


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("birthday", "1990-05-20", "05-**"),
        ("birthday", "05-20", "05-**"),
        ("child_birth_month", "2024-07", "2024-07"),
        ("address", "上海市徐汇区漕溪北路 88 号", "上海市徐汇区…"),
        ("gender", "female", "female"),
    ],
)
def test_life_facts_are_checked_and_masked(kind: str, value: str, masked: str) -> None:
    assert mask_life(kind, life_value(kind, value)) == masked


@pytest.mark.parametrize(
    ("kind", "value"), [("birthday", "1990-02-30"), ("child_birth_month", "2024-13"), ("gender", "?"), ("x", "y")]
)
def test_a_life_fact_that_cannot_be_is_refused(kind: str, value: str) -> None:
    with pytest.raises(BadLifeFact):
        life_value(kind, value)


def test_reasons_survive_being_stored_and_are_joined_once() -> None:
    grounds = (Ground("name_same", True, 12.5), Ground("phone_mask_fits", True, 16.0, ("head_3", "tail_4")))
    assert grounds_from_json([g.as_json() for g in grounds]) == grounds
    assert joined_grounds(grounds, grounds) == (grounds[1], grounds[0])
    assert grounds[1].short == "phone_mask_fits:head_3:tail_4"


def test_a_rule_is_read_as_it_is_written() -> None:
    stored = {
        "all": [["orders", "at_least", 3], {"not": ["identity", "held", "phone"]}, ["nickname", "contains", "妈妈"]]
    }
    assert read_rule(stored) == Both(
        (
            Condition("orders", "at_least", 3),
            Not(Condition("identity", "held", "phone")),
            Condition("nickname", "contains", "妈妈"),
        ),
        True,
    )


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "orders",
        {},
        {"all": []},
        {"some": [["orders", "at_least", 1]]},
        {"all": [["orders", "at_least", 1]], "any": []},
        ["orders", "at_least"],
        ["orders", "about", 1],
        ["orders", "at_least", "3"],
        ["orders", "at_least", -1],
        ["orders", "at_least", True],
        ["last_active", "before", "yesterday"],
        ["nickname", "contains", "！"],
        ["password", "is", "x"],
        {"not": {"not": {"not": {"not": {"not": ["orders", "at_least", 1]}}}}},
        {"all": [["orders", "at_least", 1]] * 21},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_a_reason(stored: object) -> None:
    with pytest.raises(BadRule) as refused:
        read_rule(stored)
    assert str(refused.value)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=4)
                    | st.dictionaries(st.sampled_from(["all", "any", "not", "x"]), x, max_size=2), max_leaves=12))  # fmt: skip
def test_any_json_is_either_a_rule_or_refused(stored: object) -> None:
    with suppress(BadRule):
        assert list(conditions(read_rule(stored)))
