"""Adding people by hand, their identities, their names."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from tests.core.people.cast import Meet, kinds_of, nameless
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import TagHasRule
from tongpin.core.people.meeting import (
    Met,
    NothingKnown,
    SignOfErased,
    SignTaken,
    add_by_hand,
    drop_identity,
    link_identity,
    rename,
)
from tongpin.core.people.models import Identity, Note, Person, PersonAlias, PersonTag, Suggestion
from tongpin.core.people.resolving import Arrival, resolve_many
from tongpin.core.people.rule_tags import make_rule_tag
from tongpin.core.people.signs import sign
from tongpin.core.team.keys import keyring

PHONE = sign("phone", "13812345678")
MAIL = sign("mail", "lin@example.com")


def test_one_call_keeps_everything_that_is_known(noon: datetime, db: None) -> None:
    met = add_by_hand(
        nickname="小美",
        name="林小美",
        signs=[PHONE, MAIL],
        tags=["育儿达人", "晨跑"],
        owner=4,
        note="孩子两岁",
        staff=1,
        staff_name="李晴",
        actor="staff:1",
        at=noon,
    )
    person = Person.objects.get()
    assert met == Met(person.pk, True)
    assert (person.nickname, person.name_masked, person.owner, person.identified, person.via) == (
        "小美",
        "林**",
        4,
        True,
        "hand",
    )
    assert person.name_sealed is not None
    assert keyring().decrypt(person.name_sealed, context="person.name") == "林小美"
    assert person.grams == ["小", "小美", "美"]
    assert sorted(Identity.objects.values_list("kind", "shown")) == [
        ("mail", "l***@example.com"),
        ("phone", "138****5678"),
    ]
    assert sorted(PersonTag.objects.values_list("tag__name", flat=True)) == ["晨跑", "育儿达人"]
    assert Note.objects.values_list("words", "by", "by_name").get() == ("孩子两岁", 1, "李晴")
    assert kinds_of(person.pk) == ["person.met", "tag.put", "tag.put", "owner.set", "note.written"]


def test_a_known_sign_finds_the_person_and_fills_only_blanks(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    met = add_by_hand(nickname="美美", name="林小美", signs=[PHONE, MAIL], owner=4, actor="staff:1", at=noon)
    again = add_by_hand(nickname="", name="王大美", signs=[MAIL], owner=5, actor="staff:1", at=noon)
    assert met == again == Met(person, False)
    one = Person.objects.get()
    assert (one.nickname, one.name_masked, one.owner) == ("小美", "林**", 4)
    assert kinds_of(person) == ["person.met", "identity.linked", "owner.set"]


def test_nothing_known_is_refused(noon: datetime, db: None) -> None:
    with pytest.raises(NothingKnown):
        add_by_hand(nickname=" \u200b ", actor="staff:1", at=noon)
    assert Person.objects.count() == 0


def test_a_refused_tag_leaves_nothing_half_written(noon: datetime, db: None) -> None:
    make_rule_tag(name="老客", rule=["orders", "at_least", 3], at=noon)
    with pytest.raises(TagHasRule):
        add_by_hand(nickname="小美", tags=["老客"], actor="staff:1", at=noon)
    assert Person.objects.count() == 0


def test_signs_of_two_known_people_make_a_suggestion(meet: Meet, noon: datetime) -> None:
    a, b = meet("小美", "13812345678"), meet("阿强", "lin@example.com")
    met = add_by_hand(signs=[PHONE, MAIL], actor="staff:1", at=noon)
    assert met == Met(a, False, (b,))
    assert Suggestion.objects.values_list("low", "high", "state").get() == (a, b, "open")


def test_the_sign_of_an_erased_person_is_refused_kindly(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    with pytest.raises(SignOfErased):
        add_by_hand(nickname="小美", signs=[PHONE], actor="staff:1", at=noon)
    other = meet("阿强", "13912345678")
    with pytest.raises(SignOfErased):
        link_identity(person_id=other, sign=PHONE, actor="staff:1", at=noon)
    assert Person.objects.filter(erased_at=None).count() == 1


def test_linking_makes_a_person_identified_and_tells_it(noon: datetime, db: None) -> None:
    person = add_by_hand(nickname="小美", actor="staff:1", at=noon).person_id
    first = link_identity(person_id=person, sign=PHONE, actor="staff:1", at=noon)
    assert link_identity(person_id=person, sign=PHONE, actor="staff:1", at=noon) == first
    assert Person.objects.get().identified
    assert kinds_of(person) == ["person.met", "identity.linked"]


def test_the_sign_of_another_identified_person_never_moves(meet: Meet, noon: datetime) -> None:
    a, b = meet("小美", "13812345678"), meet("阿强", "13912345678")
    with pytest.raises(SignTaken) as refused:
        link_identity(person_id=b, sign=PHONE, actor="staff:1", at=noon)
    assert refused.value.other == a
    assert Suggestion.objects.get().pk == refused.value.suggestion
    assert Identity.objects.get(kind="phone", person=a)
    assert PersonAlias.objects.count() == 0


def test_a_nameless_record_joins_whoever_gets_its_device(meet: Meet, noon: datetime) -> None:
    person, device = meet("小美", "13812345678"), nameless("d1", noon)
    link_identity(person_id=person, sign=sign("device", "d1", namespace="key:1"), actor="staff:1", at=noon)
    assert PersonAlias.objects.values_list("person_id", "root").get() == (device, person)


def test_a_dropped_identity_is_unknown_again_in_every_process(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    identity = Identity.objects.get().pk
    for _ in range(2):
        drop_identity(identity_id=identity, actor="staff:1", at=noon)
    assert not Person.objects.get().identified
    assert kinds_of(person) == ["person.met", "identity.dropped"]
    with connection.cursor() as cursor:
        cursor.execute("select epoch from identity_epoch")
        assert cursor.fetchone()[0] >= 1
    other = resolve_many([Arrival((PHONE,))], via="test", at=noon).people[0]
    assert other != person


def test_renaming_changes_what_is_searched_and_how_it_is_sorted(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678", name="林小美")
    rename(person_id=person, nickname="安安妈", name="", at=noon)
    one = Person.objects.get()
    assert (one.nickname, one.sort_key[:2], one.name_sealed, one.name_masked) == ("安安妈", "an", None, "")
    rename(person_id=person, nickname="", name="陈一", at=noon)
    one = Person.objects.get()
    assert (one.nickname, one.sort_key, one.name_masked, one.grams) == ("", "chen2 ", "陈*", [])
