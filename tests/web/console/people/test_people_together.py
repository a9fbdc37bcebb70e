"""One tag for several people at once, and taking it off again."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.core.people.cast import read_all
from tests.web.console.people.conftest import AtWork, Meet
from tongpin.core.people import labels, merging
from tongpin.core.people.models import Person, PersonTag, Tag
from tongpin.core.people.rule_tags import make_rule_tag

pytestmark = pytest.mark.django_db
TAG = "/people/tags/"


def bearers(name: str = "春季") -> set[int]:
    return set(PersonTag.objects.filter(tag__name=name, taken_at=None).values_list("person_id", flat=True))


def facts(kind: str) -> list[tuple[int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, coalesce((body->>'occurrence')::int, 1), actor from entry where kind = %s order by seq",
            [kind],
        )
        return list(cursor.fetchall())


def undo_in(page: str) -> str:
    return re.search(r'action="(/people/tags/back/[^"]+)"', page)[1]  # type: ignore[index]


def test_those_chosen_get_the_tag_and_lose_it_again(at_work: AtWork, meet: Meet) -> None:
    client, a, b, c = at_work(), meet("小美"), meet("阿强"), meet("林老师")
    read_all()
    page = client.get("/people/").text
    assert (page.count('name="who"'), 'id="tagging"' in page) == (3, True)
    done = client.post(TAG, {"who": [a, b], "name": " 春季 ", "back": "/people/?sort=name"}, follow=True)
    assert done.redirect_chain == [("/people/?sort=name", 302)]
    assert ("2 people tagged “春季”." in done.text, bearers()) == (True, {a, b})
    assert [person for person, _, _ in facts("tag.put")] == [a, b]
    assert c not in bearers()
    undone = client.post(undo_in(done.text), follow=True)
    assert ("Taken off 2 people again." in undone.text, bearers()) == (True, set())
    again = client.post(TAG, {"who": [a], "name": "春季"}, follow=True)
    assert ([row[:2] for row in facts("tag.put")][-1], bearers()) == ((a, 2), {a})
    assert "nothing to take off any more" in client.post(undo_in(done.text), follow=True).text
    assert undo_in(again.text)


def test_undoing_leaves_the_tag_on_whom_it_was_before(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work(), meet("小美"), meet("阿强")
    labels.put_tag(person_id=a, name="春季", actor="staff:1", at=noon)
    done = client.post(TAG, {"who": [a, b], "name": "春季"}, follow=True)
    assert "1 person tagged" in done.text
    client.post(undo_in(done.text))
    assert bearers() == {a}
    assert "All of them are tagged" in client.post(TAG, {"who": [a], "name": "春季"}, follow=True).text


def test_a_merged_record_counts_as_its_person(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b = at_work(), meet("小美"), meet("小每")
    labels.put_tag(person_id=b, name="春季", actor="staff:1", at=noon)
    merging.merge(kept=a, gone=b, reasons=["by_hand"], actor="staff:1", at=noon)
    client.post(TAG, {"who": [a, b], "name": "春季"})
    assert bearers() == {b}
    client.post(TAG, {"who": [b], "name": "秋季"})
    assert bearers("秋季") == {a}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"who": [], "name": "春季"}, "Choose somebody first"),
        ({"who": ["x", "-1", "9" * 30], "name": "春季"}, "Choose somebody first"),
        ({"who": ["1"], "name": " "}, "Give the tag a name."),
        ({"who": ["1"], "name": "常客"}, "This tag follows a rule"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    asked: dict[str, object], told: str, at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    make_rule_tag(name="常客", rule=["orders", "at_least", 3], at=noon) if "常客" in str(asked) else None
    meet("小美")
    assert told in at_work().post(TAG, asked, follow=True).text
    assert PersonTag.objects.count() == 0


def test_nobody_out_of_sight_and_nobody_erased_is_tagged(
    at_work: AtWork, meet: Meet, books: tuple[int, int], noon: datetime
) -> None:
    community, group = books
    inside, outside, gone = meet("小美", group=group), meet("阿强"), meet("林老师", group=group)
    Person.objects.filter(pk=gone).update(erased_at=noon)
    at_work("assistant", community).post(TAG, {"who": [inside, outside, gone, 99999], "name": "春季"})
    assert bearers() == {inside}


def test_a_viewer_tags_nobody_and_sees_no_boxes(at_work: AtWork, meet: Meet) -> None:
    client, a = at_work("viewer"), meet("小美")
    assert client.post(TAG, {"who": [a], "name": "春季"}).status_code == 403
    assert client.post(reverse("console:people_tag_back", args=["made-up"])).status_code == 403
    assert ('name="who"' in client.get("/people/").text, Tag.objects.count()) == (False, 0)


def test_another_list_is_no_way_out_of_the_house(at_work: AtWork, meet: Meet) -> None:
    for back in ("https://evil.example.com/", "//evil.example.com", "/people/../../x", "/settings/"):
        answer = at_work(login=f"w{len(back)}").post(TAG, {"who": [meet("小美")], "name": "春季", "back": back})
        assert answer["Location"] == "/people/"


def test_thirty_people_cost_the_same_queries_as_three(at_work: AtWork, meet: Meet) -> None:
    client = at_work()
    people = [meet(f"第 {n} 位") for n in range(30)]
    client.post(TAG, {"who": people[:1], "name": "零"})
    numbers = []
    for name, chosen in (("一", people[:3]), ("二", people)):
        with CaptureQueriesContext(connection) as asked:
            client.post(TAG, {"who": chosen, "name": name})
        numbers.append(len(asked))
    assert (numbers[0] == numbers[1], len(bearers("二"))) == (True, 30), numbers
