"""Kept lists: filters under a name, counted when asked, changed and dropped with a way back."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.console.people.conftest import AtWork, Meet, Queries
from tongpin.core.audiences.models import Segment
from tongpin.core.audiences.queries import segments
from tongpin.core.audiences.rules import Rule

pytestmark = pytest.mark.django_db
KEPT = reverse("console:people_segments")


def keep(client: Client, filters: str, **given: str) -> str:
    address = f"{reverse('console:people_segment_keep')}?{filters}"
    return client.post(address, {"name": "", "over": ""} | given, follow=True).text


def test_the_filters_in_view_are_kept_and_open_as_the_same_list(
    at_work: AtWork, meet: Meet, books: tuple[int, int]
) -> None:
    boss = at_work()
    meet("小美", group=books[1])
    meet("路人")
    place = f"place={books[1]}"
    page = boss.get(f"{reverse('console:people')}?{place}").text
    assert f'action="{reverse("console:people_segment_keep")}?{place}"' in page
    told = keep(boss, place, name="绘本群里的")
    assert "is kept" in told
    (seen,) = segments()
    assert (seen.name, seen.rule) == ("绘本群里的", Rule(place=books[1]))
    assert f'href="{reverse("console:people")}?{place}" aria-current="true">绘本群里的' in told
    listed = boss.get(KEPT).text
    assert (
        "in: 绘本 2 群" in listed,
        f'hx-get="{reverse("console:people_segment_count", args=[seen.id])}"' in listed,
    ) == (True, True)
    counted = reverse("console:people_segment_count", args=[seen.id])
    assert boss.get(counted, headers={"HX-Request": "true"}).text == "1 person"
    assert "1 person" in boss.get(counted).text


def test_a_kept_list_is_changed_by_keeping_another_in_its_place(at_work: AtWork) -> None:
    boss = at_work()
    keep(boss, "orders=yes", name="买过的")
    (first,) = segments()
    assert "means this list" in keep(boss, "orders=yes&via=import", over=str(first.id))
    (changed,) = segments()
    assert (changed.rule, changed.edition) == (Rule(has_orders=True, via="import"), 2)


@pytest.mark.parametrize(
    ("filters", "given", "said"),
    [
        ("orders=no", {}, "Give the list a name"),
        ("", {"name": "全部"}, "at least one filter"),
        ("orders=no", {"name": "买过的"}, "Another kept list has this name"),
        ("orders=no", {"over": "99999"}, "That list is gone"),
    ],
)
def test_what_cannot_be_kept_says_why_and_changes_nothing(
    at_work: AtWork, filters: str, given: dict[str, str], said: str
) -> None:
    boss = at_work()
    keep(boss, "orders=yes", name="买过的")
    before = segments()
    assert said in keep(boss, filters, **given)
    assert segments() == before


def test_a_dropped_list_comes_back(at_work: AtWork) -> None:
    boss = at_work()
    keep(boss, "orders=yes", name="买过的")
    (seen,) = segments()
    told = boss.post(reverse("console:people_segment_drop", args=[seen.id]), follow=True).text
    back = reverse("console:people_segment_back", args=[seen.id])
    assert (back in told, segments()) == (True, [])
    boss.post(back)
    assert segments() == [seen]
    assert boss.get(reverse("console:people_segment_count", args=[seen.id + 1])).status_code == 404


def test_who_may_only_look_keeps_nothing(at_work: AtWork) -> None:
    client = at_work("viewer")
    assert client.post(reverse("console:people_segment_keep") + "?orders=yes", {"name": "x"}).status_code == 403
    assert Segment.objects.count() == 0
    assert client.get(KEPT).status_code == 200
    assert re.search("keep-list", client.get(reverse("console:people") + "?orders=yes").text) is None


def test_three_kept_lists_cost_the_queries_of_one(at_work: AtWork, queries: Queries, noon: datetime) -> None:
    boss = at_work()
    numbers = []
    for n in range(3):
        keep(boss, f"via=import:{n + 1}", name=f"第 {n} 批")
        numbers.append((queries(boss, KEPT), queries(boss, reverse("console:people"))))
    assert numbers[0] == numbers[2]


def test_who_works_in_one_community_changes_the_lists_of_that_one_alone(
    at_work: AtWork, books: tuple[int, int]
) -> None:
    boss, bound = at_work(), at_work("assistant", books[0])
    keep(boss, "orders=yes", name="全店买过的")
    keep(bound, "orders=no", name="本社没买的")
    own, house = sorted(segments(), key=lambda one: not one.communities)
    assert (own.communities, house.communities) == (frozenset({books[0]}), frozenset())
    listed = bound.get(KEPT).text
    drop = {one.id: reverse("console:people_segment_drop", args=[one.id]) for one in (own, house)}
    assert (drop[own.id] in listed, drop[house.id] in listed) == (True, False)
    assert "of the whole house or of communities" in keep(bound, "via=import", over=str(house.id))
    assert "of the whole house or of communities" in bound.post(drop[house.id], follow=True).text
    assert [one.rule for one in (own, house)] == [Rule(has_orders=False), Rule(has_orders=True)]
    assert "means this list" in keep(bound, "via=import", over=str(own.id))
    choices = bound.get(f"{reverse('console:people')}?orders=no").text
    assert (f'<option value="{own.id}"' in choices, f'<option value="{house.id}"' in choices) == (True, False)
    bound.post(drop[own.id])
    assert [one.id for one in segments()] == [house.id]
