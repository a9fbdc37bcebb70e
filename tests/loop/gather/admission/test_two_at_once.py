"""Two teammates, or an impatient applicant, at the same moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from tests.at_once import at_once
from tests.loop.gather.cast import ANSWERS, LIN, WANG, opened, somebody, told
from tongpin.core.people.erasure import ERASERS, erase, register_eraser
from tongpin.core.places.models import Membership
from tongpin.loop.gather.admission.actions import AlreadyDecided, ApplicationUnknown, apply
from tongpin.loop.gather.admission.deciding import accept, refuse
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.erasing import erase_from_gather
from tongpin.loop.gather.welcome.models import Welcome

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_accept_and_refuse_at_once_exactly_one_wins(noon: datetime) -> None:
    made = opened(noon)
    for n in range(6):
        person = somebody(noon, f"小美{n}")
        number = apply(
            community_id=made, person_id=person, answers=ANSWERS, charter_edition=1, at=noon, actor="person:1"
        ).application_id
        found = at_once(
            partial(accept, application_id=number, at=noon, actor=LIN),
            partial(refuse, application_id=number, reason="full", at=noon, actor=WANG),
            partial(accept, application_id=number, at=noon, actor="staff:3"),
        )
        lost = [one for one in found if isinstance(one, AlreadyDecided)]
        row = Application.objects.get(pk=number)
        assert len(lost) == 2
        assert {(one.state, one.decided_by) for one in lost} == {(row.state, row.decided_by)}
        inside = Membership.objects.filter(person=person).count(), Welcome.objects.filter(person=person).count()
        assert inside == ((1, 1) if row.state == "accepted" else (0, 0))
    assert len(told("admission.accepted", "admission.refused")) == 6


def test_an_impatient_applicant_applies_once(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    mine = partial(
        apply, community_id=made, person_id=person, answers=ANSWERS, charter_edition=1, at=noon, actor="person:1"
    )
    found = at_once(*[mine] * 5)
    assert sorted(one.is_new for one in found) == [False] * 4 + [True]
    assert len({one.application_id for one in found}) == 1
    assert len(told("admission.applied", "charter.accepted")) == 2


def test_an_erasure_beside_a_decision_leaves_nothing(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongpin.core.people.erasure.ERASERS", dict(ERASERS))
    register_eraser("gather", erase_from_gather)
    made = opened(noon)
    for n in range(4):
        person = somebody(noon, f"小美{n}")
        number = apply(
            community_id=made, person_id=person, answers=ANSWERS, charter_edition=1, at=noon, actor="person:1"
        ).application_id
        found = at_once(
            partial(accept, application_id=number, at=noon, actor=LIN),
            partial(erase, person_id=person, with_words=True, actor=WANG, at=noon),
        )
        assert isinstance(found[1], int)
        assert isinstance(found[0], int | ApplicationUnknown) or type(found[0]).__name__ == "PersonIsErased"
    assert (Application.objects.count(), Welcome.objects.count()) == (0, 0)
