"""The list of people."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.core.people.cast import read_all
from tests.web.console.people.conftest import ACTOR, AtWork, Meet, Queries
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import record
from tongpin.core.people.labels import put_tag, set_owner
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground
from tongpin.core.team.models import Staff

PEOPLE = "/people/"


def names(page: str) -> list[str]:
    return re.findall(r'<a class="clip" href="/people/\d+/">([^<]*)</a>', page)


def shown(client: Client, address: str = PEOPLE) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return names(answer.content.decode())


def pay(person: int, fen: int, at: datetime, order: str = "A1") -> None:
    with transaction.atomic():
        record(OrderPaid(order=order, amount_fen=fen), at=at, person_id=person, place_id=7)
    read_all()


def test_a_row_says_who_how_to_reach_them_what_they_bought_and_in_whose_care_they_are(
    at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    put_tag(person_id=person, name="育儿达人", actor=ACTOR, at=noon)
    set_owner(person_id=person, staff=Staff.objects.get().pk, actor=ACTOR, at=noon)
    pay(person, 8900, noon)
    page = client.get(PEOPLE).content.decode()
    for part in ("安安妈", "138****5678", "育儿达人", "晴姐", "¥89.00", "2026-11-22", 'title="Phone"'):
        assert part in page, part
    assert "13812345678" not in page


def test_who_may_not_see_money_sees_no_sums_and_cannot_sort_by_them(
    at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    pay(meet("安安妈"), 8900, noon)
    page = at_work("viewer").get(PEOPLE + "?sort=spent").content.decode()
    assert "安安妈" in page
    assert "¥" not in page
    assert 'value="spent"' not in page


def test_filters_are_links_and_selects_that_keep_each_other(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client = at_work()
    buyer, other = meet("小美"), meet("阿强")
    tag = put_tag(person_id=other, name="晨跑", actor=ACTOR, at=noon)
    put_tag(person_id=buyer, name="晨跑", actor=ACTOR, at=noon)
    set_owner(person_id=other, staff=Staff.objects.get().pk, actor=ACTOR, at=noon)
    pay(buyer, 100, noon)
    assert shown(client, PEOPLE + "?orders=yes") == ["小美"]
    assert shown(client, PEOPLE + "?orders=no") == ["阿强"]
    assert shown(client, f"{PEOPLE}?owner={Staff.objects.get().pk}") == ["阿强"]
    assert sorted(shown(client, f"{PEOPLE}?tag={tag}")) == ["小美", "阿强"]
    assert shown(client, f"{PEOPLE}?tag={tag}&orders=yes") == ["小美"]
    assert shown(client, PEOPLE + "?via=hand&sort=name") == ["阿强", "小美"]
    assert shown(client, PEOPLE + "?via=import") == []
    page = client.get(f"{PEOPLE}?tag={tag}&orders=yes").content.decode()
    assert f'href="{PEOPLE}?tag={tag}&amp;orders=no"' in page
    assert f'<option value="{tag}" selected>晨跑</option>' in page


def test_what_was_searched_for_never_stands_in_an_address(at_work: AtWork, meet: Meet) -> None:
    client = at_work()
    meet("安安妈", "13812345678"), meet("安然", "13912345678")
    read_all()
    answer = client.post(PEOPLE, {"q": "安"})
    address = answer["Location"]
    assert answer.status_code == 302
    assert "安" not in address
    page = client.get(address).content.decode()
    assert sorted(names(page)) == ["安安妈", "安然"]
    assert 'value="安"' in page
    assert shown(client, PEOPLE + "?s=made-up") == shown(client)
    assert shown(client, PEOPLE + "?q=安安") == shown(client)


@pytest.mark.parametrize("typed", ["13812345678", "+86 138-1234-5678", "AN@example.com", "E2026001"])
def test_a_whole_phone_mail_or_order_number_leads_to_its_person(
    at_work: AtWork, meet: Meet, noon: datetime, typed: str
) -> None:
    person = meet("安安妈", "13812345678", "an@example.com")
    meet("阿强", "13912345678")
    pay(person, 100, noon, "E2026001")
    answer = at_work().post(PEOPLE, {"q": typed})
    assert answer["Location"] == reverse("console:person", args=[person])


def test_the_list_is_paged_by_key_and_no_name_stands_in_the_mark(at_work: AtWork, meet: Meet) -> None:
    client = at_work()
    for number in range(60):
        meet(f"an{number:02}")
    read_all()
    first = client.get(PEOPLE + "?sort=name").content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    address = older[1].replace("&amp;", "&")
    second = shown(client, address)
    assert (len(names(first)), second) == (50, [f"an{number:02}" for number in range(50, 60)])
    import base64

    after = address.partition("after=")[2]
    assert b"an4" not in base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
    assert len(shown(client, PEOPLE + "?sort=new&" + address.partition("&")[2])) == 50


def test_an_empty_house_teaches_what_to_do(at_work: AtWork) -> None:
    page = at_work().get(PEOPLE).content.decode()
    assert "Nobody is here yet" in page
    assert reverse("console:import_upload") in page
    assert reverse("console:person_add") in page
    seen = at_work("viewer").get(PEOPLE).content.decode()
    assert reverse("console:import_upload") not in seen
    assert reverse("console:person_add") not in seen


def test_a_filter_that_finds_nobody_says_so(at_work: AtWork, meet: Meet) -> None:
    meet("安安妈")
    read_all()
    assert "Nobody fits" in at_work().get(PEOPLE + "?orders=yes").content.decode()


def test_a_teammate_of_one_community_sees_its_people_only(
    at_work: AtWork, meet: Meet, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    meet("安安妈", "13812345678", group=books[1]), meet("阿强", "13912345678", group=runners[1]), meet("路人")
    read_all()
    client = at_work("operator", books[0])
    assert shown(client) == ["安安妈"]
    assert "妈妈晨跑团" not in client.get(PEOPLE).content.decode()
    assert client.post(PEOPLE, {"q": "13912345678"})["Location"].startswith(PEOPLE + "?s=")
    assert shown(client, client.post(PEOPLE, {"q": "阿强"})["Location"]) == []


def test_the_community_in_view_narrows_the_list(
    at_work: AtWork, meet: Meet, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    meet("安安妈", group=books[1]), meet("阿强", group=runners[1])
    read_all()
    client = at_work()
    client.post("/look/community", {"community": runners[0], "next": PEOPLE})
    assert shown(client) == ["阿强"]


def test_waiting_suggestions_are_told_to_who_may_decide(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    doubt = Doubt(meet("小美"), meet("小每"), 0.95, (Ground("name_near"),))
    keep_suggestions(doubts=[doubt], at=noon)
    read_all()
    assert "1 pair looks like one person" in at_work().get(PEOPLE).content.decode()
    assert "looks like one person" not in at_work("viewer").get(PEOPLE).content.decode()


def test_the_list_takes_the_same_few_queries_for_one_and_three(
    at_work: AtWork, meet: Meet, noon: datetime, queries: Queries, books: tuple[int, int]
) -> None:
    client = at_work()

    def add(number: int) -> None:
        person = meet(f"小美{number}", f"1381234567{number}", group=books[1])
        put_tag(person_id=person, name=f"标签{number}", actor=ACTOR, at=noon)
        pay(person, 100, noon, f"A{number}")

    add(1)
    client.get(PEOPLE)
    one = queries(client, PEOPLE + "?orders=yes&sort=spent")
    add(2)
    add(3)
    assert (queries(client, PEOPLE + "?orders=yes&sort=spent"), one <= 20) == (one, True)
