"""Who can read a letter of service at all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.merging import merge
from tongpin.core.people.signs import Sign, sign
from tongpin.core.people.visitors import LASTS, begin_session
from tongpin.core.sending import accounts
from tongpin.core.sending.reaching import reachable

pytestmark = pytest.mark.django_db


def person(at: datetime, *signs: Sign) -> int:
    return add_by_hand(nickname="小美", signs=list(signs), actor="staff:1", at=at).person_id


def test_a_letter_is_read_by_mail_or_on_a_phone_that_is_signed_in_and_by_nobody_else(noon: datetime) -> None:
    mailed, phoned, long_gone, heard = person(noon, sign("mail", "mei@example.com")), *(person(noon) for _ in range(3))
    begin_session(person_id=phoned, at=noon)
    begin_session(person_id=long_gone, at=noon - LASTS - timedelta(seconds=1))
    everybody = [mailed, phoned, long_gone, heard]
    assert reachable(person_ids=everybody, at=noon) == {phoned}, "the house has no mail account"
    accounts.connect(
        kind="mail", config={"host": "smtp.example.com", "sender": "hi@example.com"}, at=noon, actor="staff:1"
    )
    assert reachable(person_ids=everybody, at=noon) == {mailed, phoned}
    assert reachable(person_ids=[], at=noon) == frozenset()
    merge(kept=phoned, gone=heard, reasons=[], actor="staff:1", at=noon)
    assert reachable(person_ids=[heard, long_gone], at=noon) == {heard}, "their other record has a phone"
