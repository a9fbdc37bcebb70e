"""A member's own wish to be erased waits seven days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.people.cast import Meet, kinds_of
from tongpin.core.people.erasure import ERASERS, Erasing, MustWait
from tongpin.core.people.models import Person, Request
from tongpin.core.people.wishes import WAITS, call_off, erase_due, wish_erasure, wish_of

pytestmark = pytest.mark.django_db
ME = "person:1"


def test_a_wish_waits_seven_days_and_is_then_done_once(meet: Meet, noon: datetime) -> None:
    person, other = meet("小美", "13812345678"), meet("路人", "13912345678")
    wish = wish_erasure(person_id=person, with_words=True, actor=ME, at=noon)
    assert (wish.with_words, wish.due) == (True, noon + WAITS)
    assert erase_due(at=noon + WAITS - timedelta(seconds=1)) == 0
    assert Person.objects.get(pk=person).erased_at is None
    assert [erase_due(at=noon + WAITS), erase_due(at=noon + WAITS)] == [1, 0]
    assert Person.objects.get(pk=person).erased_at == noon + WAITS
    assert Person.objects.get(pk=other).erased_at is None
    assert kinds_of(person)[-2:] == ["erasure.asked", "person.erased"]


def test_asking_twice_is_one_wish_with_what_was_said_last(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    first = wish_erasure(person_id=person, with_words=False, actor=ME, at=noon)
    again = wish_erasure(person_id=person, with_words=True, actor=ME, at=noon + timedelta(days=1))
    assert (again.id, again.due, again.with_words) == (first.id, first.due, True)
    assert kinds_of(person).count("erasure.asked") == 1


def test_who_changes_their_mind_stays_and_may_ask_again(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    wish_erasure(person_id=person, with_words=False, actor=ME, at=noon)
    assert [call_off(person_id=person, actor=ME, at=noon) for _ in range(2)] == [True, False]
    assert wish_of(person_id=person) is None
    assert erase_due(at=noon + WAITS) == 0
    assert Person.objects.get(pk=person).erased_at is None
    wish_erasure(person_id=person, with_words=False, actor=ME, at=noon + WAITS)
    assert kinds_of(person)[-3:] == ["erasure.asked", "erasure.called_off", "erasure.asked"]


def test_where_one_must_wait_the_others_are_erased(meet: Meet, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    held, free = meet("小美", "13812345678"), meet("路人", "13912345678")

    def busy(erasing: Erasing) -> None:
        if held in erasing.person_ids:
            raise MustWait("an import is running")

    monkeypatch.setitem(ERASERS, "busy", busy)
    for person in (held, free):
        wish_erasure(person_id=person, with_words=False, actor=ME, at=noon)
    assert erase_due(at=noon + WAITS) == 1
    assert [Person.objects.get(pk=one).erased_at is None for one in (held, free)] == [True, False]
    assert Request.objects.filter(person=held, done_at=None).count() == 1
