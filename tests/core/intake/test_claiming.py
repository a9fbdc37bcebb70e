"""Orders that were nobody's become their buyer's when a later import tells who that is: once, with no money told twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tests.core.intake.sheets import bodies, bought, bring, foreseen, outcomes, table, told
from tongpin.core.intake.actions import take_back
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Identity, Person

pytestmark = pytest.mark.django_db

SIGNS = {
    "phone": "13800002716",
    "shop_account": "mei88",
    "mail": "mei@example.com",
    "nickname": "小美",
    "name": "林小美",
}
WHEN = "2026-10-22 12:00:00"


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


def spent() -> list[tuple[int, int]]:
    """(orders, fen) of everybody who bought."""
    with connection.cursor() as cursor:
        cursor.execute("select orders, net_fen from person_spending order by 2")
        return [tuple(row) for row in cursor.fetchall()]


KINDS: dict[str, tuple[list[str], list[list[str]]]] = {
    "orders": (["订单编号", "甲", "实付金额", "付款时间"], [["A1", "?", "9.00", WHEN], ["A2", "?", "7.00", WHEN]]),
    "items": (
        ["订单编号", "甲", "商品名称", "数量", "单价", "付款时间"],
        [["A1", "?", "绘本", "1", "9.00", WHEN], ["A1", "?", "贴纸", "1", "7.00", WHEN]],
    ),
    "orders without a number": (
        ["甲", "商品名称", "实付金额", "付款时间"],
        [["?", "绘本", "8.00", WHEN], ["?", "绘本", "8.00", WHEN]],
    ),
}


@pytest.mark.parametrize("meaning", SIGNS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_is_mapped_later_gives_orders_their_buyers(kind: str, meaning: str, noon: datetime) -> None:
    head, rows = KINDS[kind]
    file = table(head, *([SIGNS[meaning] if cell == "?" else cell for cell in row] for row in rows))
    more = {"at": noon, "shop_name": "a", "kind": kind.split()[0]}
    assert outcomes(bring(file, **more)) == ["new nobody", "new nobody"]
    before = bought()
    mapped = {**more, "mapping": {"甲": meaning}}
    promised = foreseen(file, **mapped)
    batch = bring(file, **mapped)
    assert told(batch.counts) == promised
    assert set(outcomes(batch)) <= {"changed", "known"}
    assert len(bodies("order.claimed")) == len(before)
    assert bought() == {number: (True, *row[1:]) for number, row in before.items()}
    assert sum(fen for _, fen in spent()) == 1600
    assert told(bring(file, **mapped).counts) == {"rows": 2, "known": 2}
    assert told(bring(file, **more).counts) == {"rows": 2, "known": 2}
    assert (sum(fen for _, fen in spent()), len(bodies("order.claimed"))) == (1600, len(before))


HEAD = ["订单编号", "手机号", "买家昵称", "实付金额", "付款时间"]


def row(phone: str = "", nickname: str = "", number: str = "A1") -> list[str]:
    return [number, phone, nickname, "9.00", WHEN]


def shop(noon: datetime, *rows: Sequence[str]) -> list[str]:
    return outcomes(bring(table(HEAD, *rows), at=noon, shop_name="a"))


def test_a_nickname_first_and_a_phone_later_are_one_buyer(noon: datetime) -> None:
    assert shop(noon, row()) == ["new nobody"]
    assert shop(noon, row(nickname="小美")) == ["changed"]
    assert shop(noon, row("13800002716", "小美")) == ["changed"]
    assert shop(noon, row("13800002716", "小美")) == ["known"]
    person = Person.objects.get()
    assert (person.nickname, person.identified) == ("小美", True)
    assert Identity.objects.filter(person=person, kind="phone").count() == 1
    assert (bought()["A1"][0], spent()) == (True, [(1, 900)])


def test_who_claims_second_is_nobody_new(noon: datetime) -> None:
    shop(noon, row())
    assert shop(noon, row("13800002716")) == ["changed"]
    assert shop(noon, row("13900008041")) == ["known"]
    assert (Person.objects.count(), len(bodies("order.claimed"))) == (1, 1)


def test_a_claim_that_is_taken_back_leaves_the_order_nobodys_until_it_is_told_again(noon: datetime) -> None:
    shop(noon, row())
    batch = bring(table(HEAD, row(nickname="小美")), at=noon, shop_name="a")
    take_back(batch=batch, actor="staff:1", at=noon)
    assert (bought()["A1"][0], spent(), Person.objects.count()) == (False, [], 0)
    assert shop(noon, row(nickname="小美")) == ["changed"]
    assert (bought()["A1"][0], spent()) == (True, [(1, 900)])


def test_an_order_whose_claimant_was_erased_is_nobody_elses(noon: datetime) -> None:
    shop(noon, row())
    shop(noon, row("13800002716"))
    erase(person_id=Person.objects.get().pk, with_words=False, actor="staff:1", at=noon)
    assert shop(noon, row("13800002716")) == ["known"]
    assert shop(noon, row("13900008041")) == ["known"]
    assert (bought()["A1"][0], spent()) == (False, [])


BARE = ["手机号", "商品名称", "实付金额", "付款时间"]


def bare(phone: str, day: int = 22) -> list[str]:
    return [phone, "绘本", "9.00", f"2026-10-{day} 12:00:00"]


def test_an_overlapping_export_without_order_numbers_adds_no_line(noon: datetime) -> None:
    """The goods of two days are equal; the second day's order has one line, whatever stood before it in the file."""
    first, second = bare("13800002716"), bare("13900008041", 23)
    bring(table(BARE, first, second), at=noon, shop_name="a", kind="orders")
    before = bought()
    assert outcomes(bring(table(BARE, second), at=noon, shop_name="a", kind="orders")) == ["known"]
    assert bought() == before
    assert [row[3] for row in before.values()] == [1, 1]


def test_nobodys_and_somebodys_equal_rows_of_one_file_are_two_orders(noon: datetime) -> None:
    rows = [bare("13800002716"), bare(""), bare("13900008041"), bare("")]
    for order in (rows, rows[::-1]):
        batch = bring(table(BARE, *order), at=noon, shop_name="b" if order is rows else "c", kind="orders")
        assert told(batch.counts) == {
            "rows": 4, "new": 4, "orders": 4, **({"people": 2} if order is rows else {}),
        }  # fmt: skip
    for order in (rows, rows[::-1], rows[1:3]):
        batch = bring(table(BARE, *order), at=noon, shop_name="b", kind="orders")
        assert told(batch.counts) == {"rows": len(order), "known": len(order)}
