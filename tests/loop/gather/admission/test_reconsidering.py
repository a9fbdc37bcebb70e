"""A refusal can be taken back for seven days: the application waits again, and each decision after it is told anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.gather.cast import ANSWERS, LIN, WANG, opened, somebody, told
from tongpin.core.people.merging import merge
from tongpin.core.team.rules import Everything
from tongpin.loop.gather.admission.actions import AlreadyIn, ApplicationUnknown, apply
from tongpin.loop.gather.admission.deciding import (
    RECONSIDERED_WITHIN,
    AppliedAgain,
    NotRefused,
    TooLate,
    accept,
    reconsider,
    refuse,
)
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.admission.queries import applications_waiting, is_member, my_application
from tongpin.loop.gather.admission.rules import ANSWERED_WITHIN

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked(community: int, person: int, at: datetime) -> int:
    told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}"}
    return apply(community_id=community, person_id=person, at=at, **told).application_id


@pytest.fixture
def refused(noon: datetime) -> tuple[int, int, int]:
    """(community, person, application) of somebody who was refused at noon."""
    made, person = opened(noon), somebody(noon)
    number = asked(made, person, noon)
    refuse(application_id=number, reason="full", at=noon, actor=LIN)
    return made, person, number


def test_the_application_waits_again_with_a_new_promise_and_once(refused: tuple[int, int, int], noon: datetime) -> None:
    community, person, number = refused
    newer = asked(community, somebody(noon, "阿强"), noon + DAY)
    at = noon + 2 * DAY
    assert [reconsider(application_id=number, at=at, actor=WANG) for _ in range(2)] == [True, False]
    mine = my_application(person_id=person, community_id=community)
    assert mine is not None
    assert (mine.state, mine.applied_at, mine.due, mine.decided_at) == ("waiting", noon, at + ANSWERED_WITHIN, None)
    assert (mine.reason, mine.ahead, [one.words for one in mine.answers]) == ("", 1, list(ANSWERS))
    waiting = applications_waiting(scope=Everything(), now=at)
    assert [(one.application_id, one.waited, one.too_long) for one in waiting] == [
        (newer, DAY, False),
        (number, timedelta(0), False),
    ]
    assert told("admission.reconsidered") == [
        ("admission.reconsidered", {"application": number, "community": community})
    ]


def test_whoever_is_reconsidered_is_let_in_or_refused_anew(refused: tuple[int, int, int], noon: datetime) -> None:
    community, person, number = refused
    reconsider(application_id=number, at=noon, actor=LIN)
    refuse(application_id=number, reason="not_real", at=noon, actor=LIN)
    reconsider(application_id=number, at=noon, actor=LIN)
    accept(application_id=number, at=noon, actor=LIN)
    assert is_member(community_id=community, person_id=person)
    base = {"application": number, "community": community}
    assert told("admission.refused", "admission.reconsidered", "admission.accepted") == [
        ("admission.refused", base | {"reason": "full"}),
        ("admission.reconsidered", base),
        ("admission.refused", base | {"reason": "not_real", "occurrence": 2}),
        ("admission.reconsidered", base | {"occurrence": 2}),
        ("admission.accepted", base),
    ]
    with pytest.raises(NotRefused):
        reconsider(application_id=number, at=noon, actor=LIN)


def test_after_seven_days_it_stays(refused: tuple[int, int, int], noon: datetime) -> None:
    _, _, number = refused
    with pytest.raises(TooLate):
        reconsider(application_id=number, at=noon + RECONSIDERED_WITHIN + timedelta(seconds=1), actor=LIN)
    assert Application.objects.get().state == "refused"
    assert reconsider(application_id=number, at=noon + RECONSIDERED_WITHIN, actor=LIN)


def test_who_applied_again_or_came_in_since_is_left_as_they_are(refused: tuple[int, int, int], noon: datetime) -> None:
    community, person, number = refused
    other = somebody(noon, "另一个小美")
    again = asked(community, other, noon)
    merge(kept=person, gone=other, reasons=["by_hand"], actor=LIN, at=noon)
    with pytest.raises(AppliedAgain):
        reconsider(application_id=number, at=noon, actor=LIN)
    accept(application_id=again, at=noon, actor=LIN)
    with pytest.raises(AlreadyIn):
        reconsider(application_id=number, at=noon, actor=LIN)
    with pytest.raises(NotRefused):
        reconsider(application_id=again, at=noon, actor=LIN)
    with pytest.raises(ApplicationUnknown):
        reconsider(application_id=again + 1, at=noon, actor=LIN)
    assert told("admission.reconsidered") == []


def test_who_waits_for_the_first_time_is_not_refused(noon: datetime) -> None:
    number = asked(opened(noon), somebody(noon), noon)
    with pytest.raises(NotRefused):
        reconsider(application_id=number, at=noon, actor=LIN)
