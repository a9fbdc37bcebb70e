from __future__ import annotations

from hypothesis import given

from tests.core.people.likeness.making import records
from tongpin.core.people.likeness import MAX_KEYS, Address, Record, keys


def shared(a: Record, b: Record) -> frozenset[str]:
    return keys(a) & keys(b)


@given(records())
def test_keys_are_few_namespaced_and_always_the_same(record: Record) -> None:
    found = keys(record)
    assert len(found) <= MAX_KEYS
    assert all(":" in key for key in found)
    assert keys(record) == found


def test_an_empty_record_has_no_keys() -> None:
    assert keys(Record(1)) == frozenset()


def test_a_masked_phone_meets_the_full_one() -> None:
    full = Record(1, phones=("+8613612343308",))
    assert shared(full, Record(2, masked_phones=("136****3308",))) == {"masked:136:3308"}


def test_a_mask_of_two_digits_makes_a_key_only_with_an_initial() -> None:
    masked = Record(1, masked_phones=("186******05",))
    assert keys(masked) == frozenset()
    named = Record(2, names=("李*",), masked_phones=("186******05",))
    assert shared(named, Record(3, names=("李娜",), phones=("+8618612345605",))) == {"masked:186:05:l"}


def test_a_masked_account_of_two_letters_is_no_key() -> None:
    assert keys(Record(1, accounts=("taobao:t***8",))) == frozenset()


def test_names_meet_by_sound_in_either_script_and_order() -> None:
    name = Record(1, names=("叶小舟",))
    for other in ("叶晓舟", "Xiaozhou Ye", "Ye Xiaozhou", "Ye Xiao Zhou", "葉小舟"):
        assert shared(name, Record(2, names=(other,))) == {"name:xiaozhou ye"}


def test_a_nickname_that_begins_with_a_name_meets_it() -> None:
    assert shared(Record(1, nicknames=("🌸叶小舟宝妈",)), Record(2, names=("叶小舟",))) == {"name:xiaozhou ye"}


def test_a_door_is_a_key_however_the_line_is_written() -> None:
    split = Address(province="浙江省", city="杭州市", district="西湖区", street="文三路199号翠湖小区3栋502室")
    whole = Address(street="浙江省杭州市西湖区翠湖小区3-502")
    assert shared(Record(1, addresses=(split,)), Record(2, addresses=(whole,))) == {"door:西湖:3:502"}


def test_a_birth_that_forms_fill_in_by_themselves_is_no_key() -> None:
    assert keys(Record(1, birth="19900101")) == frozenset()
    assert keys(Record(1, birth="19900213")) == {"birth:19900213"}


def test_a_common_surname_alone_is_no_key() -> None:
    assert keys(Record(1, names=("李女士", "张*"))) == frozenset()
