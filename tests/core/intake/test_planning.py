"""What a row says: signs, facts with natural keys, things told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.ids import digest
from tongpin.channels.sheet.rows import BillRow, Buyer, CustomerRow, ItemRow, Line, OrderRow, VoucherRow
from tongpin.core.intake import planning
from tongpin.core.intake.planning import Plan, Planner, product_key, strong_signs
from tongpin.core.people.signs import Sign

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
AT = datetime(2026, 10, 22, 4, tzinfo=UTC)
MEI = Buyer(shop_account="mei88", phone="+8613800002716", name="林小美")


def planner() -> Planner:
    return Planner(shop=7, provider="wechat_pay", now=NOON)


def said(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(one.kind, one.body) for one in plan.sayings]


def item(row: int, *, number: str = "A1", key: str = "00ff00ff00ff00ff", **more: object) -> ItemRow:
    line = Line(key=key, title="绘本", quantity=2, unit_fen=900, amount_fen=1800)
    return ItemRow(row=row, order_key=number.lstrip("0"), order_number=number, line=line, at=AT, **more)  # type: ignore[arg-type]


def test_the_digest_is_that_of_the_ledgers_natural_key() -> None:
    plan = planner().plan(item(2, is_paid=True))
    assert [one.digest for one in plan.sayings] == [
        digest("order.placed", 7, "A1"),
        digest("order.paid", 7, "A1"),
        digest("order.item_added", 7, "A1", "00ff00ff00ff00ff", 1),
    ]
    assert plan.order_key == digest("order.placed", 7, "A1")
    assert plan.main == 2


def test_what_is_said_of_an_order_is_said_once_and_under_its_first_name() -> None:
    """The second row names it without the zeros."""
    one = planner()
    first, second = one.plan(item(2, number="0071")), one.plan(item(3, number="71"))
    assert [kind for kind, _ in said(first)] == ["order.placed", "order.item_added"]
    assert said(second) == [
        (
            "order.item_added",
            {
                "order": "0071",
                "line": "00ff00ff00ff00ff",
                "quantity": 2,
                "unit_fen": 900,
                "amount_fen": 1800,
                "occurrence": 2,
            },
        )
    ]


def test_forgetting_orders_says_their_facts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "ORDERS_KEPT", 2)
    one = planner()
    kinds = [[kind for kind, _ in said(one.plan(item(n, number=number)))] for n, number in enumerate("ABCA")]
    assert kinds == [["order.placed", "order.item_added"]] * 4


def test_an_order_with_all_its_moments_and_sums() -> None:
    row = OrderRow(
        row=2,
        key="A1",
        number="A1",
        buyer=MEI,
        status="done",
        is_paid=True,
        created_at=AT,
        paid_at=AT,
        shipped_at=AT,
        completed_at=NOON,
        payable_fen=9000,
        goods_fen=8900,
        postage_fen=100,
        paid_fen=9000,
        refund_fen=500,
        currency="CNY",
    )
    plan = planner().plan(row)
    assert said(plan) == [
        ("order.placed", {"order": "A1", "payable_fen": 9000, "goods_fen": 8900, "postage_fen": 100}),
        ("order.paid", {"order": "A1", "amount_fen": 9000}),
        ("order.shipped", {"order": "A1"}),
        ("order.received", {"order": "A1"}),
    ]
    assert (plan.main, plan.back) == (0, planning.Back("", 500, NOON))
    assert plan.signs == (Sign("phone", "", "+8613800002716"), Sign("shop_account", "shop:7", "mei88"))


def test_a_cancelled_order_is_not_received_whatever_ended_it() -> None:
    row = OrderRow(row=2, key="A1", number="A1", status="cancelled", created_at=AT, completed_at=NOON)
    assert [kind for kind, _ in said(planner().plan(row))] == ["order.placed", "order.cancelled"]


def test_a_repeated_order_row_says_nothing_and_is_no_empty_row() -> None:
    one, row = planner(), OrderRow(row=2, key="A1", number="A1", created_at=AT)
    one.plan(row)
    again = one.plan(row)
    assert (again.sayings, again.main) == ([], -1)


def test_orders_without_numbers_are_told_apart_by_content_and_count() -> None:
    one = planner()
    orders = [one.plan(OrderRow(row=n, key="~abc", created_at=AT)).order for n in (2, 3, 4)]
    assert orders == ["~abc", "~abc:2", "~abc:3"]


def test_a_line_tells_how_much_of_it_went_back_and_a_whole_refund_where_no_sum_is_told() -> None:
    one = planner()
    assert one.plan(item(2, refund_fen=300, is_paid=True)).back == planning.Back("00ff00ff00ff00ff", 300, AT)
    assert one.plan(item(3, refund_fen=300, is_paid=True)).back is None
    inferred = one.plan(item(4, key="11" * 8, refund_status="done", is_paid=True))
    assert (inferred.back, inferred.reason) == (planning.Back("11" * 8, 1800, AT), "nobody")


def test_a_return_is_one_whoever_brings_it() -> None:
    plan = planner().plan(item(2, is_return=True, is_paid=True))
    assert plan.reason == "return"
    assert [kind for kind, _ in said(plan)] == ["order.placed", "order.item_added"]
    assert plan.sayings[1].body["returned"] is True


def test_who_is_told_by_name_only_hangs_on_the_order() -> None:
    masked = Buyer(name="林*美", masked_phone="138****2716", province="浙江省", city="杭州市")
    plan = planner().plan(item(2, number="007", buyer=masked))
    assert plan.signs == (Sign("order", "shop:7", "7"),)
    assert plan.traits == (("masked_phone", "138****2716"), ("masked_name", "林*美"))
    assert (plan.name, plan.life) == ("", (("address", "浙江省杭州市"),))
    assert planner().plan(item(2, buyer=Buyer(province="浙江省"))).reason == "nobody"


def test_masked_values_are_never_exact_keys() -> None:
    buyer = Buyer(shop_account="m***8", phone="138****2716", mail="l***@example.com")
    assert strong_signs(buyer, "shop:7") == [Sign("mail", "", "l***@example.com")] or not strong_signs(
        Buyer(shop_account="m***8", phone="138****2716"), "shop:7"
    )


def test_a_customer_is_told_anew_only_under_another_name() -> None:
    row = CustomerRow(row=2, key="ab" * 16, buyer=MEI, order_count=3)
    plan = planner().plan(row)
    assert plan.again is not None
    assert (plan.sayings[0].body, plan.again.body["orders"]) == ({"row": "ab" * 16, "orders": 3}, 3)
    assert str(plan.again.body["row"]).startswith("ab" * 16 + "@")
    other = planner().plan(CustomerRow(row=2, key="ab" * 16, buyer=MEI, order_count=4))
    assert other.again is not None
    assert other.again.digest != plan.again.digest


def bill(row: int, **more: object) -> BillRow:
    held = {"key": "k", "at": AT, "amount_fen": 8900, "direction": "in", "merchant_order_number": "M1", **more}
    return BillRow(row=row, **held)  # type: ignore[arg-type]


def test_movements_of_a_bill_have_keys_of_their_own() -> None:
    one = planner()
    rows = [
        bill(2, transaction_number="T1"),
        bill(3, transaction_number="T1", refund_number="R1", direction="out", status="refunded"),
        bill(4, transaction_number="T1", direction="out", status="revoked"),
        bill(5),
        bill(6),
        bill(7, amount_fen=100),
    ]
    digests = [one.plan(row).sayings[0].digest for row in rows]
    assert len(set(digests)) == len(rows)
    assert planner().plan(bill(2, transaction_number="T1")).sayings[0].digest == digests[0]


def test_vouchers_with_hidden_digits_are_told_apart_by_the_rest() -> None:
    one = planner()
    used = VoucherRow(row=2, key="1***", code="1***", status="redeemed", redeemed_at=AT, price_fen=100)
    codes = [one.plan(used).sayings[0].body["voucher"], one.plan(used).sayings[0].body["voucher"]]
    other = VoucherRow(row=3, key="1***", code="1***", status="redeemed", redeemed_at=NOON, price_fen=100)
    assert len({*codes, one.plan(other).sayings[0].body["voucher"]}) == 3
    unused = one.plan(VoucherRow(row=4, key="2", code="2", status="unused"))
    assert (unused.sayings, unused.reason) == ([], "voucher_unused")


def test_a_product_is_named_by_its_number_else_by_its_title() -> None:
    assert product_key(Line(key="0", product_id="9", sku="s", title="绘本")) == "9/s"
    assert product_key(Line(key="0", sku="s", title="绘本")) == "s"
    assert product_key(Line(key="0", title="绘本", variant="大")) == "绘本/大"
    assert product_key(Line(key="0")) == ""
    assert len(product_key(Line(key="0", title="长" * 500))) == 190


@given(st.lists(st.integers(0, 40), max_size=200), st.integers(0, 200))
def test_planning_again_from_the_start_gives_the_same_keys(lines: list[int], cut: int) -> None:
    """What a restart relies on: equal lines anywhere in the file keep their numbers."""
    rows = [item(n, number=f"A{line % 5}", key=f"{line:016x}") for n, line in enumerate(lines)]
    whole, again = planner(), planner()
    first = [[one.digest for one in whole.plan(row).sayings] for row in rows]
    for row in rows[:cut]:
        again.plan(row)
    assert [[one.digest for one in again.plan(row).sayings] for row in rows[cut:]] == first[cut:]
    assert len({one for told in first for one in told}) == sum(map(len, first))
