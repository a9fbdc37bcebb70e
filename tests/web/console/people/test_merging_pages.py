"""Merging by hand, parting, and the suggestions that wait."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.core.people.cast import read_all
from tests.web.console.people.conftest import ACTOR, AtWork, Meet, Queries
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Merge, Person, PersonAlias, Suggestion
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground
from tongpin.core.team.models import AuditLine

ALIKE = "/people/alike/"
HTMX = {"hx-request": "true"}


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def deeds() -> list[tuple[str, int | None, object]]:
    lines = AuditLine.objects.order_by("pk").values_list("action", "subject_id", "details")
    return [(action, subject, details.get("other")) for action, subject, details in lines]


def doubt(a: int, b: int, at: datetime, score: float = 0.95, *grounds: Ground) -> int:
    told = grounds or (Ground("name_near", weight=3.0), Ground("birth_differs", agrees=False, weight=-1.0))
    return next(iter(keep_suggestions(doubts=[Doubt(a, b, score, told)], at=at).values()))


def pairs(client: Client, address: str = ALIKE) -> list[int]:
    return [int(number) for number in re.findall(r'id="pair-(\d+)"', client.get(address).content.decode())]


def test_two_people_stand_side_by_side_with_reasons_the_likeliest_first(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int]
) -> None:
    client = at_work()
    a, b = meet("小美", "13812345678", name="林小美", group=books[1]), meet("小每", "13912345678")
    weak, strong = doubt(a, b, noon, 0.92), doubt(meet("阿强"), meet("阿墙"), noon, 0.9995)
    page = client.get(ALIKE).content.decode()
    assert pairs(client) == [strong, weak]
    for part in ("very likely one person", "likely one person", "similar names", "different birthdays", "138****5678",
                 "139****5678", "林**", "绘本 2 群", "2 pairs"):  # fmt: skip
        assert part in page, part
    assert "13812345678" not in page


def test_same_person_merges_is_audited_and_can_be_taken_back(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work("operator"), meet("小美", "13812345678"), meet("小每", "13912345678")
    number = doubt(a, b, noon)
    answer = client.post(url("suggestion_same", number), headers=HTMX)
    made = Merge.objects.get()
    assert (answer.status_code, answer.content) == (200, b"")
    assert url("merge_part", made.pk) in answer["HX-Trigger"]
    assert (made.kept, made.gone, [one["code"] for one in made.reasons]) == (a, b, ["name_near", "birth_differs"])
    assert pairs(client) == []
    assert client.post(url("merge_part", made.pk))["Location"] == url("person", a)
    assert PersonAlias.objects.count() == 0
    assert deeds() == [("person.merged", a, b), ("person.parted", a, b)]
    assert url("merge_again", made.pk) in client.get(url("person", a)).content.decode()
    client.post(url("merge_again", made.pk))
    assert [one["code"] for one in Merge.objects.last().reasons] == ["name_near", "birth_differs"]  # type: ignore[union-attr]
    assert PersonAlias.objects.get().root == a


def test_two_people_is_never_asked_again(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work(), meet("小美"), meet("小每")
    number = doubt(a, b, noon)
    assert client.post(url("suggestion_two", number))["Location"] == ALIKE
    assert Suggestion.objects.get().state == "refused"
    assert (pairs(client), Merge.objects.count()) == ([], 0)
    assert keep_suggestions(doubts=[Doubt(a, b, 0.99, (Ground("x"),))], at=noon) == {}


def test_later_puts_it_out_of_the_way_for_this_session_only(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client = at_work()
    first, second = doubt(meet("小美"), meet("小每"), noon, 0.99), doubt(meet("阿强"), meet("阿墙"), noon, 0.95)
    client.post(url("suggestion_later", first), headers=HTMX)
    assert pairs(client) == [second]
    assert pairs(client, ALIKE + "?later=1") == [first, second]
    assert pairs(at_work("manager")) == [first, second]
    client.post(url("suggestion_again", first))
    assert pairs(client) == [first, second]
    assert set(Suggestion.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize("name", ["suggestion_same", "suggestion_two", "suggestion_later"])
def test_what_somebody_else_decided_is_refused_and_nothing_changes(
    at_work: AtWork, meet: Meet, noon: datetime, name: str
) -> None:
    client, number = at_work(), doubt(meet("小美"), meet("小每"), noon)
    client.post(url("suggestion_two", number))
    answer = client.post(url(name, number), headers=HTMX)
    assert answer.status_code == 409
    assert "decided already" in answer["HX-Trigger"]
    assert (Merge.objects.count(), Suggestion.objects.get().state) == (0, "refused")
    assert client.post(url(name, 99999)).status_code == 404


def test_from_a_persons_page_one_comes_back_to_it(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work(), meet("小美", "13812345678"), meet("小每")
    number = doubt(a, b, noon)
    assert client.post(url("suggestion_same", number), {"person": a})["Location"] == url("person", a)


def test_suggestions_are_paged_by_key(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client = at_work()
    numbers = [doubt(meet(f"a{i}"), meet(f"b{i}"), noon, 0.99 - i // 4 / 100) for i in range(13)]
    page = client.get(ALIKE).content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', page)
    assert older is not None
    assert [pairs(client), pairs(client, older[1].replace("&amp;", "&"))] == [numbers[:10], numbers[10:]]
    assert pairs(client, ALIKE + "?score=x&id=y") == numbers[:10]
    assert pairs(client, ALIKE + "?score=nan&id=1") == numbers[:10]


def test_nobody_alike_is_an_answer_too(at_work: AtWork) -> None:
    assert "Nobody looks like somebody else" in at_work().get(ALIKE).content.decode()


def test_a_teammate_of_one_community_decides_on_pairs_within_it_only(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    inside = doubt(meet("小美", group=books[1]), meet("小每", group=books[1]), noon)
    across = doubt(meet("阿强", group=books[1]), meet("阿墙", group=runners[1]), noon)
    client = at_work("operator", books[0])
    assert pairs(client) == [inside]
    assert client.post(url("suggestion_same", across)).status_code == 404
    assert client.post(url("suggestion_same", inside)).status_code == 302


@pytest.mark.parametrize("role", ["assistant", "analyst", "viewer"])
def test_others_merge_nobody(at_work: AtWork, meet: Meet, noon: datetime, role: str) -> None:
    client, a, b = at_work(role), meet("小美"), meet("小每")
    number = doubt(a, b, noon)
    assert client.get(ALIKE).status_code == 403
    for address in (
        url("suggestion_same", number),
        url("suggestion_two", number),
        url("person_merge", a),
        url("person_merge_with", a, b),
    ):
        assert client.post(address).status_code == 403
    assert (Merge.objects.count(), Suggestion.objects.get().state) == (0, "open")


def test_any_two_are_merged_by_choosing_the_other_from_a_search(at_work: AtWork, meet: Meet) -> None:
    client, a, b = at_work(), meet("安安妈", "13812345678"), meet("何念安", "13912345678")
    read_all()
    answer = client.post(url("person_merge", a), {"who": "念安"})
    assert "念安" not in answer["Location"]
    found = client.get(answer["Location"]).content.decode()
    assert url("person_merge_with", a, b) in found
    assert url("person_merge_with", a, a) not in found
    both = client.get(url("person_merge_with", a, b)).content.decode()
    for part in ("138****5678", "139****5678", url("person_merge_with", b, a)):
        assert part in both
    assert Merge.objects.count() == 0
    answer = client.post(url("person_merge_with", a, b))
    made = Merge.objects.get()
    assert (answer["Location"], made.kept, made.gone) == (url("person", a), a, b)
    assert deeds() == [("person.merged", a, b)]
    assert url("merge_part", made.pk) in client.get(url("person", a)).content.decode()
    again = client.post(url("person_merge_with", a, b))
    assert (again["Location"], Merge.objects.count()) == (url("person", a), 1)


def test_a_search_for_the_other_finds_nobody_without_a_word(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    assert client.post(url("person_merge", person), {"who": " "})["Location"] == url("person_merge", person)
    assert (
        "Nobody found"
        in client.get(client.post(url("person_merge", person), {"who": "无此人"})["Location"]).content.decode()
    )


def test_a_merge_is_taken_back_once(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work(), meet("安安妈"), meet("何念安")
    number = merge(kept=a, gone=b, reasons=["by_hand"], actor=ACTOR, at=noon)
    client.post(url("merge_part", number))
    client.post(url("merge_part", number))
    assert "toast-bad" in client.get(url("person", a)).content.decode()
    assert [action for action, *_ in deeds()] == ["person.parted"]
    assert client.post(url("merge_part", 999)).status_code == 404


def test_the_suggestions_take_the_same_few_queries_for_one_and_three(
    at_work: AtWork, meet: Meet, noon: datetime, queries: Queries, books: tuple[int, int]
) -> None:
    client = at_work()

    def add(number: int) -> None:
        left = meet(f"小美{number}", f"1381234567{number}", group=books[1])
        doubt(left, meet(f"小每{number}", f"1391234567{number}"), noon)
        read_all()

    add(1)
    client.get(ALIKE)
    one = queries(client, ALIKE)
    add(2), add(3)
    assert (queries(client, ALIKE), one <= 20) == (one, True)
    other = Person.objects.exclude(pk__in=[1]).values_list("pk", flat=True)
    assert queries(client, url("person_merge_with", other[0], other[1])) <= 20
    found = client.post(url("person_merge", other[0]), {"who": "小"})["Location"]
    assert queries(client, found) <= 20
    assert queries(client, url("person_erase", other[0])) <= 20
    assert queries(client, url("person_orders", other[0])) <= 20
