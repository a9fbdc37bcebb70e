"""The plain rival of `likeness`: equality rules as a careful person writes them in SQL, and nothing else.

Western rows: a number; birth and one name; post code and last name. Chinese rows: the full phone; or a masked phone
that fits together with a surname that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from tongpin.core.people.likeness import Record

Key = Callable[[Record], Iterable[object]]


def _words(record: Record) -> list[str]:
    return [word for name in record.names for word in name.split()]


def _birth_and_name(record: Record) -> Iterator[object]:
    if record.birth:
        yield from (("bn", record.birth, word) for word in _words(record))


def _post_code_and_last(record: Record) -> Iterator[object]:
    for address in record.addresses:
        if address.postcode and _words(record):
            yield "pl", address.postcode, _words(record)[-1]


WESTERN: tuple[Key, ...] = (lambda record: record.numbers, _birth_and_name, _post_code_and_last)


def _fitting(record: Record) -> Iterator[object]:
    shown = {re.sub(r"^\+86(...)....", r"\1****", phone) for phone in record.phones} | set(record.masked_phones)
    for phone in shown:
        for name in record.names:
            yield phone, name[:1]


CHINESE: tuple[Key, ...] = (lambda record: record.phones, _fitting)


def pairs(records: Iterable[Record], rules: tuple[Key, ...]) -> set[tuple[int, int]]:
    """Every pair that shares a value under at least one rule."""
    found: set[tuple[int, int]] = set()
    in_order = sorted(records, key=lambda record: record.person_id)
    for rule in rules:
        blocks: dict[object, list[int]] = {}
        for record in in_order:
            for value in set(rule(record)):
                blocks.setdefault(value, []).append(record.person_id)
        for block in blocks.values():
            found.update(combinations(block, 2))
    return found
