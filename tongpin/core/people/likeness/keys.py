"""Blocking keys: two records that share one are worth comparing.

Plain strings computed from one record alone; the database stores keyed hashes of them and finds candidates by equality.
A key shared by more than BLOCK_LIMIT records tells nothing and is dropped by the caller.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tongpin.core.people.likeness.addresses import Dwelling
from tongpin.core.people.likeness.births import is_placeholder
from tongpin.core.people.likeness.naming import Name, pinyin, sounds_of
from tongpin.core.people.likeness.reach import Shown, phone_ends, telling_local
from tongpin.core.people.likeness.spelling import has_han, is_han
from tongpin.core.people.likeness.surnames import surname_share
from tongpin.core.people.likeness.traits import Traits, read
from tongpin.core.people.likeness.values import Record

# Raise it when a rule here or in reading changes a key: stored hashes must then be made anew.
KEYS_VERSION: Final = 1
BLOCK_LIMIT: Final = 100
MAX_KEYS: Final = 48


def keys(record: Record, /) -> frozenset[str]:
    """At most MAX_KEYS, the telling ones first; never raises."""
    return keys_of(read(record))


def keys_of(traits: Traits) -> frozenset[str]:
    """`keys` for a record already read."""
    return frozenset(islice(dict.fromkeys(_in_order(traits)), MAX_KEYS))


def _in_order(traits: Traits) -> Iterator[str]:
    for kind, value in traits.accounts:
        # t***8 fits thousands of buyers.
        if "*" not in value or len(value.replace("*", "")) >= 4:
            yield f"account:{kind}:{value}"
    for kind, value in traits.numbers:
        yield f"number:{kind}:{value}"
    yield from _phone_keys(traits)
    for mail in traits.mails:
        yield f"mail:{mail}"
    for mail in traits.mails:
        if local := telling_local(mail):
            yield f"local:{local}"
    if len(traits.birth) == 8 and not is_placeholder(traits.birth):
        yield f"birth:{traits.birth}"
    for name in traits.names:
        if not name.masked and not name.only_surname:
            yield from _name_keys(name)
    for nickname in traits.nicknames:
        yield from _nickname_keys(nickname)
    yield from _name_part_keys(traits)
    for dwelling in traits.addresses:
        yield from _address_keys(dwelling)


def _name_keys(name: Name) -> Iterator[str]:
    """Han names by sound, so that 张三, 章叁, San Zhang and (with three words) Xiao Zhou Ye meet 叶小舟."""
    parts = name.sounds if name.script == "han" and all(name.sounds) else name.parts
    yield "name:" + " ".join(sorted(parts))
    if name.script == "latin" and len(parts) == 3:
        first, second, third = parts
        yield "name:" + " ".join(sorted((first + second, third)))
        yield "name:" + " ".join(sorted((first, second + third)))


def _initials(traits: Traits) -> list[str]:
    """The first letter of each name's first known character: all that a masked name and a whole one share."""
    found: dict[str, None] = {}
    for name in traits.names:
        first = (name.head if name.masked else name.text)[:1]
        if first:
            found[(pinyin(first) if is_han(first) else first)[:1] or first] = None
    return list(found)[:3]


def _phone_keys(traits: Traits) -> Iterator[str]:
    for phone in traits.phones:
        if isinstance(phone, str):
            yield f"phone:{phone}"
    for phone in traits.phones:
        head, tail = phone_ends(phone)
        if len(tail) >= 4 and len(head) >= 3:
            yield f"masked:{head[:3]}:{tail[-4:]}"
        if len(tail) >= 2 and len(head) >= 3:
            # 186******05 alone fits thousands; it is only ever suggested with a name or a place beside it.
            for initial in _initials(traits):
                yield f"masked:{head[:3]}:{tail[-2:]}:{initial}"
        if isinstance(phone, Shown) and len(head) >= 7:
            yield f"masked:{head[:7]}"
        elif isinstance(phone, str) and len(phone) == 11:
            yield f"masked:{phone[:7]}"


def _nickname_keys(nickname: str) -> Iterator[str]:
    if len(nickname) >= (3 if has_han(nickname) else 6):
        yield f"nickname:{nickname}"
    # A nickname that begins with a real name (张三丰宝妈) meets that name.
    if is_han(nickname[:2]) and surname_share(nickname[0]) is not None:
        for length in (2, 3):
            start = nickname[:length]
            if len(start) == length and is_han(start):
                yield "name:" + " ".join(sorted(sounds_of(start)))


def _name_part_keys(traits: Traits) -> Iterator[str]:
    """A Western name loses or garbles one part easily: each part with the year of birth and with the post code."""
    places = [d.postcode for d in traits.addresses if d.postcode][:2]
    for name in traits.names:
        if name.masked or name.script == "han":
            continue
        for part in name.parts[:3]:
            if len(traits.birth) >= 4:
                yield f"part:{part}:{traits.birth[:4]}"
            for place in places:
                yield f"part:{part}:{place}"


def _address_keys(dwelling: Dwelling) -> Iterator[str]:
    if dwelling.line:
        if len(dwelling.doors) >= 2:
            area = dwelling.district or dwelling.city
            yield f"door:{area}:{dwelling.line[:2]}:{dwelling.doors[-2]}:{dwelling.doors[-1]}"
            yield f"door:{area}:{dwelling.doors[-2]}:{dwelling.doors[-1]}"
        return
    if dwelling.street and dwelling.number:
        yield f"house:{dwelling.street}:{dwelling.number}"
    if dwelling.postcode and dwelling.number:
        yield f"house:{dwelling.postcode}:{dwelling.number}"
    if dwelling.street and dwelling.suburb:
        yield f"street:{dwelling.street}:{dwelling.suburb}"
