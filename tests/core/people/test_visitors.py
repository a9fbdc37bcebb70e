"""People who meet us at our own pages, and the sessions their phones hold."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.people.cast import Meet, kinds_of
from tongpin.core.people.erasure import erase
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Identity, MemberSession, Person, Trait
from tongpin.core.people.rules import Ground
from tongpin.core.people.visitors import (
    LASTS,
    Nameless,
    begin_session,
    end_session,
    meet_visitor,
    person_of_session,
)

pytestmark = pytest.mark.django_db
BY_HAND = [Ground("said_by_hand")]


def test_a_visitor_is_somebody_new_with_a_session_and_no_secret_is_kept(noon: datetime) -> None:
    visit = meet_visitor(nickname=" 小美 ", phone="13812345678", at=noon)
    person = Person.objects.get()
    assert (person.pk, person.nickname, person.identified, person.via) == (visit.person_id, "小美", False, "member")
    assert "小美" in person.grams
    assert kinds_of(visit.person_id) == ["person.met"]
    assert [one.kind for one in Identity.objects.all()] == ["device"]
    assert visit.secret.encode() not in bytes(MemberSession.objects.get().digest)
    assert visit.secret not in Identity.objects.get().shown


def test_a_typed_phone_is_a_claim_that_finds_nobody(meet: Meet, noon: datetime) -> None:
    known = meet("小美", "13812345678")
    visit = meet_visitor(nickname="小美", phone="13812345678", at=noon)
    assert visit.person_id != known
    assert [(one.person_id, one.kind) for one in Trait.objects.all()] == [(visit.person_id, "phone")]


def test_without_a_name_nobody_is_made(noon: datetime) -> None:
    with pytest.raises(Nameless):
        meet_visitor(nickname=" \u200b ", at=noon)
    assert not Person.objects.exists()
    assert not MemberSession.objects.exists()


def test_a_session_says_who_it_is_until_it_was_left_alone_too_long(noon: datetime) -> None:
    visit = meet_visitor(nickname="小美", at=noon)
    later = noon + LASTS - timedelta(days=1)
    assert person_of_session(secret=visit.secret, at=later) == visit.person_id
    # It was used: it lasts anew.
    assert person_of_session(secret=visit.secret, at=later + timedelta(days=30)) == visit.person_id
    assert person_of_session(secret=visit.secret, at=later + timedelta(days=30) + LASTS) is None


@pytest.mark.parametrize("secret", ["", "x", "made-up" * 20])
def test_a_made_up_secret_is_nobody(secret: str, noon: datetime) -> None:
    meet_visitor(nickname="小美", at=noon)
    assert person_of_session(secret=secret, at=noon) is None


def test_a_merged_member_is_read_as_the_one_they_are(meet: Meet, noon: datetime) -> None:
    visit = meet_visitor(nickname="小美", at=noon)
    kept = meet("林小美", "13812345678")
    merge(kept=kept, gone=visit.person_id, reasons=BY_HAND, actor="staff:1", at=noon)
    assert person_of_session(secret=visit.secret, at=noon) == kept


def test_signing_out_ends_one_phone_and_erasing_ends_all(noon: datetime) -> None:
    visit = meet_visitor(nickname="小美", at=noon)
    other = begin_session(person_id=visit.person_id, at=noon)
    end_session(secret=visit.secret)
    assert person_of_session(secret=visit.secret, at=noon) is None
    assert person_of_session(secret=other.secret, at=noon) == visit.person_id
    erase(person_id=visit.person_id, with_words=False, actor="staff:1", at=noon)
    assert person_of_session(secret=other.secret, at=noon) is None
    assert not MemberSession.objects.exists()
