"""People who may be one, found beside each other and kept for a human."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.core.people.cast import Meet
from tongpin.base.ids import digest
from tongpin.core.people.labels import note_life_fact
from tongpin.core.people.meeting import add_by_hand, rename
from tongpin.core.people.merging import merge, refuse
from tongpin.core.people.models import LifeFact, LikenessKey, Person, PersonAlias, Suggestion, Trait
from tongpin.core.people.records import PARTS, records_of
from tongpin.core.people.signs import sign
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.people.telling import LifeTold, TraitTold, tell_life, tell_traits
from tongpin.core.team.keys import keyring

HOME = "上海市徐汇区漕溪北路88号3栋1502室"


def two_alike(meet: Meet, noon: datetime) -> tuple[int, int]:
    """One buyer of two shops: the same full name, birthday, and a masked phone that fits the whole one."""
    a = meet("小美", "13812345678", name="欧阳小美")
    b = meet("美美", signs=(sign("shop_account", "tb8812", namespace="shop:1"),), name="欧阳小美")
    for person in (a, b):
        note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor="staff:1", at=noon)
    tell_traits([TraitTold(b, "masked_phone", "138****5678")], via="import:1", at=noon)
    return a, b


def test_two_who_are_alike_wait_for_a_human_with_reasons(meet: Meet, noon: datetime) -> None:
    a, b = two_alike(meet, noon)
    assert suggest_for(person_ids=[b], at=noon) == frozenset({b})
    one = Suggestion.objects.get()
    assert (one.low, one.high, one.state, one.score > 0.999) == (a, b, "open", True)
    assert {reason["code"] for reason in one.reasons} >= {"name_same", "birth_same", "phone_mask_fits"}
    assert not PersonAlias.objects.exists()
    assert suggest_for(person_ids=[a, b], at=noon) == frozenset({a, b})
    assert Suggestion.objects.count() == 1


def test_a_masked_phone_alone_or_with_a_name_joins_nobody(meet: Meet, noon: datetime) -> None:
    a = meet("", "13812345678", name="林小美")
    b = meet("", signs=(sign("shop_account", "tb1", namespace="shop:1"),))
    c = meet("", signs=(sign("shop_account", "tb2", namespace="shop:1"),))
    tell_traits(
        [TraitTold(b, "masked_phone", "138****5678"), TraitTold(c, "masked_phone", "138****5678")], via="i", at=noon
    )
    tell_traits([TraitTold(c, "masked_name", "林**")], via="i", at=noon)
    assert suggest_for(person_ids=[a, b, c], at=noon) == frozenset()
    assert (Suggestion.objects.count(), PersonAlias.objects.count()) == (0, 0)


def test_after_a_no_the_same_two_are_never_suggested_again(meet: Meet, noon: datetime) -> None:
    a, b = two_alike(meet, noon)
    suggest_for(person_ids=[b], at=noon)
    refuse(suggestion_id=Suggestion.objects.get().pk, actor="staff:1", at=noon)
    tell_life([LifeTold(a, "address", HOME), LifeTold(b, "address", HOME)], via="i", at=noon)
    assert suggest_for(person_ids=[a, b], at=noon) == frozenset()
    assert Suggestion.objects.get().state == "refused"


def test_merged_records_are_not_suggested_to_themselves(meet: Meet, noon: datetime) -> None:
    a, b = two_alike(meet, noon)
    merge(kept=a, gone=b, reasons=[], actor="staff:1", at=noon)
    assert suggest_for(person_ids=[a, b], at=noon) == frozenset()


def test_keys_follow_what_is_known_and_say_nothing_in_plain(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678", name="欧阳小美")
    before = {bytes(key) for key in LikenessKey.objects.values_list("digest", flat=True)}
    rename(person_id=person, name="欧阳大美", at=noon)
    after = {bytes(key) for key in LikenessKey.objects.values_list("digest", flat=True)}
    assert [bool(keys) for keys in (before - after, after - before, before & after)] == [True, True, True]
    ring = keyring()
    assert ring.blind("likeness", "phone:13812345678") in after
    rename(person_id=person, name="欧阳小美", at=noon)
    assert {bytes(key) for key in LikenessKey.objects.values_list("digest", flat=True)} == before


def test_erased_people_and_teammates_are_compared_with_nobody(meet: Meet, noon: datetime) -> None:
    a, b = two_alike(meet, noon)
    Person.objects.filter(pk=a).update(internal=True)
    assert list(records_of(person_ids=[a, b])) == [b]
    assert suggest_for(person_ids=[a, b], at=noon) == frozenset()
    assert set(LikenessKey.objects.values_list("person_id", flat=True)) == {b}


def test_looking_at_many_takes_no_more_queries_than_at_few(
    meet: Meet, noon: datetime, django_assert_max_num_queries: Any
) -> None:
    three, six = ([meet(f"路人{i}", f"139{n}234567{i}", name=f"王小{i}") for i in range(n)] for n in (3, 6))
    with django_assert_max_num_queries(20):
        suggest_for(person_ids=three, at=noon)
    with django_assert_max_num_queries(20):
        suggest_for(person_ids=six, at=noon)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_labelled_people_of_febrl_3_are_found(real_data: Path, noon: datetime) -> None:
    """Recall ≥ .96 at precision ≥ .998, through the database; nothing merged."""
    with (real_data / "identity" / "febrl_dataset3.csv").open() as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    entity: dict[int, str] = {}
    ring = keyring()
    for row in rows:
        person = Person.objects.create(
            via="test",
            created_at=noon,
            name_sealed=ring.encrypt(f"{row['given_name']} {row['surname']}".strip(), context="person.name"),
        )
        entity[person.pk] = row["rec_id"].split("-")[1]
        parts = {
            "province": row["state"],
            "suburb": row["suburb"],
            "street": row["address_1"],
            "number": row["street_number"],
            "detail": row["address_2"],
            "postcode": row["postcode"],
        }
        life = [(PARTS, msgspec.json.encode(parts).decode()), ("birthday", row["date_of_birth"])]
        LifeFact.objects.bulk_create(
            LifeFact(person=person, kind=kind, sealed=ring.encrypt(value, context="life_fact"), digest=digest(value),
                     masked="…", via="test", told_at=noon)
            for kind, value in life if value
        )  # fmt: skip
        if row["soc_sec_id"]:
            Trait.objects.create(person=person, kind="number", shown="…", digest=b"", via="test", told_at=noon,
                                 sealed=ring.encrypt("ssn:" + row["soc_sec_id"], context="person_trait"))  # fmt: skip
    suggest_for(person_ids=entity, at=noon)
    pairs = list(Suggestion.objects.values_list("low", "high"))
    right = sum(entity[low] == entity[high] for low, high in pairs)
    true = sum(n * (n - 1) // 2 for n in Counter(entity.values()).values())
    assert right / true >= 0.96
    assert right / len(pairs) >= 0.998
    assert not PersonAlias.objects.exists()


def test_adding_the_same_person_again_by_hand_shows_at_once_whom_they_are_like(meet: Meet, noon: datetime) -> None:
    meet("", "13812345678", name="欧阳小美")
    first = Person.objects.get().pk
    note_life_fact(person_id=first, kind="address", value=HOME, actor="staff:1", at=noon)
    second = add_by_hand(name="欧阳小美", actor="staff:1", at=noon).person_id
    note_life_fact(person_id=second, kind="address", value=HOME, actor="staff:1", at=noon)
    assert Suggestion.objects.values_list("low", "high").get() == (first, second)
