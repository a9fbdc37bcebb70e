"""What a dry run and a preview say is what the import then does; they write nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.intake.sheets import all_rows, bring, foreseen, lines, outcomes, resaved, table, told, uploaded
from tests.core.intake.test_resuming import orders
from tests.core.intake.test_tables import CUSTOMERS, HEAD, LIN, MEI, QIANG, SHOP, with_
from tongpin.core.intake import conversing, placing
from tongpin.core.intake.models import Batch
from tongpin.core.intake.previewing import dry_run, preview
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Person
from tongpin.core.people.resolving import memory
from tongpin.core.people.signs import sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_imports(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    yield


def both(content: bytes, at: datetime, **more: object) -> Batch:
    """The import, once it was foreseen without a row written anywhere."""
    batch = uploaded(content, at=at, **more)  # type: ignore[arg-type]
    before = all_rows()
    counts = dry_run(batch, at=at)
    rows = [f"{one.outcome} {one.reason}".strip() for one in preview(batch, limit=10_000)]
    assert all_rows() == before
    batch.delete()
    memory.forget()
    done = bring(content, at=at, **more)  # type: ignore[arg-type]
    assert (told(counts), counts["reasons"]) == (told(done.counts), done.counts.get("reasons", {}))
    if done.counts["rows"] < placing.ROWS:
        assert rows == outcomes(done)
    return done


@pytest.mark.parametrize("seed", range(4))
def test_any_file_after_any_other(noon: datetime, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        monkeypatch.setattr(placing, "ROWS", chance.choice([4, 17, 3000]))
        both(orders(chance.randint(0, 3), number=40), noon, shop_name=chance.choice([SHOP, "另一家店"]))


def test_a_file_of_a_shop_that_is_not_there_yet(noon: datetime) -> None:
    assert told(both(table(HEAD, MEI, QIANG), noon, shop_name=SHOP).counts)["new"] == 2


def test_the_same_again_resaved_and_later(noon: datetime, tmp_path: Path) -> None:
    file = table(HEAD, with_(MEI, account="00417"), QIANG)
    both(file, noon, shop_name=SHOP)
    assert told(both(resaved(file, folder=tmp_path), noon, shop_name=SHOP, name="a.xlsx").counts) == {
        "rows": 2,
        "known": 2,
    }
    later = table(HEAD, with_(MEI, account="00417", refund="9.00"), with_(QIANG, refund="8.00"), QIANG)
    assert told(both(later, noon, shop_name=SHOP).counts) == {"rows": 3, "changed": 2, "new": 1}


def test_orders_that_get_a_buyer(noon: datetime) -> None:
    both(table(HEAD, with_(MEI, account="", name="", phone="")), noon, shop_name=SHOP)
    assert outcomes(both(table(HEAD, MEI), noon, shop_name=SHOP)) == ["changed"]


def test_masked_buyers_who_are_like_somebody_known_or_like_each_other(noon: datetime) -> None:
    both(table(HEAD, with_(MEI, name="欧阳小美")), noon, shop_name=SHOP)
    masked = [with_(QIANG, number=f"M{n}", account="", name="欧阳小美", phone="138****2716") for n in range(3)]
    assert outcomes(both(table(HEAD, *masked), noon, shop_name="另一家店")) == ["waiting like_somebody"] * 3
    strangers = [with_(QIANG, number=f"N{n}", account="", name="司徒建国", phone="131****0099") for n in range(2)]
    both(table(HEAD, strangers[0]), noon, shop_name=SHOP)
    assert outcomes(both(table(HEAD, strangers[1]), noon, shop_name="第三家店")) == ["waiting like_somebody"]


def test_two_known_people_in_one_row(noon: datetime) -> None:
    both(table(HEAD, with_(MEI, phone=""), with_(QIANG, account="")), noon, shop_name=SHOP)
    mixed = with_(MEI, number="000200", phone=QIANG[3])
    assert (
        outcomes(both(table(HEAD, mixed, with_(mixed, number="3")), noon, shop_name=SHOP)) == ["waiting two_people"] * 2
    )


def test_customers_tags_and_changed_totals(noon: datetime) -> None:
    both(table(CUSTOMERS, LIN, LIN), noon, shop_name=SHOP)
    both(table(CUSTOMERS, [*LIN[:4], "老客,海淀", *LIN[5:]], LIN), noon, shop_name=SHOP)
    assert outcomes(both(table(CUSTOMERS, [*LIN[:5], "4", *LIN[6:]]), noon, shop_name=SHOP)) == ["changed"]


def test_whoever_was_erased_is_nobody(noon: datetime) -> None:
    bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    erase(person_id=Person.objects.get().pk, with_words=False, actor="staff:1", at=noon)
    done = both(table(HEAD, MEI, with_(MEI, number="2"), QIANG), noon, shop_name=SHOP)
    assert told(done.counts) == {"rows": 3, "known": 1, "new": 2, "people": 1, "orders": 2}


def test_a_row_of_tomorrow_is_refused_in_both(noon: datetime) -> None:
    late = with_(MEI, paid_at="2027-11-22 12:00:00")
    assert outcomes(both(table(HEAD, late, QIANG), noon, shop_name=SHOP)) == ["rejected time_far_off", "new"]


def message(n: int, channel: str = "general") -> dict[str, object]:
    at = datetime(2026, 11, 20, 10) + timedelta(minutes=n)
    return {"channel": channel, "time": at.isoformat(), "user": f"u{n % 4}", "text": f"第{n}句"}


def test_a_conversation_that_is_partly_known(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversing, "MESSAGES", 5)
    first = both(lines(*(message(n) for n in range(20))), noon, name="a.jsonl")
    assert told(first.counts) == {"rows": 20, "new": 20, "people": 4, "messages": 20}
    longer = [message(n) for n in range(12, 30)] + [message(1, "other"), {"time": "never", "text": "?", "user": "u1"}]
    done = both(lines(*longer), noon, name="b.jsonl")
    assert told(done.counts) == {"rows": 20, "known": 8, "new": 11, "rejected": 1, "people": 1, "messages": 11}


def test_a_preview_names_who_is_meant(noon: datetime) -> None:
    person = add_by_hand(signs=(sign("phone", "13800002716"),), actor="staff:1", at=noon).person_id
    batch = uploaded(table(HEAD, MEI, QIANG), at=noon, shop_name=SHOP)
    first, second = preview(batch)
    assert (first.row, first.outcome, first.order, first.person_id, first.who, first.what, first.amount_fen) == (
        2,
        "new",
        "000123",
        person,
        "林**",
        "绘本盒",
        8900,
    )
    assert (second.person_id, second.outcome) == (None, "new")


def test_foreseeing_twice_says_the_same(noon: datetime) -> None:
    file = orders(1)
    assert foreseen(file, at=noon, shop_name=SHOP) == foreseen(file, at=noon, shop_name=SHOP)
