"""Asking to be let in, and being answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.people.cast import kinds_of
from tests.loop.gather.cast import ANSWERS, LIN, QUESTIONS, WANG, opened, prepared, somebody, told
from tongpin.core.people.erasure import ERASERS, erase, register_eraser
from tongpin.core.people.merging import merge
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Membership
from tongpin.core.places.rooms import web_place_of
from tongpin.core.team.rules import Communities, Everything
from tongpin.loop.gather.admission.actions import (
    AlreadyDecided,
    AlreadyIn,
    ApplicationUnknown,
    Applied,
    BadAnswers,
    BadQuestions,
    DoorShut,
    amend_answers,
    apply,
    set_questions,
    withdraw,
)
from tongpin.loop.gather.admission.deciding import StrangeReason, accept, delete_old_answers, refuse
from tongpin.loop.gather.admission.models import Answer, Application
from tongpin.loop.gather.admission.queries import (
    Answered,
    MyApplication,
    Waiting,
    applications_waiting,
    count_waiting,
    my_application,
    questions_of,
)
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.charter.actions import NotInForce, adopt_charter
from tongpin.loop.gather.charter.models import Acceptance
from tongpin.loop.gather.charter.rules import Charter
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.erasing import erase_from_gather
from tongpin.loop.gather.ground import CommunityClosed, CommunityUnknown
from tongpin.loop.gather.welcome.models import Welcome
from tongpin.loop.gather.welcome.queries import welcome_of

pytestmark = pytest.mark.django_db
SAID = (Answered("我们怎么称呼你", "小美"), Answered("你最想得到什么", "有人一起"))


def asking(community: int, person: int, at: datetime, **more: Any) -> Applied:
    told = {"answers": ANSWERS, "charter_edition": 1, "actor": f"person:{person}"} | more
    return apply(community_id=community, person_id=person, at=at, **told)


def test_who_applies_answers_agrees_and_waits(noon: datetime) -> None:
    made, person, inviter = opened(noon), somebody(noon), somebody(noon, "林老师")
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN)
    applied = asking(made, person, noon, code_id=way.code_id, inviter_id=inviter)
    number = applied.application_id
    assert applied == Applied(number, True)
    assert kinds_of(person) == ["person.met", "charter.accepted", "admission.applied"]
    assert told("admission.applied") == [
        (
            "admission.applied",
            {"application": number, "community": made, "tracked_code": way.code_id, "inviter": inviter, "answers": 2},
        )
    ]
    due = noon + timedelta(hours=24)
    mine = MyApplication(number, "waiting", noon, due, 0, None, "", SAID)
    assert my_application(person_id=person, community_id=made) == mine
    later = noon + timedelta(hours=30)
    assert applications_waiting(scope=Everything(), now=later) == [
        Waiting(
            application_id=number,
            community_id=made,
            community="青禾读书社",
            person_id=person,
            called="小美",
            applied_at=noon,
            waited=timedelta(hours=30),
            too_long=True,
            entrance_id=way.id,
            entrance="柜台",
            channel="counter",
            inviter_id=inviter,
            inviter="林老师",
            answers=SAID,
        )
    ]


def test_today_lists_the_longest_waiting_first_in_two_queries(noon: datetime) -> None:
    made, other = opened(noon), opened(noon, "绘本营")
    first = asking(made, somebody(noon), noon - timedelta(hours=2))
    with CaptureQueriesContext(connection) as one:
        applications_waiting(scope=Everything(), now=noon)
    second = asking(other, somebody(noon, "阿强"), noon - timedelta(hours=3))
    third = asking(made, somebody(noon, "路人"), noon)
    with CaptureQueriesContext(connection) as three:
        waiting = applications_waiting(scope=Everything(), now=noon)
    assert [row.application_id for row in waiting] == [each.application_id for each in (second, first, third)]
    assert len(one) == len(three) == 2
    here = Communities(frozenset({made}))
    assert [row.application_id for row in applications_waiting(scope=here, now=noon)] == [
        first.application_id,
        third.application_id,
    ]
    assert (count_waiting(scope=here), count_waiting(scope=Everything())) == (2, 3)
    mine = my_application(person_id=waiting[2].person_id, community_id=made)
    assert mine is not None
    assert mine.ahead == 1


def test_applying_twice_with_any_record_gives_the_one_that_waits(noon: datetime) -> None:
    made, person, other = opened(noon), somebody(noon), somebody(noon, "阿美")
    first = asking(made, person, noon)
    assert asking(made, person, noon) == Applied(first.application_id, False)
    merge(kept=other, gone=person, reasons=["by_hand"], actor=LIN, at=noon)
    assert asking(made, other, noon, answers=("另一个",)) == Applied(first.application_id, False)
    assert (Application.objects.count(), len(told("admission.applied"))) == (1, 1)


def test_a_door_that_is_not_for_them_refuses_and_nothing_changes(noon: datetime) -> None:
    made, person, member = prepared(noon), somebody(noon), somebody(noon, "林老师")
    with pytest.raises(DoorShut) as refused:
        asking(made, person, noon)
    assert refused.value.reason == "not_open_yet"
    assert (Application.objects.count(), Acceptance.objects.count()) == (0, 0)
    by_member, by_seed = opened(noon, "绘本营", door="members"), opened(noon, "晨跑团", door="seeds")
    for way_in in ({}, {"inviter_id": member}, {"inviter_id": person}, {"inviter_id": 10**9}):
        with pytest.raises(DoorShut) as refused:
            asking(by_member, person, noon, **way_in)
        assert refused.value.reason == "by_invitation"
    place = web_place_of(community_id=by_member, at=noon, actor=LIN)
    join_by_hand(person_id=member, place_id=place, actor=LIN, at=noon)
    assert asking(by_member, person, noon, inviter_id=member).is_new
    with pytest.raises(DoorShut) as refused:
        asking(by_seed, person, noon)
    assert refused.value.reason == "seeds_only"
    way = make_entrance(
        community_id=by_seed,
        channel="own_contacts",
        name="老客",
        offline=False,
        paid=False,
        door="seeds",
        at=noon,
        actor=LIN,
    )
    assert asking(by_seed, person, noon, code_id=way.code_id).is_new


def test_missing_answers_old_rules_and_ended_communities_are_refused(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    with pytest.raises(BadAnswers) as refused:
        asking(made, person, noon, answers=(" ", "钱"))
    assert refused.value.faults == {0: "missing", 1: "not_a_choice"}
    adopt_charter(community_id=made, charter=Charter(rules=("新规",)), at=noon, actor=LIN)
    with pytest.raises(NotInForce) as changed:
        asking(made, person, noon)
    assert changed.value.edition == 2
    with pytest.raises(CommunityUnknown):
        asking(made + 1, person, noon)
    Community.objects.update(closed_at=noon)
    with pytest.raises(CommunityClosed):
        asking(made, person, noon, charter_edition=2)
    assert (Application.objects.count(), Acceptance.objects.count(), told("admission.applied")) == (0, 0, [])


def test_who_is_let_in_joins_and_is_welcomed(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    number = asking(made, person, noon).application_id
    place = accept(application_id=number, at=noon, actor=LIN)
    assert accept(application_id=number, at=noon, actor=LIN) == place
    assert place == web_place_of(community_id=made, at=noon, actor=LIN)
    assert Membership.objects.get().place_id == place
    assert kinds_of(person)[-3:] == ["admission.accepted", "member.joined", "welcome.begun"]
    assert told("admission.accepted") == [("admission.accepted", {"application": number, "community": made})]
    mine, welcome = my_application(person_id=person, community_id=made), welcome_of(person_id=person, community_id=made)
    assert mine is not None
    assert welcome is not None
    assert (mine.state, mine.ahead, mine.decided_at, welcome.next) == ("accepted", 0, noon, "welcomed")
    assert applications_waiting(scope=Everything(), now=noon) == []
    with pytest.raises(AlreadyIn):
        asking(made, person, noon)
    Membership.objects.update(left_at=noon)
    assert asking(made, person, noon).is_new


def test_who_decides_second_hears_who_decided(noon: datetime) -> None:
    made, person = opened(noon), somebody(noon)
    number = asking(made, person, noon).application_id
    refuse(application_id=number, reason="answers_thin", at=noon, actor=WANG)
    refuse(application_id=number, reason="answers_thin", at=noon, actor=WANG)
    with pytest.raises(AlreadyDecided) as late:
        accept(application_id=number, at=noon, actor=LIN)
    assert (late.value.state, late.value.decided_by, late.value.decided_at) == ("refused", WANG, noon)
    with pytest.raises(AlreadyDecided):
        refuse(application_id=number, reason="full", at=noon, actor=WANG)
    assert (Membership.objects.count(), Welcome.objects.count()) == (0, 0)
    assert told("admission.accepted", "admission.refused") == [
        ("admission.refused", {"application": number, "community": made, "reason": "answers_thin"})
    ]
    with pytest.raises(StrangeReason):
        refuse(application_id=number, reason="mood", at=noon, actor=LIN)
    with pytest.raises(ApplicationUnknown):
        accept(application_id=number + 1, at=noon, actor=LIN)
    assert asking(made, person, noon).is_new


def test_an_applicant_mends_answers_and_takes_the_application_back(noon: datetime) -> None:
    made, person, outsider = opened(noon), somebody(noon), somebody(noon, "路人")
    number = asking(made, person, noon).application_id
    amend_answers(application_id=number, person_id=person, answers=("美美", ""))
    mine = my_application(person_id=person, community_id=made)
    assert mine is not None
    assert mine.answers == (Answered("我们怎么称呼你", "美美"), Answered("你最想得到什么", ""))
    with pytest.raises(ApplicationUnknown):
        withdraw(application_id=number, person_id=outsider, at=noon, actor=f"person:{outsider}")
    for _ in range(2):
        withdraw(application_id=number, person_id=person, at=noon, actor=f"person:{person}")
    with pytest.raises(AlreadyDecided):
        amend_answers(application_id=number, person_id=person, answers=ANSWERS)
    with pytest.raises(AlreadyDecided):
        accept(application_id=number, at=noon, actor=LIN)
    assert told("admission.withdrawn") == [("admission.withdrawn", {"application": number, "community": made})]
    again = asking(made, person, noon).application_id
    refuse(application_id=again, reason="full", at=noon, actor=LIN)
    with pytest.raises(AlreadyDecided):
        withdraw(application_id=again, person_id=person, at=noon, actor=f"person:{person}")


def test_two_applications_of_a_merged_person_are_answered_together(noon: datetime) -> None:
    made, person, other = opened(noon), somebody(noon), somebody(noon, "阿美")
    first, second = asking(made, person, noon), asking(made, other, noon)
    merge(kept=person, gone=other, reasons=["by_hand"], actor=LIN, at=noon)
    accept(application_id=first.application_id, at=noon, actor=LIN)
    assert count_waiting(scope=Everything()) == 0
    assert told("admission.accepted", "admission.withdrawn") == [
        ("admission.withdrawn", {"application": second.application_id, "community": made, "reason": "double"}),
        ("admission.accepted", {"application": first.application_id, "community": made}),
    ]


def test_questions_are_decided_even_where_nothing_is_asked(noon: datetime) -> None:
    made = prepared(noon)
    assert questions_of(community_id=made) == QUESTIONS
    set_questions(community_id=made, questions=(), at=noon, actor=LIN)
    assert questions_of(community_id=made) == ()
    with pytest.raises(BadQuestions) as refused:
        set_questions(community_id=made, questions=[Question(text=" ")], at=noon, actor=LIN)
    assert (refused.value.reason, questions_of(community_id=made)) == ("no_text", ())
    assert questions_of(community_id=made + 1) is None


def test_answers_of_those_not_let_in_go_after_thirty_days(noon: datetime) -> None:
    made = opened(noon)
    refused, waiting = asking(made, somebody(noon), noon), asking(made, somebody(noon, "阿强"), noon)
    refuse(application_id=refused.application_id, reason="full", at=noon, actor=LIN)
    assert delete_old_answers(now=noon + timedelta(days=30)) == 0
    assert delete_old_answers(now=noon + timedelta(days=30, seconds=1)) == 2
    assert set(Answer.objects.values_list("application_id", flat=True)) == {waiting.application_id}


def test_erasing_takes_all_of_them_and_leaves_those_they_brought(noon: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr("tongpin.core.people.erasure.ERASERS", dict(ERASERS))
    register_eraser("gather", erase_from_gather)
    made, person, friend = opened(noon), somebody(noon), somebody(noon, "阿强")
    accept(application_id=asking(made, person, noon).application_id, at=noon, actor=LIN)
    brought = asking(made, friend, noon, inviter_id=person).application_id
    erase(person_id=person, with_words=False, actor=LIN, at=noon)
    assert list(Application.objects.values_list("pk", "inviter")) == [(brought, None)]
    assert set(Answer.objects.values_list("application", flat=True)) == {brought}
    assert list(Acceptance.objects.values_list("person", flat=True)) == [friend]
    assert Welcome.objects.count() == 0
    with pytest.raises(PersonIsErased):
        asking(made, person, noon)
