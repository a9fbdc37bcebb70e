"""Links of one's own, and bonds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.share.cast import COMMUNITY, found_to_be_one, people, told
from tongpin.core.people.models import Person
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.places.codes import find_code, make_code, open_code
from tongpin.loop.share.referrals.actions import (
    NotBound,
    bind,
    bind_by_code,
    disqualify,
    note_opening,
    own_link,
    qualify,
)
from tongpin.loop.share.referrals.models import Referral, ReferralLink
from tongpin.loop.share.referrals.queries import Counts, LinkSeen, ReferralSeen, invitation_counts, referral_of

pytestmark = pytest.mark.django_db


def link(person: int, noon: datetime) -> LinkSeen:
    return own_link(person_id=person, target_kind="community", target=COMMUNITY, at=noon, actor=f"person:{person}")


def bond(newcomer: int, inviter: int, noon: datetime) -> ReferralSeen:
    return bind(newcomer=newcomer, inviter=inviter, code_id=3, community_id=COMMUNITY, at=noon)


def test_a_person_has_one_link_to_each_thing(noon: datetime) -> None:
    (mei,) = people(1, noon)
    made = link(mei, noon)
    assert link(mei, noon) == made
    towel = own_link(person_id=mei, target_kind="offer", target=4, at=noon, actor="t")
    assert towel.code_id != made.code_id
    found = find_code(code=made.code)
    assert found is not None
    assert (found.id, found.kind, found.target_kind, found.target) == (made.code_id, "referral", "community", COMMUNITY)
    assert told("referral_link.made") == [
        ("referral_link.made", mei, {"tracked_code": made.code_id, "about_kind": "community", "about": COMMUNITY}),
        ("referral_link.made", mei, {"tracked_code": towel.code_id, "about_kind": "offer", "about": 4}),
    ]


def test_merged_records_share_one_link_and_the_erased_get_none(noon: datetime) -> None:
    mei, again, gone = people(3, noon)
    made = link(mei, noon)
    found_to_be_one(again, mei, noon)
    assert link(again, noon) == link(mei, noon) == made
    Person.objects.filter(pk=gone).update(erased_at=noon)
    with pytest.raises(PersonIsErased):
        link(gone, noon)
    assert ReferralLink.objects.count() == 1


def test_an_opening_is_told_once_and_says_when_it_was_the_inviter(noon: datetime) -> None:
    mei, lu, self_again = people(3, noon)
    made = link(mei, noon)
    found_to_be_one(mei, self_again, noon)
    visits = [(open_code(code=made.code, person_id=who, at=noon).opening, who) for who in (None, lu, mei, self_again)]
    for _ in range(2):
        seen = [note_opening(code_id=made.code_id, opening=number, visitor=who, at=noon) for number, who in visits]
        assert [one.itself for one in seen if one] == [False, False, True, True]
        assert all(one and one.inviter == mei and one.link == made for one in seen)
    said = {"tracked_code": made.code_id, "inviter": mei}
    assert told("referral_link.opened") == [
        (
            "referral_link.opened",
            who,
            said | {"opening": number} | ({"itself": True} if who in (mei, self_again) else {}),
        )
        for number, who in visits
    ]
    assert invitation_counts(person_id=mei, now=noon) == Counts(2, 0, 0, 0, 0, 0)


def test_an_opening_told_before_a_merge_stands_as_it_was_told(noon: datetime) -> None:
    mei, later = people(2, noon)
    made = link(mei, noon)
    opening = open_code(code=made.code, person_id=later, at=noon).opening
    note_opening(code_id=made.code_id, opening=opening, visitor=later, at=noon)
    found_to_be_one(mei, later, noon)
    again = note_opening(code_id=made.code_id, opening=opening, visitor=later, at=noon)
    assert again is not None
    assert again.itself
    assert [body.get("itself") for _, _, body in told("referral_link.opened")] == [None]


def test_a_code_that_is_nobodys_own_invites_nobody(noon: datetime) -> None:
    (lu,) = people(1, noon)
    code = make_code(code_kind="entrance", target_kind="entrance", target=1, actor="t", at=noon)
    assert note_opening(code_id=code.id, opening=1, visitor=lu, at=noon) is None
    assert bind_by_code(newcomer=lu, code_id=code.id, community_id=COMMUNITY, at=noon) is None
    assert told("referral_link.opened", "referral.bound") == []


def test_a_newcomer_is_bound_once_and_is_the_next_generation(noon: datetime) -> None:
    lin, mei, qiang = people(3, noon)
    made = link(lin, noon)
    first = bind_by_code(newcomer=mei, code_id=made.code_id, community_id=COMMUNITY, at=noon)
    assert first is not None
    assert (first.newcomer, first.inviter, first.code_id, first.generation) == (mei, lin, made.code_id, 1)
    second = bond(qiang, mei, noon)
    assert second.generation == 2
    assert bond(qiang, mei, noon + timedelta(days=1)) == second
    with pytest.raises(NotBound) as refused:
        bond(qiang, lin, noon)
    assert refused.value.reason == "brought_before"
    assert told("referral.bound") == [
        ("referral.bound", mei, {"inviter": lin, "tracked_code": made.code_id}),
        ("referral.bound", qiang, {"inviter": mei, "tracked_code": 3, "generation": 2}),
    ]


def test_nobody_brings_themselves_by_another_record_nor_closes_a_circle(noon: datetime) -> None:
    lin, mei, qiang, lin_again = people(4, noon)
    found_to_be_one(lin, lin_again, noon)
    bond(mei, lin, noon)
    bond(qiang, mei, noon)
    for newcomer, inviter, reason in (
        (mei, mei, "oneself"),
        (lin_again, lin, "oneself"),
        (lin, qiang, "circle"),
        (lin_again, mei, "circle"),
    ):
        with pytest.raises(NotBound) as refused:
            bond(newcomer, inviter, noon)
        assert refused.value.reason == reason
    assert Referral.objects.count() == 2


def test_a_merged_record_keeps_its_bond_and_generation(noon: datetime) -> None:
    lin, mei, mei_again, qiang = people(4, noon)
    bond(mei, lin, noon)
    found_to_be_one(mei_again, mei, noon)
    assert bond(qiang, mei_again, noon).generation == 2
    assert bond(mei_again, lin, noon).newcomer == mei_again
    seen = referral_of(person_id=mei, now=noon)
    assert seen is not None
    assert (seen.newcomer, seen.inviter) == (mei_again, lin)


def test_nobody_is_bound_to_somebody_who_is_gone(noon: datetime) -> None:
    lin, mei = people(2, noon)
    Person.objects.filter(pk=lin).update(erased_at=noon)
    for inviter in (lin, 999_999):
        with pytest.raises(NotBound) as refused:
            bond(mei, inviter, noon)
        assert refused.value.reason == "gone"
    assert not Referral.objects.exists()


def test_a_referral_qualifies_by_the_first_order_and_counts_once_it_is_kept(noon: datetime) -> None:
    lin, mei, lu = people(3, noon)
    bond(mei, lin, noon)
    week = noon + timedelta(days=7)
    assert not qualify(newcomer=lu, order="A0", return_days=7, at=noon)
    assert qualify(newcomer=mei, order="A1", return_days=7, at=noon)
    assert not qualify(newcomer=mei, order="A1", return_days=7, at=noon)
    assert not qualify(newcomer=mei, order="A2", return_days=7, at=noon)
    assert invitation_counts(person_id=lin, now=noon) == Counts(0, 1, 0, 1, 0, 0)
    assert not disqualify(newcomer=mei, order="A2", at=noon)
    assert not disqualify(newcomer=mei, order="A1", at=week)
    assert invitation_counts(person_id=lin, now=week) == Counts(0, 1, 0, 0, 1, 0)
    assert told("referral.qualified", "referral.disqualified") == [
        ("referral.qualified", mei, {"inviter": lin, "by": "order", "order": "A1"}),
    ]


def test_an_order_returned_in_full_no_longer_counts_and_a_later_one_qualifies_anew(noon: datetime) -> None:
    lin, mei = people(2, noon)
    bond(mei, lin, noon)
    qualify(newcomer=mei, order="A1", return_days=7, at=noon)
    assert disqualify(newcomer=mei, order="A1", at=noon + timedelta(days=3))
    assert not disqualify(newcomer=mei, order="A1", at=noon + timedelta(days=3))
    assert invitation_counts(person_id=lin, now=noon) == Counts(0, 1, 0, 0, 0, 1)
    assert not qualify(newcomer=mei, order="A1", return_days=7, at=noon)
    assert qualify(newcomer=mei, order="A2", return_days=7, at=noon)
    assert disqualify(newcomer=mei, order="A2", at=noon)
    assert not qualify(newcomer=mei, order="A1", return_days=7, at=noon)
    again = {"inviter": lin, "by": "order", "order": "A2", "occurrence": 2}
    assert told("referral.qualified", "referral.disqualified") == [
        ("referral.qualified", mei, {"inviter": lin, "by": "order", "order": "A1"}),
        ("referral.disqualified", mei, {"inviter": lin, "reason": "refunded"}),
        ("referral.qualified", mei, again),
        ("referral.disqualified", mei, {"inviter": lin, "reason": "refunded", "occurrence": 2}),
    ]
