"""Tags, notes, owners, life facts; tags by rule; consent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tests.core.people.cast import Meet, kinds_of, read_all
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.tracking import PageViewed
from tongpin.core.ledger.actions import record
from tongpin.core.people.consents import BadConsent, OwnNoStands, give_consent, may_contact, withdraw_consent
from tongpin.core.people.labels import (
    Empty,
    TagHasRule,
    forget_life_fact,
    note_life_fact,
    put_tag,
    remove_note,
    set_owner,
    take_tag,
    write_note,
)
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Consent, LifeFact, Note, Person, PersonTag, Tag
from tongpin.core.people.roots import PersonIsErased, PersonUnknown
from tongpin.core.people.rule_tags import NoSuchRule, Refreshed, TagByHand, free_tag, make_rule_tag, refresh_rule_tags
from tongpin.core.people.rules import BadLifeFact
from tongpin.core.places.models import Community, Membership, Place

ACTOR = "staff:1"


def test_a_tag_is_put_on_and_off_and_on_with_its_occurrence(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    tag = put_tag(person_id=person, name=" 晨跑 ", actor=ACTOR, at=noon)
    assert put_tag(person_id=person, name="晨跑", actor=ACTOR, at=noon) == tag
    take_tag(person_id=person, tag_id=tag, actor=ACTOR, at=noon)
    take_tag(person_id=person, tag_id=tag, actor=ACTOR, at=noon)
    put_tag(person_id=person, name="晨跑", actor=ACTOR, at=noon)
    assert PersonTag.objects.values_list("occurrence", "taken_at").get() == (2, None)
    assert kinds_of(person) == ["person.met", "tag.put", "tag.taken", "tag.put"]


def test_a_tag_comes_off_whichever_merged_record_bears_it(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    tag = put_tag(person_id=gone, name="晨跑", actor=ACTOR, at=noon)
    merge(kept=kept, gone=gone, reasons=[], actor=ACTOR, at=noon)
    put_tag(person_id=kept, name="晨跑", actor=ACTOR, at=noon)
    assert PersonTag.objects.count() == 1
    take_tag(person_id=kept, tag_id=tag, actor=ACTOR, at=noon)
    assert PersonTag.objects.get().taken_at == noon


def test_notes_are_kept_and_can_be_taken_off_the_page(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    note = write_note(person_id=person, words=" 补寄一本 \x00", staff=1, staff_name="李晴", actor=ACTOR, at=noon)
    with pytest.raises(Empty):
        write_note(person_id=person, words=" ", staff=1, staff_name="李晴", actor=ACTOR, at=noon)
    remove_note(note_id=note, at=noon)
    assert Note.objects.values_list("words", "removed_at").get() == ("补寄一本", noon)
    assert kinds_of(person) == ["person.met", "note.written"]


def test_an_owner_is_told_once_a_change(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    for staff in (4, 4, 5, None):
        set_owner(person_id=person, staff=staff, actor=ACTOR, at=noon)
    assert Person.objects.values_list("owner", "owner_times").get() == (None, 3)
    assert kinds_of(person) == ["person.met", "owner.set", "owner.set", "owner.set"]


def test_a_life_fact_is_sealed_and_kept_once(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    first = note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor=ACTOR, at=noon)
    assert note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor=ACTOR, at=noon) == first
    with pytest.raises(BadLifeFact):
        note_life_fact(person_id=person, kind="birthday", value="20 May", actor=ACTOR, at=noon)
    fact = LifeFact.objects.get()
    assert (fact.masked, b"1990" in bytes(fact.sealed)) == ("05-**", False)
    assert kinds_of(person) == ["person.met", "life_fact.noted"]
    forget_life_fact(life_fact_id=first, at=noon)
    assert LifeFact.objects.count() == 0


def test_nobody_can_be_labelled(meet: Meet, noon: datetime) -> None:
    with pytest.raises(PersonUnknown):
        put_tag(person_id=999, name="晨跑", actor=ACTOR, at=noon)
    Person.objects.filter(pk=meet("小美", "13812345678")).update(erased_at=noon)
    with pytest.raises(PersonIsErased):
        write_note(person_id=Person.objects.get().pk, words="x", staff=1, staff_name="", actor=ACTOR, at=noon)


def tagged(name: str) -> list[int]:
    held = PersonTag.objects.filter(tag__name=name, taken_at=None)
    return sorted(held.values_list("person_id", flat=True))


def buy(person: int, order: str, fen: int, at: datetime) -> None:
    with transaction.atomic():
        record(OrderPaid(order=order, amount_fen=fen), at=at, person_id=person, place_id=1)


def test_a_rules_tag_follows_what_people_do(meet: Meet, noon: datetime) -> None:
    buyer, other = meet("小美妈妈", "13812345678"), meet("阿强", "lin@example.com")
    buy(buyer, "A1", 60_000, noon)
    with transaction.atomic():
        record(PageViewed(write_key=1, message="m"), at=noon - timedelta(days=30), person_id=other)
    read_all()
    community = Community.objects.create(name="绘本", founded_at=noon)
    place = Place.objects.create(kind="group", platform="wechat", name="一群", community=community, opened_at=noon)
    Membership.objects.create(person_id=other, place=place, first_seen_at=noon)
    rules: dict[str, object] = {
        "买过": ["orders", "at_least", 1],
        "没买过": {"not": ["orders", "at_least", 1]},
        "花得多": ["spent_fen", "at_least", 60_000],
        "花得少": ["spent_fen", "at_most", 59_999],
        "近来": ["last_active", "after", "2026-11-01"],
        "久未": ["last_active", "days_at_least", 14],
        "近日": ["last_active", "days_at_most", 14],
        "有手机": ["identity", "held", "phone"],
        "群里": ["place", "in", place.pk],
        "社群": ["community", "in", community.pk],
        "手加": ["via", "is", "hand"],
        "妈妈": {"all": [["nickname", "contains", "妈妈"], ["identity", "held", "phone"]]},
        "或": {"any": [["nickname", "contains", "强"], ["orders", "at_least", 1]]},
    }
    for name, rule in rules.items():
        make_rule_tag(name=name, rule=rule, at=noon)
    assert refresh_rule_tags(now=noon) == Refreshed(put=15, taken=0, finished=True)
    assert {name: tagged(name) for name in rules} == {
        "买过": [buyer],
        "没买过": [other],
        "花得多": [buyer],
        "花得少": [other],
        "近来": [buyer],
        "久未": [other],
        "近日": [buyer],
        "有手机": [buyer],
        "群里": [other],
        "社群": [other],
        "手加": [buyer, other],
        "妈妈": [buyer],
        "或": [buyer, other],
    }
    assert refresh_rule_tags(now=noon) == Refreshed(0, 0, True)
    buy(other, "A2", 100, noon)
    read_all()
    assert refresh_rule_tags(now=noon) == Refreshed(put=3, taken=2, finished=True)
    assert (tagged("没买过"), tagged("久未"), tagged("近日")) == ([], [], [buyer, other])
    read_all()
    assert refresh_rule_tags(now=noon) == Refreshed(0, 0, True)


def test_of_merged_records_the_root_bears_the_rules_tag(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "lin@example.com")
    make_rule_tag(name="有邮箱", rule=["identity", "held", "mail"], at=noon)
    refresh_rule_tags(now=noon)
    assert tagged("有邮箱") == [gone]
    merge(kept=kept, gone=gone, reasons=[], actor=ACTOR, at=noon)
    assert refresh_rule_tags(now=noon) == Refreshed(1, 1, True)
    assert tagged("有邮箱") == [kept]


def test_rules_and_hands_keep_off_each_others_tags(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    tag = make_rule_tag(name="有手机", rule=["identity", "held", "phone"], at=noon)
    put_tag(person_id=person, name="晨跑", actor=ACTOR, at=noon)
    with pytest.raises(TagHasRule):
        put_tag(person_id=person, name="有手机", actor=ACTOR, at=noon)
    with pytest.raises(TagHasRule):
        take_tag(person_id=person, tag_id=tag, actor=ACTOR, at=noon)
    with pytest.raises(TagByHand):
        make_rule_tag(name="晨跑", rule=["orders", "at_least", 1], at=noon)
    free_tag(tag_id=tag)
    put_tag(person_id=person, name="有手机", actor=ACTOR, at=noon)
    with pytest.raises(NoSuchRule):
        free_tag(tag_id=tag)
    assert Tag.objects.filter(rule__isnull=False).count() == 0


def test_consent_is_asked_given_and_withdrawn(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    asked = {"person_id": person, "purpose": "promotion", "channel": "wecom"}
    assert not may_contact(**asked)
    first = give_consent(**asked, basis="import_declared", actor=ACTOR, at=noon)
    assert give_consent(**asked, basis="contract", actor=ACTOR, at=noon) == first
    assert may_contact(**asked)
    own = give_consent(**asked, basis="asked", actor=ACTOR, at=noon)
    assert own != first
    assert may_contact(**asked)
    withdraw_consent(**asked, actor=ACTOR, at=noon + timedelta(hours=1))
    assert not may_contact(**asked)
    give_consent(**asked, basis="import_declared", actor=ACTOR, at=noon + timedelta(hours=2))
    assert not may_contact(**asked)
    with pytest.raises(BadConsent):
        give_consent(person_id=person, purpose="spam", channel="wecom", basis="asked", actor=ACTOR, at=noon)


def test_nobody_says_yes_for_somebody_who_said_no_themselves(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    asked = {"person_id": person, "purpose": "promotion", "channel": "any"}
    own = f"person:{person}"
    give_consent(**asked, basis="asked", actor=ACTOR, at=noon)
    withdraw_consent(**asked, actor=own, at=noon)
    for channel in ("any", "sms"):
        for basis in ("asked", "form", "contract"):
            with pytest.raises(OwnNoStands):
                give_consent(**asked | {"channel": channel}, basis=basis, actor=ACTOR, at=noon)
    withdraw_consent(**asked | {"channel": "mail"}, actor=ACTOR, at=noon)
    assert not may_contact(**asked)
    give_consent(**asked, basis="form", actor=own, at=noon + timedelta(hours=1))
    assert may_contact(**asked)
    give_consent(**asked | {"channel": "sms"}, basis="asked", actor=ACTOR, at=noon + timedelta(hours=2))
    give_consent(**asked | {"purpose": "research"}, basis="asked", actor=ACTOR, at=noon)
    assert may_contact(**asked | {"purpose": "research"})


def test_a_no_to_one_channel_is_not_undone_by_a_teammates_yes_to_all(meet: Meet, noon: datetime) -> None:
    person, other = meet("小美", "13812345678"), meet("小美二号", "13912345678")
    withdraw_consent(person_id=other, purpose="promotion", channel="sms", actor=f"person:{other}", at=noon)
    merge(kept=person, gone=other, reasons=[], actor=ACTOR, at=noon)
    told = {"person_id": person, "purpose": "promotion", "basis": "asked", "actor": ACTOR, "at": noon}
    with pytest.raises(OwnNoStands):
        give_consent(channel="any", **told)
    give_consent(channel="wecom", **told)
    assert may_contact(person_id=person, purpose="promotion", channel="wecom")


def test_what_a_teammate_wrote_down_a_teammate_may_change(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    asked = {"person_id": person, "purpose": "promotion", "channel": "any"}
    give_consent(**asked, basis="contract", actor=ACTOR, at=noon)
    give_consent(**asked, basis="form", actor=f"person:{person}", at=noon)
    withdraw_consent(**asked, actor=ACTOR, at=noon)
    give_consent(**asked, basis="asked", actor=ACTOR, at=noon)
    assert may_contact(**asked)


def test_a_no_before_any_yes_holds_for_all_merged_records(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    give_consent(person_id=kept, purpose="promotion", channel="any", basis="asked", actor=ACTOR, at=noon)
    withdraw_consent(person_id=gone, purpose="promotion", channel="sms", actor=ACTOR, at=noon - timedelta(days=1))
    assert may_contact(person_id=kept, purpose="promotion", channel="sms")
    merge(kept=kept, gone=gone, reasons=[], actor=ACTOR, at=noon + timedelta(days=1))
    assert not may_contact(person_id=gone, purpose="promotion", channel="sms")
    assert may_contact(person_id=gone, purpose="promotion", channel="wecom")
    give = {"purpose": "promotion", "channel": "sms", "basis": "asked", "actor": ACTOR}
    give_consent(person_id=kept, at=noon + timedelta(days=2), **give)
    assert may_contact(person_id=gone, purpose="promotion", channel="sms")
    withdraw_consent(person_id=gone, purpose="promotion", channel="any", actor=ACTOR, at=noon + timedelta(days=3))
    assert not any(may_contact(person_id=kept, purpose="promotion", channel=c) for c in ("sms", "wecom", "any"))
    assert not Consent.objects.filter(withdrawn_at=None).exists()
