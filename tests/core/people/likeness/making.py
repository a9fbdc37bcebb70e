"""Made records for properties: half plausible, half junk."""

from __future__ import annotations

from hypothesis import strategies as st

from tongpin.core.people.likeness import Address, Record

JUNK = st.text(st.characters(), max_size=12)
NAMES = st.sampled_from(
    [
        "张三",
        "张*",
        "叶小舟",
        "叶*舟",
        "李女士",
        "小李",
        "Zhang San",
        "ann ann lee",
        "lee ann",
        "ann",
        "J Smith",
        "*",
        "欧阳娜娜",
    ]
)
NICKNAMES = st.sampled_from(["🌸叶小舟", "舟舟", "小舟", "岁月静好", "zhangsan", "a"])
PHONES = st.sampled_from(["+8613612343308", "13612343308", "13612334308", "136****3308", "136******08", "3308", "*"])
MAILS = st.sampled_from(["a@b.c", "xiaozhou@qq.com", "xiaozhuo@qq.com", "@", "xiaozhou@163.com"])
BIRTHS = st.sampled_from([None, "19900213", "19900231", "1990", "19900101", "1990-2-13", "abc"])
WORDS = st.sampled_from(
    ["", "the pines", "burra street", "文三路199号3栋502室", "浙江省杭州市西湖区文三路****", "杭州市", "17", "2076"]
)
NUMBERED = st.sampled_from(["card:000731", "card:001731", "taobao:t***1", "taobao:tb991", ":", "x"])


def several(plausible: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(plausible | JUNK, max_size=3).map(tuple)


def addresses() -> st.SearchStrategy[Address]:
    word = WORDS | JUNK
    return st.builds(
        Address,
        province=word,
        city=word,
        district=word,
        suburb=word,
        street=word,
        number=word,
        detail=word,
        postcode=word,
    )


def records() -> st.SearchStrategy[Record]:
    return st.builds(
        Record,
        person_id=st.integers(1, 9),
        names=several(NAMES),
        nicknames=several(NICKNAMES),
        birth=BIRTHS | JUNK,
        phones=several(PHONES),
        masked_phones=several(PHONES),
        mails=several(MAILS),
        addresses=st.lists(addresses(), max_size=2).map(tuple),
        accounts=several(NUMBERED),
        numbers=several(NUMBERED),
    )
