"""Tables come in: every row ends in exactly one way, and the same facts told again are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.intake.sheets import bodies, bought, bring, facts, outcomes, resaved, table, told
from tongpin.core.people.models import Identity, LifeFact, Person, PersonAlias, PersonTag, Suggestion, Trait

pytestmark = pytest.mark.django_db

HEAD = [
    "订单编号",
    "买家会员名",
    "收货人",
    "手机号",
    "商品名称",
    "数量",
    "单价",
    "实付金额",
    "退款金额",
    "订单状态",
    "下单时间",
    "付款时间",
]
MEI = [
    "000123",
    "mei88",
    "林小美",
    "13800002716",
    "绘本盒",
    "1",
    "89.00",
    "89.00",
    "",
    "已付款",
    "2026-10-22 12:00:00",
    "2026-10-22 12:04:05",
]
QIANG = [
    "000124",
    "qiang",
    "陈强",
    "13900008041",
    "睡袋",
    "2",
    "84.00",
    "168.00",
    "",
    "交易成功",
    "2026-10-22 12:30:00",
    "2026-10-22 12:31:00",
]
SHOP = "乐乐绘本馆"


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


def with_(row: list[str], **cells: str) -> list[str]:
    """The same row with other cells."""
    names = {
        "number": 0,
        "account": 1,
        "name": 2,
        "phone": 3,
        "goods": 4,
        "price": 7,
        "refund": 8,
        "state": 9,
        "paid_at": 11,
    }
    made = list(row)
    for name, cell in cells.items():
        made[names[name]] = cell
    return made


def test_new_rows_and_the_same_again(noon: datetime) -> None:
    file = table(HEAD, MEI, QIANG, with_(QIANG, number="000125", price="八九"))
    batch = bring(file, at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new", "new", "rejected amount_unreadable"]
    assert told(batch.counts) == {"rows": 3, "new": 2, "rejected": 1, "people": 2, "orders": 2}
    assert facts() == {"person.met": 2, "order.placed": 2, "order.paid": 2, "order.item_added": 2, "order.received": 1}
    again = bring(file, at=noon, shop_name=SHOP)
    assert told(again.counts) == {"rows": 3, "known": 2, "rejected": 1}
    assert sum(facts().values()) == 9
    assert Person.objects.count() == 2


def test_a_spreadsheet_program_that_saved_it_again_makes_nothing_new(noon: datetime, tmp_path: Path) -> None:
    """The zeros of the number are gone, the phone is a float, the account that was digits is a number."""
    file = table(HEAD, with_(MEI, account="00417"), QIANG)
    bring(file, at=noon, shop_name=SHOP)
    before = facts()
    again = bring(resaved(file, folder=tmp_path), at=noon, shop_name=SHOP, name="a.xlsx")
    assert told(again.counts) == {"rows": 2, "known": 2}
    assert facts() == before
    assert (Person.objects.count(), Identity.objects.count()) == (2, 4)


def test_what_a_resaved_file_tells_new_is_said_of_the_same_order_and_person(noon: datetime, tmp_path: Path) -> None:
    bring(table(HEAD, with_(MEI, account="00417", phone="")), at=noon, shop_name=SHOP)
    later = table(HEAD, with_(MEI, account="00417", phone="", state="交易成功", refund="20.00"))
    batch = bring(resaved(later, folder=tmp_path), at=noon, shop_name=SHOP, name="a.xlsx")
    assert told(batch.counts) == {"rows": 1, "changed": 1}
    assert bought() == {"000123": (True, True, False, 1, 8900, 8900, 2000)}
    assert Person.objects.count() == 1


def test_a_later_export_tells_what_changed(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    done = bring(table(HEAD, with_(MEI, state="交易成功")), at=noon, shop_name=SHOP)
    assert outcomes(done) == ["changed"]
    assert bodies("order.received") == [{"order": "000123"}]


def test_refunds_told_as_totals_become_what_came_since(noon: datetime) -> None:
    for total in ("20.00", "50.00", "50.00", "30.00", "89.00"):
        bring(table(HEAD, with_(MEI, refund=total)), at=noon, shop_name=SHOP)
    assert [(one["refund"], one["amount_fen"]) for one in bodies("order.refunded")] == [
        ("upto:2000", 2000),
        ("upto:5000", 3000),
        ("upto:8900", 3900),
    ]
    assert bought()["000123"][-1] == 8900


def test_a_newer_export_before_an_older_one_counts_once(noon: datetime) -> None:
    bring(table(HEAD, with_(MEI, refund="50.00")), at=noon, shop_name=SHOP)
    older = bring(table(HEAD, with_(MEI, refund="20.00")), at=noon, shop_name=SHOP)
    assert outcomes(older) == ["known"]
    assert bought()["000123"][-1] == 5000


def test_an_order_that_was_cancelled_and_then_refunded(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    cancelled = bring(table(HEAD, with_(MEI, state="已取消")), at=noon, shop_name=SHOP)
    refunded = bring(table(HEAD, with_(MEI, state="已取消", refund="89.00")), at=noon, shop_name=SHOP)
    assert [outcomes(cancelled), outcomes(refunded)] == [["changed"], ["changed"]]
    assert bought() == {"000123": (True, True, True, 1, 8900, 8900, 8900)}
    assert not bodies("order.received")


def test_a_refund_whose_sum_is_not_told_is_the_whole_of_what_was_paid(noon: datetime) -> None:
    head = [*HEAD, "售后状态"]
    batch = bring(table(head, [*MEI, "退款成功"], [*QIANG, "售后处理中"]), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new refund_inferred", "new"]
    assert [(one["order"], one["amount_fen"]) for one in bodies("order.refunded")] == [("000123", 8900)]


def test_equal_lines_of_an_order_are_occurrences(noon: datetime) -> None:
    file = table(HEAD, QIANG, QIANG, with_(QIANG, goods="枕头"), QIANG)
    batch = bring(file, at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new"] * 4
    assert told(batch.counts) == {"rows": 4, "new": 4, "people": 1, "orders": 1}
    assert sorted(one.get("occurrence", 1) for one in bodies("order.item_added")) == [1, 1, 2, 3]
    assert len(bodies("order.paid")) == 1
    fewer = bring(table(HEAD, QIANG), at=noon, shop_name=SHOP)
    more = bring(table(HEAD, *[QIANG] * 4), at=noon, shop_name=SHOP)
    assert [outcomes(fewer), outcomes(more)] == [["known"], ["known", "known", "known", "new"]]


def test_lines_with_a_number_of_their_own_are_told_apart_by_it(noon: datetime) -> None:
    head = ["订单编号", "子订单编号", "商品名称", "数量", "单价", "下单时间"]
    row = ["A1", "1", "绘本", "1", "9.00", "2026-10-22 12:00:00"]
    file = table(head, row, ["A1", "2", *row[2:]], row)
    assert outcomes(bring(file, at=noon, shop_name=SHOP)) == ["new nobody", "new nobody", "known nobody"]


def test_an_order_without_any_sign_of_its_buyer_is_kept_as_nobodys(noon: datetime) -> None:
    batch = bring(table(HEAD, with_(MEI, account="", name="", phone="")), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new nobody"]
    assert told(batch.counts) == {"rows": 1, "new": 1, "orders": 1}
    assert bought() == {"000123": (False, True, False, 1, 8900, 8900, 0)}
    assert Person.objects.count() == 0


def test_a_later_export_that_names_the_buyer_gives_the_order_to_them(noon: datetime) -> None:
    bring(table(HEAD, with_(MEI, account="", name="", phone="")), at=noon, shop_name=SHOP)
    batch = bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["changed"]
    assert bodies("order.claimed") == [{"order": "000123", "proof": "export"}]
    assert bought()["000123"][0] is True
    assert told(bring(table(HEAD, MEI), at=noon, shop_name=SHOP).counts) == {"rows": 1, "known": 1}


def test_a_list_of_lines_after_a_list_of_orders_belongs_to_the_orders_buyers(noon: datetime) -> None:
    orders = ["订单编号", "买家会员名", "实付金额", "下单时间", "付款时间"]
    bring(
        table(orders, ["A1", "mei88", "18.00", "2026-10-22 12:00:00", "2026-10-22 12:01:00"]), at=noon, shop_name=SHOP
    )
    goods = ["订单编号", "商品名称", "数量", "单价"]
    batch = bring(table(goods, ["A1", "绘本", "2", "9.00"], ["A2", "贴纸", "1", "3.00"]), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new", "new nobody"]
    assert bought() == {
        "A1": (True, True, False, 1, 1800, 1800, 0),
        "A2": (False, True, False, 1, 300, None, 0),
    }


def test_a_masked_phone_is_a_trait_and_joins_nobody(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    masked = with_(QIANG, account="", name="", phone="138****2716")
    batch = bring(table(HEAD, masked), at=noon, shop_name="另一家店")
    assert outcomes(batch) == ["new"]
    assert list(Trait.objects.values_list("kind", "shown")) == [("masked_phone", "138****2716")]
    assert (Person.objects.count(), Suggestion.objects.count(), PersonAlias.objects.count()) == (2, 0, 0)
    assert (
        not Identity.objects.filter(shown__contains="****", kind="phone")
        .exclude(via="import:1")
        .filter(person=Trait.objects.get().person)
    )


def test_a_masked_phone_with_the_same_name_waits_for_a_human(noon: datetime) -> None:
    bring(table(HEAD, with_(MEI, name="欧阳小美")), at=noon, shop_name=SHOP)
    masked = with_(QIANG, number="000200", account="", name="欧阳小美", phone="138****2716")
    batch = bring(table(HEAD, masked, QIANG), at=noon, shop_name="另一家店")
    assert outcomes(batch) == ["waiting like_somebody", "new"]
    assert told(batch.counts) == {"rows": 2, "waiting": 1, "new": 1, "people": 2, "orders": 2}
    assert (Suggestion.objects.count(), PersonAlias.objects.count()) == (1, 0)
    assert told(bring(table(HEAD, masked, QIANG), at=noon, shop_name="另一家店").counts) == {"rows": 2, "known": 2}


def test_an_exact_phone_joins_across_shops_an_account_within_its_shop(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    other = table(HEAD, with_(MEI, account="mei_other"), with_(QIANG, account="mei88", phone=""))
    batch = bring(other, at=noon, shop_name="另一家店")
    assert told(batch.counts) == {"rows": 2, "new": 2, "people": 1, "orders": 2}
    mei = Person.objects.order_by("pk")[0]
    assert sorted(Identity.objects.filter(person=mei).values_list("kind", "shown")) == [
        ("phone", "138****2716"),
        ("shop_account", "mei88"),
        ("shop_account", "mei_other"),
    ]


def test_an_account_and_a_phone_of_two_known_people_wait_for_a_human(noon: datetime) -> None:
    bring(table(HEAD, with_(MEI, phone=""), with_(QIANG, account="")), at=noon, shop_name=SHOP)
    both = with_(MEI, number="000200", phone=QIANG[3])
    batch = bring(table(HEAD, both), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["waiting two_people"]
    assert (Suggestion.objects.count(), PersonAlias.objects.count()) == (1, 0)
    assert outcomes(bring(table(HEAD, both), at=noon, shop_name=SHOP)) == ["known"]


def test_an_export_with_whole_phones_after_a_masked_one_names_the_same_buyers(noon: datetime) -> None:
    masked = with_(MEI, account="", name="林*美", phone="138****2716")
    bring(table(HEAD, masked), at=noon, shop_name=SHOP)
    whole = bring(table(HEAD, with_(MEI, account="")), at=noon, shop_name=SHOP)
    assert outcomes(whole) == ["changed"]
    assert told(whole.counts) == {"rows": 1, "changed": 1}
    person = Person.objects.get()
    assert (person.identified, Identity.objects.filter(person=person, kind="phone").count()) == (True, 1)


CUSTOMERS = ["客户姓名", "客户手机号", "客户生日", "客户性别", "标签", "消费次数", "累计消费金额", "成为客户时间"]
LIN = ["林小美", "13800002716", "1990-05-12", "女", "老客,宝妈", "3", "267.00", "2024-01-02 10:00:00"]


def test_customers_with_tags_and_birthdays(noon: datetime) -> None:
    batch = bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP)
    assert (batch.kind, outcomes(batch)) == ("customers", ["new"])
    assert facts() == {"person.met": 1, "customer.told": 1, "tag.put": 2}
    assert sorted(LifeFact.objects.values_list("kind", "masked")) == [("birthday", "05-**"), ("gender", "female")]
    assert told(bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP).counts) == {"rows": 1, "known": 1}


def test_a_customer_whose_totals_or_tags_changed_is_told_anew(noon: datetime) -> None:
    bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP)
    more = [*LIN[:5], "4", "356.00", LIN[7]]
    assert outcomes(bring(table(CUSTOMERS, more), at=noon, shop_name=SHOP)) == ["changed"]
    assert [one["orders"] for one in bodies("customer.told")] == [3, 4]
    assert outcomes(bring(table(CUSTOMERS, more), at=noon, shop_name=SHOP)) == ["known"]
    tagged = [*more[:4], "老客,宝妈,海淀", *more[5:]]
    assert outcomes(bring(table(CUSTOMERS, tagged), at=noon, shop_name=SHOP)) == ["changed"]
    assert PersonTag.objects.count() == 3


def test_consent_is_asked_for_and_never_given_by_itself(noon: datetime) -> None:
    from tongpin.core.people.consents import may_contact, withdraw_consent
    from tongpin.core.people.models import Consent

    bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP)
    assert Consent.objects.count() == 0
    bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP, consent_basis="asked")
    person = Person.objects.get().pk
    assert may_contact(person_id=person, purpose="promotion", channel="phone")
    assert len(bodies("consent.given")) == 2
    withdraw_consent(person_id=person, purpose="promotion", channel="any", actor="staff:1", at=noon)
    bring(table(CUSTOMERS, LIN), at=noon + timedelta(days=1), shop_name=SHOP, consent_basis="asked")
    assert not may_contact(person_id=person, purpose="promotion", channel="phone")
    assert len(bodies("consent.given")) == 2


def test_vouchers_used_unused_and_with_hidden_digits(noon: datetime) -> None:
    head = ["券号", "套餐名称", "验券时间", "售价", "结算价", "手机号", "券状态"]
    rows = [
        ["1000****01", "双人餐", "2026-10-22 12:00:00", "88.00", "80.00", "138****2716", "已使用"],
        ["1000****01", "双人餐", "2026-10-23 18:30:00", "88.00", "80.00", "139****8041", "已使用"],
        ["100000000003", "双人餐", "", "88.00", "80.00", "", "未使用"],
    ]
    batch = bring(table(head, *rows), at=noon, shop_name=SHOP)
    assert outcomes(batch) == ["new code_masked", "new code_masked", "rejected voucher_unused"]
    assert told(bring(table(head, *rows), at=noon, shop_name=SHOP).counts) == {"rows": 3, "known": 2, "rejected": 1}
    assert [one["amount_fen"] for one in bodies("voucher.redeemed")] == [8800, 8800]
