"""Reading foreign JSON by a mapping: no database, every branch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.intake.meanings import (
    DEEP,
    FIELDS,
    LONGEST,
    MEANINGS,
    BadMapping,
    Heard,
    OrderHeard,
    Unusable,
    check_mapping,
    flat,
    is_weak,
    read,
    things_in,
)
from tongpin.core.people.signs import Sign

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def heard(content: Any, mapping: dict[str, str]) -> Heard:
    return read(
        flat(content), mapping, own_scope="hook:3", shop_scope="shop:9", received_at=NOW, zone=ZoneInfo("Asia/Shanghai")
    )


def fault_of(content: Any, mapping: dict[str, str]) -> tuple[str, str]:
    with pytest.raises(Unusable) as caught:
        heard(content, mapping)
    return caught.value.fault, caught.value.field


def test_nested_json_becomes_flat_fields() -> None:
    content = {"a": {"b": [{"c": 1}, {"c": "二"}]}, "d": True, "e": None, "f": "  ", "g": 1.5, "h": {}}
    assert flat(content) == {"a.b.0.c": "1", "a.b.1.c": "二", "d": "True", "g": "1.5"}


def test_json_within_a_text_is_opened() -> None:
    inside = '{"trade": {"tid": "E1", "list": [1, 2]}}'
    assert flat({"msg": inside, "sum": "{5}"}) == {
        "msg.trade.tid": "E1",
        "msg.trade.list.0": "1",
        "msg.trade.list.1": "2",
        "sum": "{5}",
    }


def test_what_cannot_be_stored_is_taken_out_of_texts() -> None:
    assert flat({"a\x00b": "林\x00晚\ud800"}) == {"ab": "林晚"}


def test_flat_fields_are_bounded() -> None:
    deep: Any = "end"
    for _ in range(50):
        deep = {"x": deep}
    assert flat({"deep": deep}) == {}
    many = flat({str(n): "v" * 9999 for n in range(900)})
    assert (len(many), max(map(len, many.values()))) == (FIELDS, LONGEST)
    assert DEEP < 50


@given(JSON)
def test_whatever_json_comes_its_fields_can_be_stored(content: Any) -> None:
    for path, value in flat(content).items():
        assert "\x00" not in path + value
        assert value == value.strip() != ""
        msgspec.json.encode({path: value})


def test_a_list_of_objects_is_as_many_happenings() -> None:
    assert things_in([{"a": 1}, {"a": 2}]) == [{"a": 1}, {"a": 2}]
    assert things_in({"a": [1, 2]}) == [{"a": [1, 2]}]
    assert things_in([1, 2]) == [[1, 2]]
    assert things_in([]) == [[]]
    with pytest.raises(Unusable, match="too_many"):
        things_in([{}] * 501)


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        ({"a": "shoe_size"}, ("unknown_meaning", "shoe_size")),
        ({"a": "phone", "b": "phone"}, ("meant_twice", "phone")),
        ({"a": "nickname", "b": "keep"}, ("not_recognisable", "")),
        ({}, ("not_recognisable", "")),
        ({str(n): "keep" for n in range(FIELDS + 1)}, ("too_many", "")),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(mapping: dict[str, str], fault: tuple[str, str]) -> None:
    with pytest.raises(BadMapping) as caught:
        check_mapping(mapping)
    assert (caught.value.fault, caught.value.meaning) == fault


def test_a_mapping_drops_what_means_nothing_and_may_keep_many() -> None:
    given_mapping = {"a": "phone", "b": "keep", "c": "keep", "d": ""}
    assert check_mapping(given_mapping) == {"a": "phone", "b": "keep", "c": "keep"}
    assert check_mapping({str(i): m for i, m in enumerate(MEANINGS)}) == {str(i): m for i, m in enumerate(MEANINGS)}


def test_a_form_is_read_whole() -> None:
    content = {
        "serial": 17, "at": "2026-11-20 09:30:00", "tel": "138-1234-5678", "box": "Lin@Example.com", "nick": "晚晚",
        "who": "林晚", "lives": "浙江省杭州市西湖区文三路 1 号", "born": "1990-05-20", "label": "  团长 ", "why": "朋友介绍",
    }  # fmt: skip
    mapping = {
        "serial": "message_id", "at": "happened_at", "tel": "phone", "box": "mail", "nick": "nickname", "who": "name",
        "lives": "address", "born": "birthday", "label": "tag", "why": "keep",
    }  # fmt: skip
    assert heard(content, mapping) == Heard(
        message="17",
        at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
        signs=(Sign("phone", "", "+8613812345678"), Sign("mail", "", "lin@example.com")),
        nickname="晚晚",
        name="林晚",
        life=(("address", "浙江省杭州市西湖区文三路 1 号"), ("birthday", "1990-05-20")),
        tag="团长",
        kept=(("why", "朋友介绍"),),
    )


def test_an_order_is_read_whole() -> None:
    content = {"data": {"tid": "E100", "buyer": "o9", "total": "¥1,289.00", "paid": 128900, "t": 1763956800, "n": "2"}}
    mapping = {
        "data.tid": "order_number", "data.buyer": "openid", "data.total": "payable_yuan", "data.paid": "paid_fen",
        "data.t": "paid_at", "data.n": "quantity",
    }  # fmt: skip
    assert heard(content, mapping) == Heard(
        message=heard(content, mapping).message,
        at=NOW,
        signs=(Sign("openid", "shop:9", "o9"),),
        order=OrderHeard("E100", 128900, 128900, datetime(2025, 11, 24, 4, 0, tzinfo=UTC), True, "", 2),
    )


def test_the_senders_own_numbers_and_a_shops_accounts_lie_in_different_scopes() -> None:
    found = heard({"a": "u1", "b": "acc"}, {"a": "custom", "b": "shop_account"})
    assert set(found.signs) == {Sign("custom", "hook:3", "u1"), Sign("shop_account", "shop:9", "acc")}


def test_an_unpaid_order_is_not_paid_whatever_sum_it_names() -> None:
    mapping = {"o": "order_number", "p": "paid_yuan", "t": "paid_at"}
    unpaid = heard({"o": "1", "p": "89.00", "t": ""}, mapping).order
    assert unpaid == OrderHeard("1")
    never = heard({"o": "1", "p": "89.00", "t": "0000-00-00 00:00:00"}, mapping).order
    assert never == OrderHeard("1")
    assert heard({"o": "1", "p": "0.00"}, {"o": "order_number", "p": "paid_yuan"}).order == OrderHeard("1")


def test_an_order_that_says_when_it_was_paid_is_paid_even_for_nothing() -> None:
    mapping = {"o": "order_number", "p": "paid_yuan", "t": "paid_at"}
    at = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert heard({"o": "1", "p": "0", "t": "2026-11-22"}, mapping).order == OrderHeard("1", None, 0, at, True)
    assert heard({"o": "1", "t": "2026-11-22"}, mapping).order == OrderHeard("1", None, None, at, True)


def test_a_masked_phone_never_becomes_a_key() -> None:
    found = heard({"p": "138****5678", "n": "林*", "o": "E1"}, {"p": "phone", "n": "name", "o": "order_number"})
    assert found.signs == (Sign("order", "shop:9", "E1"),)
    assert found.traits == (("masked_phone", "138****5678"), ("masked_name", "林*"))
    assert found.name == ""
    assert is_weak(found)


def test_somebody_without_an_identity_hangs_on_the_happening_itself() -> None:
    found = heard({"id": "7", "n": "林晚"}, {"id": "message_id", "n": "name"})
    assert found.signs == (Sign("sheet_row", "hook:3", "7"),)
    assert is_weak(found)


def test_a_happening_without_anybody_is_nobodys() -> None:
    found = heard({"id": "7", "k": "x"}, {"id": "message_id", "k": "keep"})
    assert (found.signs, is_weak(found)) == ((), False)


def test_without_a_message_id_the_content_says_whether_it_is_the_same() -> None:
    mapping = {"p": "phone", "k": "keep"}
    one = heard({"p": "13812345678", "k": "x"}, mapping)
    assert one.message == heard({"k": "x", "p": "13812345678"}, mapping).message
    assert one.message != heard({"p": "13812345678", "k": "y"}, mapping).message
    assert len(one.message) == 32


@pytest.mark.parametrize(
    ("content", "mapping", "fault"),
    [
        ({"x": "1"}, {"p": "phone"}, ("empty", "")),
        ({"p": "12"}, {"p": "phone"}, ("identity_unreadable", "phone")),
        ({"p": "not mail"}, {"p": "mail"}, ("identity_unreadable", "mail")),
        ({"i": "1", "p": "soon"}, {"i": "message_id", "p": "happened_at"}, ("time_unreadable", "happened_at")),
        ({"i": "1", "p": "03/04/2026"}, {"i": "message_id", "p": "happened_at"}, ("time_unreadable", "happened_at")),
        ({"i": "1", "p": "1991-01-01"}, {"i": "message_id", "p": "happened_at"}, ("time_far_off", "happened_at")),
        ({"i": "1", "p": "2026-11-24"}, {"i": "message_id", "p": "happened_at"}, ("time_far_off", "happened_at")),
        ({"i": "1", "p": "9" * 400}, {"i": "message_id", "p": "happened_at"}, ("time_unreadable", "happened_at")),
        ({"i": "1", "p": "8.9"}, {"i": "order_number", "p": "paid_fen"}, ("amount_unreadable", "paid_fen")),
        ({"i": "1", "p": "-5"}, {"i": "order_number", "p": "paid_fen"}, ("amount_unreadable", "paid_fen")),
        ({"i": "1", "p": "٣"}, {"i": "order_number", "p": "paid_fen"}, ("amount_unreadable", "paid_fen")),
        ({"i": "1", "p": "9" * 30}, {"i": "order_number", "p": "paid_fen"}, ("amount_unreadable", "paid_fen")),
        ({"i": "1", "p": "-5.00"}, {"i": "order_number", "p": "paid_yuan"}, ("amount_unreadable", "paid_yuan")),
        ({"i": "1", "p": "1e9"}, {"i": "order_number", "p": "paid_yuan"}, ("amount_unreadable", "paid_yuan")),
        ({"i": "1", "p": "1.234"}, {"i": "order_number", "p": "payable_yuan"}, ("amount_unreadable", "payable_yuan")),
        ({"i": "1", "p": "half"}, {"i": "order_number", "p": "quantity"}, ("quantity_unreadable", "quantity")),
        ({"i": "1", "p": "1.5"}, {"i": "order_number", "p": "quantity"}, ("quantity_unreadable", "quantity")),
        ({"i": "1", "p": "0"}, {"i": "order_number", "p": "quantity"}, ("quantity_unreadable", "quantity")),
        ({"i": "1", "p": "spring"}, {"i": "message_id", "p": "birthday"}, ("birthday_unreadable", "birthday")),
    ],
)
def test_what_cannot_be_read_says_where_it_lies(content: Any, mapping: dict[str, str], fault: tuple[str, str]) -> None:
    assert fault_of(content, mapping) == fault


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(Unusable) as caught:
        heard({"p": "13812345678 extra"}, {"p": "phone"})
    assert "138" not in str(caught.value)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.text(max_size=40)), st.permutations(MEANINGS))
def test_whatever_is_posted_is_read_or_refused_in_words(values: dict[str, str], meanings: list[str]) -> None:
    mapping = dict(zip("abcd", meanings, strict=False))
    try:
        found = heard(values, mapping)
    except Unusable:
        return
    assert found.message
    assert found.at <= NOW.replace(day=24)
