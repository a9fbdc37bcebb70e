"""A record read once: everything folded, split and bounded, so that comparing is only looking."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from tongpin.core.people.likeness.addresses import Dwelling, read_address
from tongpin.core.people.likeness.births import read_birth
from tongpin.core.people.likeness.naming import Name, Sex, read_name
from tongpin.core.people.likeness.nicknames import read_nickname
from tongpin.core.people.likeness.reach import Shown, read_mail, read_numbered, read_phone
from tongpin.core.people.likeness.values import Record

# Of each trait the first 64 in sorted order are read and the first eight readable ones count: a shared mailbox with
# 300 names must not stall a comparison.
READ: Final = 64
EACH: Final = 8
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Traits:
    """A Record as the rules see it; `own_nicknames` are those that do not merely repeat a real name of the record."""

    names: tuple[Name, ...]
    sexes: frozenset[Sex]
    nicknames: tuple[str, ...]
    own_nicknames: tuple[str, ...]
    birth: str
    phones: tuple[str | Shown, ...]
    mails: tuple[str, ...]
    addresses: tuple[Dwelling, ...]
    accounts: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]


def read(record: Record) -> Traits:
    """Never fails: what cannot be read is left out."""
    names = _kept(read_name(raw) for raw in _first(record.names))
    nicknames = _kept(read_nickname(raw) or None for raw in _first(record.nicknames))
    whole = [name.text for name in names if not name.masked and not name.only_surname]
    return Traits(
        names=names,
        sexes=frozenset(name.sex for name in names if name.sex),
        nicknames=nicknames,
        own_nicknames=tuple(n for n in nicknames if not any(text in n for text in whole)),
        birth=read_birth(record.birth),
        phones=_kept(read_phone(raw) for raw in (*_first(record.phones), *_first(record.masked_phones))),
        mails=_kept(read_mail(raw) or None for raw in _first(record.mails)),
        addresses=_kept(read_address(raw) for raw in sorted(set(record.addresses), key=repr)[:READ]),
        accounts=_kept(read_numbered(raw) for raw in _first(record.accounts)),
        numbers=_kept(read_numbered(raw) for raw in _first(record.numbers)),
    )


def _first(raw: tuple[str, ...]) -> list[str]:
    return sorted(set(raw))[:READ]


def _kept(values: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))[:EACH]


def countable(record: Record) -> frozenset[str]:
    """The values of a record whose frequency sharpens a weight, as `Counts.seen` spells them.

    Holds names in plain: who stores counts stores keyed hashes, as for `keys`.
    """
    return countable_traits(read(record))


def countable_traits(traits: Traits) -> frozenset[str]:
    found = [f"nickname:{nickname}" for nickname in traits.nicknames]
    for name in traits.names:
        if name.masked or name.only_surname:
            continue
        found += [f"name:{name.text}"] if name.script == "han" else [f"part:{part}" for part in name.parts]
    for dwelling in traits.addresses:
        fields = (("suburb", dwelling.suburb), ("postcode", dwelling.postcode), ("street", dwelling.street))
        found += [f"{field}:{value}" for field, value in fields if value]
    return frozenset(found)
