"""The loop page: four steps over ways in, each number opening to those it counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from tests.loop.gather.cast import LIN, opened, somebody
from tests.web.console.loop.figured import k_figure, loop_figure, way
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Held
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.web.console.loop_strip import change_of, drawn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


def entrance(community: int, name: str, at: datetime) -> int:
    made = make_entrance(
        community_id=community, channel="counter", name=name, offline=True, paid=True, at=at, actor=LIN
    )
    return made.id


def test_without_figures_the_page_says_when_there_will_be_some() -> None:
    page = at_work(Held("owner")).get(url("loop")).text
    assert ("No figures yet" in page, "every hour" in page, "loop-table" in page) == (True, True, False)


def test_each_way_in_stands_with_what_it_did(noon: datetime) -> None:
    made = opened(noon)
    counter = entrance(made, "柜台活码", noon)
    loop_figure(
        noon,
        way(counter, gather=31, give=11, sell=8, share=5, orders=9, first_orders=3, net_fen=218_000, cost_fen=6000,
            cost_per_gathered_fen=193.5, left_fen=212_000, cohort=31, cohort_brought=10, k=0.3226),
        way(-1, gather=19, give=9, share=2, cohort=9, cohort_brought=2, k=0.2222),
        way(0, gather=0, give=1),
        gather_before=40, net_fen_before=100_000, cost_per_gathered_fen=120.0,
    )  # fmt: skip
    k_figure(noon, 0.31, 86)
    page = at_work(Held("owner")).get(url("loop")).text
    for told in (
        "+50", "▲ 25%", "before: 40", "¥1.20 each", "¥2,180", "0.31", "interval 0.19–0.45", "n = 86", "柜台活码",
        f'href="{url("entrance", made, counter)}"', "Brought by members", "Way not known", "¥60", "¥1.94", "¥2,120",
        f'href="{url("loop_people", f"give:{counter}")}"', f'href="{url("loop_people", "give:-1")}"', "n=31",
        "Not enough data: 9 / 30",
    ):  # fmt: skip
        assert told in page, told
    assert page.index("柜台活码") < page.index("Brought by members") < page.index("Way not known")


def test_a_number_opens_to_those_it_counted(noon: datetime) -> None:
    made = opened(noon)
    counter = entrance(made, "柜台活码", noon)
    first, second, other = (somebody(noon, name) for name in ("小美", "豆豆妈", "路人"))
    loop_figure(noon, way(counter, give=2), people={"give": (second, first), f"give:{counter}": (first,)})
    boss = at_work(Held("owner"))
    whole = boss.get(url("loop_people", "give")).text
    assert [url("person", one) in whole for one in (first, second, other)] == [True, True, False]
    part = boss.get(url("loop_people", f"give:{counter}")).text
    assert ("柜台活码" in part, url("person", first) in part, url("person", second) in part) == (True, True, False)
    assert "Nobody to show" in boss.get(url("loop_people", "sell")).text


def test_where_nobody_gave_yet_what_would_count_is_said(noon: datetime) -> None:
    loop_figure(noon, way(entrance(opened(noon), "柜台活码", noon), give=0), people={})
    boss = at_work(Held("owner"))
    assert "counted: words somebody went on from" in boss.get(url("loop")).text
    page = boss.get(url("loop_people", "give")).text
    assert ("Nobody gave yet" in page, "is quoted in a published digest" in page) == (True, True)
    for strange in ("all", "give:x", "give:-2", "give:01"):
        assert boss.get(url("loop_people", strange)).status_code == 404


def test_the_strip_says_of_whom_it_speaks_and_opens_exactly_them(noon: datetime) -> None:
    """Three came by members, one of them joined: the number beside it opens to the three, K to nobody."""
    made = opened(noon)
    counter = entrance(made, "柜台活码", noon)
    brought = tuple(sorted((somebody(noon, name) for name in ("小美", "豆豆妈", "念念")), reverse=True))
    loop_figure(
        noon,
        way(counter, gather=6, sell=1, share=3, orders=2, first_orders=1, net_fen=6900, cost_fen=12_000),
        way(-1, gather=1, sell=2, orders=2, net_fen=13_800),
        share_to_gather=1,
        people={"share": brought, f"share:{counter}": brought},
    )
    k_figure(noon, None, 0)
    boss = at_work(Held("owner"))
    for page in (boss.get(url("loop")).text, boss.get(url("today")).text):
        link = f'<a href="{url("loop_people", "share")}"><b>3</b> people</a>'
        assert f"members brought {link}, <b>1</b> became members" in page
        assert (page.count(f'"{url("loop_people", "share")}"'), "New members" in page, "¥17.14" in page) == (
            1,
            True,
            True,
        )
    listed = boss.get(url("loop_people", "share")).text
    assert [url("person", one) in listed for one in brought] == [True] * 3
    assert "Who only bought is no member yet." in listed


def test_figures_are_those_of_the_community_one_works_in(noon: datetime) -> None:
    own, other = opened(noon), opened(noon, "妈妈晨跑团")
    person = somebody(noon)
    place = Place.objects.get(community=own, kind="group").pk
    join_by_hand(person_id=person, place_id=place, actor=LIN, at=noon)
    stranger = somebody(noon, "路人")
    loop_figure(noon, way(0, gather=77))
    loop_figure(noon, way(0, gather=5), community=own, people={"gather": (person, stranger)})
    loop_figure(noon, way(0, gather=9), community=other)
    one = at_work(Held("operator", own), login="one")
    assert ("+5" in one.get(url("loop")).text, "+77" in one.get(url("loop")).text) == (True, False)
    listed = one.get(url("loop_people", "gather")).text
    assert (url("person", person) in listed, url("person", stranger) in listed) == (True, False)
    both = at_work(Held("operator", own), Held("operator", other), login="both")
    assert "Whose loop?" in both.get(url("loop")).text
    assert both.get(url("loop_people", "gather")).status_code == 404
    both.post(reverse("look:community"), {"community": str(other), "next": url("loop")})
    assert "+9" in both.get(url("loop")).text


def test_money_is_for_those_who_may_see_it_and_old_figures_say_so(noon: datetime) -> None:
    loop_figure(noon - timedelta(hours=5), way(0, gather=5, sell=2, net_fen=218_000, cost_fen=600))
    boss, hand = at_work(Held("owner")), at_work(Held("assistant"), login="hand")
    assert ("¥2,180" in boss.get(url("loop")).text, "These figures are of" in boss.get(url("loop")).text) == (
        True,
        True,
    )
    page = hand.get(url("loop")).text
    assert ("¥" in page, "+5" in page) == (False, True)


def test_thirty_ways_in_cost_the_queries_of_one(noon: datetime) -> None:
    made = opened(noon)
    boss = at_work(Held("owner"))
    numbers = []
    for count in (1, 30):
        loop_figure(noon, *(way(entrance(made, f"活码 {n}", noon), gather=n) for n in range(count)))
        boss.get(url("loop"))
        with CaptureQueriesContext(connection) as asked:
            boss.get(url("loop"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (132, 118, ("12%", True)),
        (41, 44, ("7%", False)),
        (3, 5, ("2", False)),
        (5, 5, ("", None)),
        (4, 0, ("4", True)),
    ],
)
def test_few_people_are_compared_in_people(now: int, before: int, told: tuple[str, bool | None]) -> None:
    assert change_of(now, before) == told


def test_a_line_is_drawn_from_nothing_at_the_bottom_to_the_most_at_the_top() -> None:
    assert drawn([0, 5, 10]) == "3.0,23.0 56.0,13.0 109.0,3.0"
    assert (drawn([]), drawn([4]), drawn([0, 0])) == ("", "", "")
