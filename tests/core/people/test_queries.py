"""A person's page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.core.people.cast import Meet, nameless, read_all
from tongpin.core.facts.orders import OrderItemAdded, OrderPaid, OrderRefunded
from tongpin.core.facts.places import MemberJoined
from tongpin.core.facts.tracking import PageViewed
from tongpin.core.ledger.actions import record
from tongpin.core.people import seen
from tongpin.core.people.consents import give_consent
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import note_life_fact, put_tag, set_owner, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.queries import in_scope, person_card, timeline_of
from tongpin.core.people.roots import PersonUnknown
from tongpin.core.people.rule_tags import make_rule_tag, refresh_rule_tags
from tongpin.core.people.rules import Ground
from tongpin.core.people.signs import sign
from tongpin.core.places.models import Community, Membership, Place
from tongpin.core.team.rules import Communities, Everything

ACTOR = "staff:1"


def test_a_card_holds_everything_of_all_records_and_masks_contact_data(meet: Meet, noon: datetime) -> None:
    person, gone = meet("小美", "13812345678", name="林小美"), meet("安安妈", "lin@example.com")
    inviter, friend, other = meet("陈若溪", "13912345671"), meet("苏禾", "13912345672"), meet("小每", "13912345673")
    device = nameless("d1", noon)
    put_tag(person_id=gone, name="晨跑", actor=ACTOR, at=noon)
    make_rule_tag(name="有手机", rule=["identity", "held", "phone"], at=noon)
    refresh_rule_tags(now=noon)
    set_owner(person_id=gone, staff=4, actor=ACTOR, at=noon)
    write_note(person_id=gone, words="补寄一本", staff=1, staff_name="李晴", actor=ACTOR, at=noon)
    note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor=ACTOR, at=noon)
    give_consent(person_id=person, purpose="service", channel="any", basis="asked", actor=ACTOR, at=noon)
    place = Place.objects.create(kind="group", platform="wechat", name="一群", opened_at=noon)
    Membership.objects.create(person_id=gone, place=place, first_seen_at=noon)
    with transaction.atomic():
        record(MemberJoined(inviter=inviter), at=noon, person_id=gone, place_id=place.pk)
        record(MemberJoined(inviter=gone), at=noon, person_id=friend, place_id=place.pk)
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=person, place_id=1)
        record(OrderRefunded(order="A1", refund="R", amount_fen=900), at=noon, person_id=person, place_id=1)
        record(OrderItemAdded(order="A1", line="1", amount_fen=9000), at=noon, person_id=person, place_id=1)
    number = merge(kept=person, gone=gone, reasons=[Ground("name_same")], actor=ACTOR, at=noon)
    second = merge(kept=gone, gone=device, reasons=["by_hand"], actor=ACTOR, at=noon)
    (doubt,) = keep_suggestions(doubts=[Doubt(gone, other, 0.95, (Ground("nickname_near"),))], at=noon).values()
    read_all()

    card = person_card(person_id=gone, may_see_contact=True)
    assert card == seen.PersonCard(
        person_id=person,
        members=(person, gone, device),
        display_name="小美",
        nickname="小美",
        name_masked="林**",
        unmask_name="name",
        identified=True,
        internal=False,
        via="hand",
        since=noon,
        owner=4,
        merged=(
            seen.Merged(gone, number, person, "安安妈", (Ground("name_same"),), ACTOR, noon),
            seen.Merged(device, second, person, "", (Ground("by_hand"),), ACTOR, noon),
        ),
        identities=card.identities,
        touchpoints=("phone", "mail", "group"),
        missing=("wecom", "official_account", "mini_app", "shop", "matrix"),
        life=(seen.Told(card.life[0].id, "birthday", "05-**", "hand", noon, "life:birthday"),),
        tags=(
            seen.TagHeld(card.tags[0].id, "晨跑", ACTOR, noon, False),
            seen.TagHeld(card.tags[1].id, "有手机", "rule", noon, True),
        ),
        notes=(seen.NoteKept(card.notes[0].id, "补寄一本", 1, "李晴", noon),),
        consents=(seen.ConsentShown(card.consents[0].id, "service", "any", "asked", noon, None),),
        places=(seen.PlaceHeld(place.pk, "group", "一群", None),),
        brought_by=(seen.Relation(inviter, "陈若溪", "member.joined", noon),),
        brought=(seen.Relation(friend, "苏禾", "member.joined", noon),),
        purchases=seen.Purchases(
            1, 8000, "CNY", noon, (seen.OrderSeen(1, "A1", None, noon, None, 1, 8900, 900, "CNY"),)
        ),
        counts=card.counts,
        doubts=(seen.Doubted(doubt, other, "小每", 0.95, (Ground("nickname_near"),)),),
    )
    assert [(one.kind, one.shown, one.is_strong, one.unmask) for one in card.identities] == [
        ("phone", "138****5678", True, "identity:phone"),
        ("mail", "l***@example.com", True, "identity:mail"),
        ("device", "d1", False, ""),
    ]
    assert (card.counts.sell, card.counts.gather) == (3, 6)
    masked = person_card(person_id=person, may_see_contact=False)
    assert {masked.unmask_name, *(i.unmask for i in masked.identities), *(fact.unmask for fact in masked.life)} == {""}


def test_an_erased_person_is_only_a_number(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    erase(person_id=person, with_words=True, actor=ACTOR, at=noon)
    assert person_card(person_id=person, may_see_contact=True) == seen.PersonCard(
        person, (person,), "", "", "", "", False, False, "hand", noon, None, noon
    )


def test_nobody_has_no_card(db: None) -> None:
    with pytest.raises(PersonUnknown):
        person_card(person_id=1, may_see_contact=True)


def test_a_card_takes_the_same_queries_however_much_there_is(
    meet: Meet, noon: datetime, django_assert_max_num_queries: Any
) -> None:
    person = meet("小美", "13812345678")
    for i in range(5):
        put_tag(person_id=person, name=f"标签{i}", actor=ACTOR, at=noon)
        write_note(person_id=person, words=str(i), staff=1, staff_name="李晴", actor=ACTOR, at=noon)
        with transaction.atomic():
            record(MemberJoined(inviter=person, occurrence=i + 1), at=noon, person_id=meet(f"友{i}", f"1391234567{i}"))
    for i in range(4):
        merge(kept=person, gone=meet(f"旧{i}", f"1371234567{i}"), reasons=[], actor=ACTOR, at=noon)
        doubt = Doubt(person, meet(f"像{i}", f"1361234567{i}"), 0.9, (Ground("x"),))
        keep_suggestions(doubts=[doubt], at=noon)
    read_all()
    with django_assert_max_num_queries(9):
        card = person_card(person_id=person, may_see_contact=True)
    assert (len(card.brought), len(card.merged), len(card.doubts)) == (5, 4, 4)


def test_a_timeline_joins_all_records_and_can_show_one_step(meet: Meet, noon: datetime) -> None:
    person, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    for i, who in enumerate((person, gone, person)):
        with transaction.atomic():
            record(PageViewed(write_key=1, message=str(i)), at=noon + timedelta(hours=i), person_id=who)
            record(OrderPaid(order=str(i), amount_fen=1), at=noon - timedelta(hours=i), person_id=who, place_id=1)
    merge(kept=person, gone=gone, reasons=[], actor=ACTOR, at=noon)
    assert [e.body["message"] for e in timeline_of(person_id=gone, step="give")] == ["2", "1", "0"]
    assert [e.body["order"] for e in timeline_of(person_id=person, step="sell", limit=2)] == ["0", "1"]
    assert len(timeline_of(person_id=person)) == 9


def test_scope_decides_who_may_be_seen(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    community = Community.objects.create(name="绘本", founded_at=noon)
    place = Place.objects.create(kind="group", platform="wechat", name="一群", community=community, opened_at=noon)
    mine, others = Communities(frozenset({community.pk})), Communities(frozenset({community.pk + 1}))
    assert [in_scope(person_id=person, scope=s) for s in (Everything(), mine, Communities())] == [True, False, False]
    Membership.objects.create(person_id=person, place=place, first_seen_at=noon)
    assert [in_scope(person_id=person, scope=s) for s in (mine, others)] == [True, False]


def test_a_weak_sign_names_nobody(noon: datetime, meet: Meet) -> None:
    person = meet("", signs=(sign("order", "A1", namespace="shop:1"),))
    assert person_card(person_id=person, may_see_contact=True).display_name == ""
