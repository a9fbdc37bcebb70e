"""Letting somebody in by a slip is undone for ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.people.cast import kinds_of
from tests.loop.gather.cast import ANSWERS, LIN, WANG, opened, somebody
from tongpin.core.places.models import Membership
from tongpin.core.team.rules import Everything
from tongpin.loop.gather.admission.actions import ApplicationUnknown, apply
from tongpin.loop.gather.admission.deciding import NotAccepted, TooLate, accept, refuse, take_back_accept
from tongpin.loop.gather.admission.queries import count_waiting, is_member, my_application, my_applications
from tongpin.loop.gather.welcome.queries import welcome_of

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=9)


@pytest.fixture
def let_in(noon: datetime) -> tuple[int, int, int]:
    """(community, person, application) of somebody who was let in at noon."""
    made, person = opened(noon), somebody(noon)
    told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}"}
    number = apply(community_id=made, person_id=person, at=noon, **told).application_id
    accept(application_id=number, at=noon, actor=LIN)
    return made, person, number


def test_the_person_is_out_again_and_waits_as_before(let_in: tuple[int, int, int], noon: datetime) -> None:
    community, person, number = let_in
    take_back_accept(application_id=number, at=noon + LATER, actor=LIN)
    mine = my_application(person_id=person, community_id=community)
    assert mine is not None
    assert (mine.state, mine.applied_at, mine.decided_at) == ("waiting", noon, None)
    assert not is_member(community_id=community, person_id=person)
    assert count_waiting(scope=Everything()) == 1
    welcome = welcome_of(person_id=person, community_id=community)
    assert welcome is not None
    assert welcome.finished_at == noon + LATER
    assert kinds_of(person)[-3:] == ["welcome.begun", "member.left", "welcome.finished"]


def test_somebody_may_be_let_in_again_afterwards_and_is_welcomed_anew(
    let_in: tuple[int, int, int], noon: datetime
) -> None:
    community, person, number = let_in
    take_back_accept(application_id=number, at=noon + LATER, actor=LIN)
    accept(application_id=number, at=noon + LATER, actor=WANG)
    assert is_member(community_id=community, person_id=person)
    assert Membership.objects.count() == 1
    assert kinds_of(person).count("member.joined") == 2
    assert kinds_of(person).count("admission.accepted") == 1
    assert kinds_of(person)[-1] == "welcome.begun"


def test_after_ten_minutes_it_stays(let_in: tuple[int, int, int], noon: datetime) -> None:
    community, person, number = let_in
    before = kinds_of(person)
    with pytest.raises(TooLate):
        take_back_accept(application_id=number, at=noon + timedelta(minutes=10, seconds=1), actor=LIN)
    assert is_member(community_id=community, person_id=person)
    assert kinds_of(person) == before


def test_what_was_not_accepted_cannot_be_taken_back(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}"}
    number = apply(community_id=made, person_id=person, at=noon, **told).application_id
    with pytest.raises(NotAccepted):
        take_back_accept(application_id=number, at=noon, actor=LIN)
    refuse(application_id=number, reason="full", at=noon, actor=LIN)
    with pytest.raises(NotAccepted):
        take_back_accept(application_id=number, at=noon, actor=LIN)
    with pytest.raises(ApplicationUnknown):
        take_back_accept(application_id=number + 1, at=noon, actor=LIN)


def test_a_member_sees_what_they_wait_for_in_every_community(let_in: tuple[int, int, int], noon: datetime) -> None:
    _, person, _ = let_in
    other = opened(noon, "圆圆妈妈团")
    told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}"}
    apply(community_id=other, person_id=person, at=noon, **told)
    assert [(one.community, one.state) for one in my_applications(person_id=person)] == [
        ("圆圆妈妈团", "waiting"),
        ("青禾读书社", "accepted"),
    ]
