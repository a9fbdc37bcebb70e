"""What the fields of a sample plainly mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.intake.meanings import MEANINGS, flat
from tongpin.core.intake.proposing import propose


def test_a_form_in_chinese() -> None:
    fields = {
        "姓名": "林小美",
        "手机号": "13911110001",
        "想参加哪一场": "周六",
        "提交时间": "2026-11-22 11:40",
        "_ip": "203.0.113.9",
    }
    assert propose(fields) == {
        "姓名": "name", "手机号": "phone", "想参加哪一场": "keep", "提交时间": "happened_at",
    }  # fmt: skip


def test_a_form_whose_fields_are_only_numbered_is_known_by_what_stands_there() -> None:
    content = {
        "entry": {"serial_number": 12, "field_1": "小美", "field_2": "13911110001", "field_3": "lin@example.com"}
    }
    assert propose(flat(content)) == {
        "entry.serial_number": "message_id", "entry.field_2": "phone", "entry.field_3": "mail",
    }  # fmt: skip


def test_a_shops_order() -> None:
    content = {
        "order": {"tid": "E2026", "payment": "89.00", "total_fee": "99.00", "pay_time": "2026-11-22 10:00:00"},
        "buyer": {"yz_open_id": "abc", "mobile": "13911110001", "nick": "小美"},
        "items": [{"title": "绘本月读盒", "num": 2}],
        "receiver": {"address": {"mobile": "13911110002"}},
    }
    assert propose(flat(content), kind="order") == {
        "order.tid": "order_number", "order.payment": "paid_yuan", "order.total_fee": "payable_yuan",
        "order.pay_time": "paid_at", "buyer.yz_open_id": "shop_account", "buyer.mobile": "phone",
        "buyer.nick": "nickname", "items.0.title": "product", "items.0.num": "quantity",
    }  # fmt: skip


def test_a_form_without_an_order_number_knows_no_money() -> None:
    assert propose({"mobile": "13911110001", "amount": "5", "quantity": "2"}) == {"mobile": "phone"}


def test_a_name_alone_is_not_believed() -> None:
    assert propose({"phone": "yes", "email": "later", "paid": "soon", "time": "evening"}, kind="order") == {}


@pytest.mark.parametrize("value", ["13911110001", "问 13911110001", "lin@example.com"])
def test_contact_data_is_never_kept_as_an_answer(value: str) -> None:
    assert "keep" not in propose({"推荐人手机": value, "手机": "13911110009"}).values()


NAMES = st.sampled_from(
    ["手机", "phone", "id", "tid", "name", "a.b.0.mail", "时间", "备注", "x", "paid", "items.3.title"]
)


@given(st.dictionaries(NAMES, st.text(max_size=20)), st.sampled_from(["form", "order"]))
def test_each_meaning_is_proposed_once(fields: dict[str, str], kind: str) -> None:
    proposed = propose(fields, kind=kind)
    meant = [meaning for meaning in proposed.values() if meaning != "keep"]
    assert len(meant) == len(set(meant))
    assert proposed.keys() <= fields.keys()
    assert set(meant) <= set(MEANINGS)
