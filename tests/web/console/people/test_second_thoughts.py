"""«Two people» and a note taken off can be taken back, also when the toast is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from time_machine import travel

from tests.web.console.people.conftest import AtWork, Meet
from tests.web.console.shop_files import url
from tongpin.core.people import labels, merging
from tongpin.core.people.models import Note, Person, Suggestion
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground

pytestmark = pytest.mark.django_db
ALIKE = "/people/alike/"


def doubt(a: int, b: int, at: datetime) -> int:
    keep_suggestions(doubts=[Doubt(a, b, 0.97, (Ground("name_near"),))], at=at)
    return Suggestion.objects.latest("pk").pk


def refusals() -> list[tuple[str, bool]]:
    """Facts of refusing with whether they were withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.kind, w.seq is not null from entry e left join entry_withdrawn w on w.seq = e.seq"
            " where e.kind = 'merge.refused' order by e.seq"
        )
        return list(cursor.fetchall())


def test_two_people_is_taken_back_and_can_be_said_again(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, number = at_work(), doubt(meet("小美"), meet("小每"), noon)
    back = url("suggestion_undo_two", number)
    answer = client.post(url("suggestion_two", number), headers={"HX-Request": "true"})
    assert back in answer["HX-Trigger"]
    page = client.get(ALIKE).text
    assert (f'action="{back}"' in page, "小每" in page) == (True, True)
    assert "the pair waits for you again" in client.post(back, follow=True).text
    held = Suggestion.objects.get()
    assert (held.state, held.decided_at, refusals()) == ("open", None, [("merge.refused", True)])
    assert url("suggestion_two", number) in client.get(ALIKE).text
    assert "decided already" in client.post(back, follow=True).text
    client.post(url("suggestion_two", number))
    assert (Suggestion.objects.get().state, refusals()) == (
        "refused",
        [("merge.refused", True), ("merge.refused", False)],
    )


def test_what_became_one_or_was_erased_is_not_asked_again(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, b, c = at_work(), meet("小美"), meet("小每"), meet("小妹")
    first, second = doubt(a, b, noon), doubt(a, c, noon)
    for number in (first, second):
        client.post(url("suggestion_two", number))
    merging.merge(kept=a, gone=b, reasons=["by_hand"], actor="staff:1", at=noon)
    Person.objects.filter(pk=c).update(erased_at=noon)
    for number in (first, second):
        assert "decided already" in client.post(url("suggestion_undo_two", number), follow=True).text
    assert set(Suggestion.objects.values_list("state", flat=True)) == {"refused"}


def test_two_people_is_offered_back_for_a_month_to_who_may_see_both(
    at_work: AtWork, meet: Meet, books: tuple[int, int], noon: datetime
) -> None:
    community, group = books
    number = doubt(meet("小美", group=group), meet("小每"), noon)
    with travel(noon, tick=True):
        client = at_work()
        client.post(url("suggestion_two", number))
    back = url("suggestion_undo_two", number)
    with travel(noon + timedelta(days=29), tick=True):
        client, theirs = at_work(login="later"), at_work("operator", community, login="o")
        assert (back in client.get(ALIKE).text, back in theirs.get(ALIKE).text) == (True, False)
        assert theirs.post(back).status_code == 404
    with travel(noon + timedelta(days=31), tick=True):
        assert back not in at_work(login="month").get(ALIKE).text
    assert at_work("viewer", login="v").post(back).status_code == 403
    assert Suggestion.objects.get().state == "refused"


def test_a_note_that_was_taken_off_comes_back(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, a, other = at_work(), meet("小美"), meet("阿强")
    note = labels.write_note(person_id=a, words="喜欢恐龙", staff=1, staff_name="李晴", actor="staff:1", at=noon)
    removed = client.post(url("person_note_remove", a, note), follow=True).text
    back = url("person_note_restore", a, note)
    assert (f'action="{back}"' in removed, "喜欢恐龙" in removed) == (True, False)
    assert client.post(url("person_note_restore", other, note)).status_code == 404
    assert at_work("viewer", login="v").post(back).status_code == 403
    restored = client.post(back, follow=True).text
    assert ("喜欢恐龙" in restored, "The note is back." in restored, Note.objects.get().removed_at) == (
        True,
        True,
        None,
    )
    client.post(back)
    assert Note.objects.get().removed_at is None
