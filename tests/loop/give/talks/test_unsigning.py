"""Taking back that one wants to hear a talk: no reminder follows, and the ledger counts what holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.loop.give.talks.cast import GUEST, LATER, LIN, plain_group, planned, somebody, told
from tongpin.core.people.merging import merge
from tongpin.core.sending.models import Letter
from tongpin.loop.give.talks.actions import NotNow, TalkUnknown, announce, remind_due, sign_off, sign_up, start
from tongpin.loop.give.talks.models import SignUp

pytestmark = pytest.mark.django_db


def announced(noon: datetime) -> int:
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon)], at=noon, actor=LIN)
    return talk


def off(talk: int, person: int, at: datetime) -> bool:
    return sign_off(talk_id=talk, person_id=person, at=at, actor=f"person:{person}")


def on(talk: int, person: int, at: datetime) -> bool:
    return sign_up(talk_id=talk, person_id=person, at=at, actor=f"person:{person}")


def counting() -> list[bool]:
    """For each time somebody signed up, whether it counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from entry_withdrawn w where w.seq = e.seq) from entry e"
            " where kind = 'talk.signed_up' order by seq"
        )
        return [row[0] for row in cursor.fetchall()]


def test_who_took_it_back_is_not_reminded_and_may_sign_up_again(noon: datetime) -> None:
    talk, mei, hui = announced(noon), somebody(noon), somebody(noon, "慧慧")
    assert (on(talk, mei, noon), on(talk, hui, noon)) == (True, True)
    assert (off(talk, mei, noon), off(talk, mei, noon)) == (True, False)
    assert counting() == [False, True]
    remind_due(at=noon + LATER - timedelta(minutes=5))
    assert list(Letter.objects.filter(person_id__isnull=False).values_list("person_id", flat=True)) == [hui]
    assert on(talk, mei, noon + timedelta(hours=1))
    assert counting() == [False, True, True]
    assert [body for _, body in told("talk.signed_up")] == [{"talk": talk}] * 3


def test_both_records_of_one_person_are_signed_off(noon: datetime) -> None:
    talk, mei, again = announced(noon), somebody(noon), somebody(noon, "小美")
    on(talk, mei, noon)
    on(talk, again, noon)
    merge(kept=mei, gone=again, reasons=["by_hand"], actor=LIN, at=noon)
    assert off(talk, again, noon)
    assert (SignUp.objects.count(), counting()) == (0, [False, False])


def test_once_it_began_or_where_there_is_no_such_talk_nothing_is_taken_back(noon: datetime) -> None:
    talk, mei = announced(noon), somebody(noon)
    on(talk, mei, noon)
    start(talk_id=talk, at=noon + LATER, actor=GUEST)
    with pytest.raises(NotNow):
        off(talk, mei, noon + LATER)
    with pytest.raises(TalkUnknown):
        off(999, mei, noon)
    assert (SignUp.objects.count(), counting()) == (1, [True])
