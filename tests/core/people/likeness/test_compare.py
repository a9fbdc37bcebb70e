from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.people.likeness.making import JUNK, records
from tongpin.core.people.likeness import (
    CODES,
    MAX_KEYS,
    SUGGEST,
    Address,
    Counts,
    Likeness,
    Record,
    compare,
    count,
    keys,
)

HOME = Address(province="浙江省", city="杭州市", district="西湖区", street="文三路199号翠湖小区3栋502室")
SEEN_MASKED = Record(1, names=("叶*舟",), masked_phones=("136****3308",))
KNOWN = Record(2, names=("叶小舟",), phones=("+8613612343308",))
FEW = Counts(10)


def told(likeness: Likeness) -> list[tuple[str, bool]]:
    return sorted((reason.code, reason.agrees) for reason in likeness.reasons)


@given(records(), records(), st.sampled_from([None, FEW, Counts(10**6, {"name:张三": 9000, "part:ann": 3})]))
def test_a_comparison_is_symmetric_bounded_and_never_fails(a: Record, b: Record, counts: Counts | None) -> None:
    likeness = compare(a, b, counts=counts)
    assert compare(b, a, counts=counts) == likeness
    assert 0 <= likeness.score <= 1
    assert {reason.code for reason in likeness.reasons} <= CODES
    assert all(reason.agrees == (reason.weight > 0) for reason in likeness.reasons)


def test_the_order_in_which_addresses_are_looked_at_does_not_matter() -> None:
    one = Record(1, addresses=(Address(street="high street"), Address(suburb="the pines", postcode="3101")))
    other = Record(2, addresses=(Address(suburb="kew"), Address(suburb="kew", postcode="2999")))
    assert compare(one, other) == compare(other, one)


@given(records())
def test_nothing_of_a_record_differs_from_itself(record: Record) -> None:
    likeness = compare(record, record)
    assert likeness.score >= compare(Record(1), Record(2)).score
    assert [r.code for r in likeness.reasons if not r.agrees and r.code != "housemates_possible"] == []


@given(records(), records())
def test_the_order_of_traits_in_a_record_does_not_matter(a: Record, b: Record) -> None:
    turned = replace(
        a,
        names=a.names[::-1],
        nicknames=a.nicknames[::-1],
        phones=a.phones[::-1],
        masked_phones=a.masked_phones[::-1],
        mails=a.mails[::-1],
        addresses=a.addresses[::-1],
        accounts=a.accounts[::-1],
        numbers=a.numbers[::-1],
    )
    assert compare(turned, b) == compare(a, b)


@given(JUNK, records())
def test_no_reason_repeats_a_word_of_the_person(word: str, record: Record) -> None:
    known = replace(record, names=(word,), nicknames=(word,))
    assert all(
        code.isascii() and code == code.lower() and " " not in code
        for reason in compare(known, known).reasons
        for code in (reason.code, *reason.detail)
    )


def test_a_record_of_thousands_of_long_traits_is_still_compared() -> None:
    many = tuple(f"{n} " + "张三 San Zhang (x) 138****0000 " * 500 for n in range(3000))
    crowd = Record(1, names=many, nicknames=many, phones=many, mails=many, accounts=many, numbers=many, birth=many[0])
    assert len(keys(crowd)) <= MAX_KEYS
    assert 0 <= compare(crowd, replace(crowd, person_id=2)).score <= 1


MASKED_NAMES = st.sampled_from(["张*", "叶*舟", "欧阳*娜", "阚**", "李女士", "J***n", "张某某"])
MASKED_PHONES = st.sampled_from(["136****3308", "1361***3308", "136******08", "3308", "1361234****"])
AREAS = st.sampled_from(
    [(), (Address(province="浙江省", city="杭州市", district="西湖区"),), (Address(city="杭州市"),)]
)


@given(
    st.lists(MASKED_NAMES, max_size=3).map(tuple),
    st.lists(MASKED_PHONES, max_size=3).map(tuple),
    AREAS,
    st.sampled_from([None, FEW, Counts(100_000)]),
)
def test_masked_phones_and_masked_names_alone_are_always_weak(
    names: tuple[str, ...], phones: tuple[str, ...], area: tuple[Address, ...], counts: Counts | None
) -> None:
    masked = Record(1, names=names, masked_phones=phones, addresses=area)
    full = Record(2, names=("叶小舟", "张三", "欧阳娜娜娜"), phones=("+8613612343308",), addresses=area)
    assert compare(masked, masked, counts=counts).band == "weak"
    assert compare(masked, full, counts=counts).band == "weak"


@pytest.mark.parametrize("counts", [None, FEW])
def test_a_masked_phone_and_name_are_weak_until_something_else_agrees(counts: Counts | None) -> None:
    assert told(compare(SEEN_MASKED, KNOWN, counts=counts)) == [("name_mask_fits", True), ("phone_mask_fits", True)]
    assert compare(SEEN_MASKED, KNOWN, counts=counts).band == "weak"
    street = Address(province="浙江省", city="杭州市", district="西湖区", street="文三路****")
    at_home = replace(SEEN_MASKED, addresses=(street,)), replace(KNOWN, addresses=(HOME,))
    assert compare(*at_home, counts=counts).band == "suggest"
    buyer = replace(SEEN_MASKED, accounts=("taobao:tb991",)), replace(KNOWN, accounts=("taobao:tb991",))
    assert compare(*buyer, counts=counts).score >= SUGGEST


def test_a_masked_phone_alone_is_weak() -> None:
    assert compare(Record(1, masked_phones=("136****3308",)), KNOWN).band == "weak"


def test_a_whole_rare_name_with_a_masked_phone_is_suggested_but_never_strong() -> None:
    whole = replace(SEEN_MASKED, names=("叶小舟",))
    assert compare(whole, KNOWN).band == "suggest"
    assert compare(whole, KNOWN, counts=FEW).band == "suggest"


def test_a_common_whole_name_with_a_masked_phone_is_weak_among_many_and_suggested_among_few() -> None:
    masked = Record(1, names=("王伟",), masked_phones=("136****3308",))
    full = Record(2, names=("王伟",), phones=("+8613612343308",))
    assert compare(masked, full, counts=Counts(1_000_000)).band == "weak"
    assert compare(masked, full, counts=FEW).band == "suggest"


@pytest.mark.parametrize(
    "other",
    [
        Record(2, names=("叶建国",), addresses=(HOME,)),
        Record(2, names=("李娜",), phones=("+8613612343308",)),
        Record(2, names=("李娜",), phones=("+8613612343308",), addresses=(HOME,)),
        Record(2, names=("叶大海",), phones=("+8613612343308",), birth="19620930", addresses=(HOME,)),
    ],
)
@pytest.mark.parametrize("counts", [None, FEW])
def test_a_family_under_one_roof_is_not_suggested(other: Record, counts: Counts | None) -> None:
    me = Record(1, names=("叶小舟",), phones=("+8613612343308",), birth="19900213", addresses=(HOME,))
    assert compare(me, other, counts=counts).band == "weak"


def test_a_family_is_named_as_the_other_explanation() -> None:
    me = Record(1, names=("叶小舟",), phones=("+8613612343308",))
    wife = Record(2, names=("李娜",), phones=("+8613612343308",))
    assert told(compare(me, wife)) == [("housemates_possible", False), ("name_differs", False), ("phone_same", True)]


def test_an_equal_phone_with_nothing_against_it_is_suggested() -> None:
    wife = Record(1, nicknames=("岁月静好",), phones=("+8613612343308",))
    assert compare(wife, KNOWN).band == "suggest"


def test_name_and_phone_are_strong() -> None:
    assert compare(replace(KNOWN, person_id=1), KNOWN).band == "strong"


def test_ms_and_mr_of_one_surname_are_told_apart() -> None:
    lady, gentleman = Record(1, names=("李女士",)), Record(2, names=("李先生",))
    assert told(compare(lady, gentleman)) == [("surname_same", True), ("title_differs", False)]


def test_a_nickname_counts_only_where_names_do_not_already_agree() -> None:
    member = Record(1, nicknames=("🌸叶小舟",))
    assert told(compare(member, KNOWN)) == [("nickname_holds_name", True)]
    named = replace(member, names=("叶小舟",))
    assert told(compare(named, replace(KNOWN, nicknames=("叶小舟",)))) == [("name_same", True)]


def test_the_weights_shown_add_up_to_the_score() -> None:
    me = Record(1, names=("叶小舟",), addresses=(HOME,))
    other = Record(2, names=("叶小舟",), addresses=(HOME,), birth="19900213")
    likeness = compare(me, other, counts=FEW)
    shown = sum(reason.weight for reason in likeness.reasons)
    prior = log2(compare(Record(1), Record(2), counts=FEW).score)
    assert log2(likeness.score / (1 - likeness.score)) == pytest.approx(prior + shown, abs=1.0)


def test_the_more_people_the_more_evidence_is_asked() -> None:
    scores = [compare(SEEN_MASKED, KNOWN, counts=Counts(people)).score for people in (10, 100_000, 1_000_000)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_counting_makes_a_common_name_weigh_less() -> None:
    crowd = [Record(n, names=("王伟",)) for n in range(300)] + [Record(n, names=("阚舟",)) for n in range(300, 302)]
    counts = count(crowd)
    common, rare = compare(crowd[0], crowd[1], counts=counts), compare(crowd[300], crowd[301], counts=counts)
    assert common.score < rare.score
