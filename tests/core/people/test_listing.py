"""Lists of people: orders, filters, search, pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.core.people.cast import Meet, nameless, read_all
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.tracking import PageViewed
from tongpin.core.ledger.actions import record
from tongpin.core.people import listing
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import put_tag, set_owner
from tongpin.core.people.listing import BadCursor, PersonRow, people_page
from tongpin.core.people.meeting import rename
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Person
from tongpin.core.people.signs import sign
from tongpin.core.people.telling import TraitTold, tell_traits
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.team.rules import Communities, Everything

ALL = Everything()


def see(person: int, days_ago: int, noon: datetime) -> None:
    with transaction.atomic():
        record(
            PageViewed(write_key=1, message=f"{person}/{days_ago}"),
            at=noon - timedelta(days=days_ago),
            person_id=person,
        )


def buy(person: int, order: str, fen: int, noon: datetime) -> None:
    with transaction.atomic():
        record(OrderPaid(order=order, amount_fen=fen), at=noon, person_id=person, place_id=1)


def ids(**asked: Any) -> list[int]:
    asked.setdefault("scope", ALL)
    return [row.person_id for row in people_page(**asked).rows]


@pytest.fixture(params=["gathered", "walked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of answering must give the same: with FEW at -1 no filter counts as rare."""
    if request.param == "walked":
        monkeypatch.setattr(listing, "FEW", -1)
    return str(request.param)


def test_a_row_shows_what_matters_masked(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678", "lin@example.com", name="林小美")
    put_tag(person_id=person, name="晨跑", actor="staff:1", at=noon)
    set_owner(person_id=person, staff=4, actor="staff:1", at=noon)
    buy(person, "A1", 8900, noon)
    see(person, 3, noon)
    read_all()
    (row,) = people_page(scope=ALL).rows
    assert row == PersonRow(
        person_id=person,
        display_name="小美",
        nickname="小美",
        contact="138****5678",
        tags=((row.tags[0][0], "晨跑"),),
        touchpoints=("phone", "mail"),
        identified=True,
        owner=4,
        via="hand",
        since=noon,
        last_day=date(2026, 11, 22),
        orders=1,
        net_fen=8900,
        currency="CNY",
    )


def test_the_orders_of_a_list(meet: Meet, noon: datetime) -> None:
    a, b, c = meet("陈若溪", "13812345671"), meet("安安妈", "13812345672"), meet("林夏", "13812345673")
    d = nameless("d1", noon)
    for person, days in ((a, 5), (b, 1), (c, 9)):
        see(person, days, noon)
    buy(c, "A1", 100, noon - timedelta(days=20))
    buy(a, "A2", 300, noon - timedelta(days=20))
    read_all()
    assert ids(sort="recent") == [d, b, a, c]
    assert ids(sort="new") == [d, c, b, a]
    assert ids(sort="name") == [b, a, c, d]
    assert ids(sort="spent") == [a, c]


def test_filters_and_their_meetings(meet: Meet, noon: datetime, way: str) -> None:
    a, b, c = meet("陈若溪", "13812345671"), meet("安安妈", "13812345672"), meet("林夏妈", "13812345673")
    tag = put_tag(person_id=a, name="晨跑", actor="staff:1", at=noon)
    put_tag(person_id=b, name="晨跑", actor="staff:1", at=noon)
    set_owner(person_id=b, staff=4, actor="staff:1", at=noon)
    buy(b, "A1", 100, noon)
    Person.objects.filter(pk=c).update(via="import:12")
    Person.objects.filter(pk=a).update(via="import-x")
    community = Community.objects.create(name="绘本", founded_at=noon)
    place = Place.objects.create(kind="group", platform="wechat", name="一群", community=community, opened_at=noon)
    left = Place.objects.create(kind="group", platform="wechat", name="二群", community=community, opened_at=noon)
    Membership.objects.create(person_id=c, place=place, first_seen_at=noon)
    Membership.objects.create(person_id=a, place=left, first_seen_at=noon, left_at=noon)
    read_all()
    assert ids(sort="new", tag=tag) == [b, a]
    assert ids(sort="new", owner=4) == [b]
    assert ids(sort="new", has_orders=True) == [b]
    assert ids(sort="new", has_orders=False) == [c, a]
    assert ids(sort="new", via="import") == [c]
    assert ids(sort="new", via="import:12") == [c]
    assert ids(sort="new", place=place.pk) == [c]
    assert ids(sort="new", place=left.pk) == []
    assert ids(sort="name", tag=tag, has_orders=False) == [a]
    assert ids(sort="spent", tag=tag) == [b]
    assert ids(sort="new", search="妈") == [c, b]
    assert ids(sort="new", search="妈", tag=tag) == [b]
    assert ids(scope=Communities(frozenset({community.pk})), sort="new") == [c]
    assert ids(scope=Communities(frozenset({community.pk})), search="安") == []
    assert ids(scope=Communities()) == []


def test_search_finds_by_characters_and_by_whole_values_only(meet: Meet, noon: datetime, way: str) -> None:
    a = meet("安安妈", "13812345678", "lin@example.com", name="林小美")
    b = meet("ＡＮＮＡ 安", signs=(sign("shop_account", "tb8812", namespace="shop:7"),))
    meet("路人", "13912345678")
    buy(a, "20261122-8", 100, noon)
    read_all()
    found = {text: ids(search=text, sort="new") for text in
             ("安", "安安", "安妈", "妈安", "anna", "13812345678", "138 1234 5678", "+86 13812345678", "1381234",
              "LIN@example.com", "lin@", "林小美", "林小", "tb8812", "TB8812", "20261122-8", f"#{a}", "，", "' or 1=1 --",
              "\x00", "%", "林" * 300)}  # fmt: skip
    assert found == {
        "安": [b, a],
        "安安": [a],
        "安妈": [a],
        "妈安": [],
        "anna": [b],
        "13812345678": [a],
        "138 1234 5678": [a],
        "+86 13812345678": [a],
        "1381234": [],
        "LIN@example.com": [a],
        "lin@": [],
        "林小美": [a],
        "林小": [],
        "tb8812": [b],
        "TB8812": [],
        "20261122-8": [a],
        f"#{a}": [a],
        "，": [],
        "' or 1=1 --": [],
        "\x00": ids(sort="new"),
        "%": [],
        "林" * 300: [],
    }


def test_merged_records_are_one_row_and_every_record_counts(meet: Meet, noon: datetime, way: str) -> None:
    kept, gone, other = meet("小美", "13812345678"), meet("阿强", "lin@example.com"), meet("路人", "13912345678")
    tag = put_tag(person_id=gone, name="晨跑", actor="staff:1", at=noon)
    buy(gone, "A1", 100, noon - timedelta(days=30))
    for person, days in ((kept, 9), (other, 5), (gone, 1)):
        see(person, days, noon)
    merge(kept=kept, gone=gone, reasons=[], actor="staff:1", at=noon)
    read_all()
    assert ids(sort="recent") == [kept, other]
    assert ids(sort="new") == [other, kept]
    assert ids(sort="spent") == [kept]
    assert ids(tag=tag) == ids(search="阿强") == ids(search="lin@example.com") == ids(has_orders=True) == [kept]
    (row,) = people_page(scope=ALL, tag=tag).rows
    assert (row.display_name, row.contact, row.touchpoints, row.orders, row.last_day) == (
        "小美",
        "138****5678",
        ("phone", "mail"),
        1,
        date(2026, 11, 21),
    )


def test_erased_people_are_in_no_list(meet: Meet, noon: datetime) -> None:
    a, b = meet("小美", "13812345678"), meet("阿强", "13912345678")
    erase(person_id=a, with_words=False, actor="staff:1", at=noon)
    read_all()
    for sort in ("recent", "name", "new"):
        assert ids(sort=sort) == [b]
    assert ids(search="13812345678") == ids(search=f"#{a}") == []


@pytest.mark.parametrize("sort", ["recent", "name", "new", "spent"])
def test_pages_forward_and_back_show_everybody_once(meet: Meet, noon: datetime, sort: Any, way: str) -> None:
    people = [meet(f"路人{'甲乙丙丁'[i % 4]}", f"1381234567{i}") for i in range(9)]
    for i, person in enumerate(people):
        see(person, i % 3, noon)
        buy(person, f"A{i}", 100 * (i % 2), noon)
        put_tag(person_id=person, name="晨跑", actor="staff:1", at=noon)
    tag = put_tag(person_id=people[0], name="晨跑", actor="staff:1", at=noon)
    read_all()
    whole = ids(sort=sort)
    assert sorted(whole) == people
    pages = [people_page(scope=ALL, sort=sort, tag=tag, limit=4)]
    while (after := pages[-1].next) is not None:
        pages.append(people_page(scope=ALL, sort=sort, tag=tag, limit=4, after=after))
    assert [[row.person_id for row in page.rows] for page in pages] == [whole[:4], whole[4:8], whole[8:]]
    assert pages[0].previous is None
    back = people_page(scope=ALL, sort=sort, tag=tag, limit=4, after=pages[2].previous)
    assert back.rows == pages[1].rows
    first = people_page(scope=ALL, sort=sort, tag=tag, limit=4, after=back.previous)
    assert (first.rows, first.previous) == (pages[0].rows, None)
    assert people_page(scope=ALL, sort=sort, tag=tag, limit=4, after=first.next).rows == pages[1].rows


def test_a_walk_that_was_cut_short_says_where_it_goes_on(
    meet: Meet, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEW", -1)
    monkeypatch.setattr(listing, "WINDOWS", (2,))
    people = [meet(f"路人{i}", f"1381234567{i}") for i in range(5)]
    tag = put_tag(person_id=people[0], name="晨跑", actor="staff:1", at=noon)
    read_all()
    seen: list[int] = []
    page = people_page(scope=ALL, sort="new", tag=tag)
    for _ in range(5):
        seen += [row.person_id for row in page.rows]
        if page.next is None:
            break
        page = people_page(scope=ALL, sort="new", tag=tag, after=page.next)
    assert (seen, page.next) == ([people[0]], None)


@pytest.mark.parametrize(
    "mark",
    ["x", "W10", "eyJhIjoxfQ", "WyJuZXciLCBmYWxzZSwgWyIxIl1d", "WyJyZWNlbnQiLCBmYWxzZSwgWyIyMDI2LTk5LTk5IiwgMV1d"],
)
def test_a_mark_that_is_none_of_ours_is_refused(db: None, mark: str) -> None:
    with pytest.raises(BadCursor):
        people_page(scope=ALL, sort="new", after=mark)
    with pytest.raises(BadCursor):
        people_page(scope=ALL, sort="recent", after=mark)


@pytest.mark.parametrize("search", ["", "路"])
def test_one_row_and_three_take_the_same_queries(
    meet: Meet, noon: datetime, django_assert_num_queries: Any, search: str, way: str
) -> None:
    meet("路人甲", "13812345671")
    read_all()
    asked: dict[str, Any] = {"scope": ALL, "search": search}
    expected = {("", "gathered"): 3, ("", "walked"): 3, ("路", "gathered"): 5, ("路", "walked"): 6}[search, way]
    with django_assert_num_queries(expected):
        assert len(people_page(**asked).rows) == 1
    second, third = meet("路人乙", "13812345672", name="王二"), meet("路人丙", "13812345673")
    tell_traits([TraitTold(third, "masked_phone", "138****5678")], via="i", at=noon)
    rename(person_id=second, nickname="路人丁", at=noon)
    put_tag(person_id=second, name="晨跑", actor="staff:1", at=noon)
    read_all()
    with django_assert_num_queries(expected):
        assert len(people_page(**asked).rows) == 3


def test_no_contact_data_stands_in_the_queries(meet: Meet, noon: datetime) -> None:
    from django.test.utils import CaptureQueriesContext

    meet("小美", "13812345678", name="林小美")
    read_all()
    with CaptureQueriesContext(connection) as said:
        assert ids(search="13812345678")
    # An order number may look like anything, so the text itself is compared with those.
    rest = [q["sql"] for q in said.captured_queries if "order_number" not in q["sql"]]
    assert not any("13812345678" in sql for sql in rest)
