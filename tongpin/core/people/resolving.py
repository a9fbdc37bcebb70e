"""Resolving (认人): who is meant by the signs that arrive. Exact keys only; likeness never joins anybody here.

Thousands of arrivals are resolved in one transaction: read what is known, decide in memory, write what is new. Where two
writers meet the same new sign, the unique digest lets one of them through and the other does its batch again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

from tongpin.base.text import clean, grams, sort_key
from tongpin.core.ledger.copying import copied, copying, draw
from tongpin.core.people.erased import erased_list
from tongpin.core.people.models import Strength
from tongpin.core.people.roots import lock_erasures
from tongpin.core.people.scopes import note_scopes
from tongpin.core.people.signs import SEALED, STRENGTH, Sign, shown
from tongpin.core.team.keys import keyring

CACHE = 400_000
"""Signs whose person this process remembers: about 60 MB when full."""


class Arrival(NamedTuple):
    """Somebody as they arrive: signs with the strongest first. Without signs it is nobody.

    `makes_people` False: who is not known by any of the signs stays nobody. `loose` signs find a person and are not
    linked to one. `nickname`: what somebody new is called from the start.
    """

    signs: tuple[Sign, ...]
    makes_people: bool = True
    loose: frozenset[Sign] = frozenset()
    nickname: str = ""


class Clash(NamedTuple):
    """Signs of one arrival that belong to two known people."""

    person: int
    other: int
    kinds: tuple[str, str]


class Raced(Exception):
    """Another writer met the same new sign first: do the batch again."""


@dataclass(slots=True)
class Resolved:
    """`people[i]` is the person of arrival i (None: nobody, or erased). New people and identities are already written."""

    people: list[int | None]
    met: list[int] = field(default_factory=list)
    linked: list[tuple[int, int, Sign]] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    clash_at: list[int] = field(default_factory=list)
    """The arrival each clash came with."""
    gone: frozenset[Sign] = frozenset()
    """Signs of people who were erased: they belong to nobody."""
    named: dict[int, str] = field(default_factory=dict)
    """New people who have their nickname already, as it arrived."""
    learnt: list[tuple[str, int]] = field(default_factory=list)
    """Names of signs this process had not met, and whose they are."""


class Memory:
    """Signs this process has met, in two generations: when the young one is full the old one is forgotten. Void after an
    erasure anywhere (the epoch changes).

    Plain texts and numbers in plain dicts: the garbage collector has nothing to look through.
    """

    def __init__(self) -> None:
        self.young: dict[str, int] = {}
        self.old: dict[str, int] = {}
        self.scopes: set[tuple[str, str]] = set()
        self.epoch = -1

    def find(self, name: str) -> int | None:
        """Whose sign of that name it is, if this process has met it."""
        found = self.young.get(name)
        if found is None and (found := self.old.get(name)) is not None:
            self.young[name] = found
        return found

    def keep(self, found: Iterable[tuple[str, int]]) -> None:
        """Remembers after the transaction that wrote them has committed."""
        self.young.update(found)
        if len(self.young) > CACHE // 2:
            self.old, self.young = self.young, {}

    def forget(self) -> None:
        """As if nobody had been met."""
        self.young, self.old, self.scopes = {}, {}, set()

    def check(self, epoch: int) -> None:
        """Forgets all where the epoch moved."""
        if epoch != self.epoch:
            self.forget()
            self.epoch = epoch


memory = Memory()


def sign_digest(one: Sign) -> bytes:
    """The keyed digest under which an identity is stored: says nothing without the key file."""
    return _digest("\x1f".join(one), keyring().index_key)


def _digest(name: str, key: bytes) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16, key=key).digest()


def resolve_many(arrivals: Sequence[Arrival], *, via: str, at: datetime) -> Resolved:
    """Finds or makes the person of each arrival. Belongs inside a transaction; after it commits, call `remember`.

    Raises Raced where another writer got in between.
    """
    lock_erasures(shared=True)
    with connection.cursor() as cursor:
        cursor.execute("select epoch from identity_epoch")
        memory.check(int(cursor.fetchone()[0]))
        signs = {one for arrival in arrivals for one in arrival.signs}
        names = {one: "\x1f".join(one) for one in signs}
        known = {one: person for one, name in names.items() if (person := memory.find(name)) is not None}
        key = keyring().index_key
        digests = {one: _digest(name, key) for one, name in names.items() if one not in known}
        known.update(_stored(cursor, digests))
        gone = _erased(signs - known.keys())
        resolved, fresh = _decide(arrivals, known, gone, lambda count: draw(cursor, "person_id_seq", count))
        if fresh:
            _write(cursor, fresh, digests, via=via, at=at, resolved=resolved)
    clashing = {clash.person for clash in resolved.clashes} | {clash.other for clash in resolved.clashes}
    resolved.learnt = [
        (names[one], person)
        for one in digests
        if (person := known.get(one)) is not None and person not in clashing and one not in gone
    ]
    return resolved


@dataclass(slots=True)
class Foreseen:
    """People who would be new: their signs, and the number of the last one. They are numbered below zero."""

    signs: dict[Sign, int] = field(default_factory=dict)
    last: int = 0

    def draw(self, count: int) -> list[int]:
        """Numbers for people who are not there."""
        self.last -= count
        return list(range(self.last, self.last + count))


def foresee(arrivals: Sequence[Arrival], *, met: Foreseen) -> Resolved:
    """What `resolve_many` would find, with nothing written. `met` takes up who would be new."""
    signs = {one for arrival in arrivals for one in arrival.signs}
    known = {one: person for one in signs if (person := met.signs.get(one)) is not None}
    with connection.cursor() as cursor:
        known.update(_stored(cursor, {one: sign_digest(one) for one in signs - known.keys()}))
    gone = _erased(signs - known.keys())
    resolved, fresh = _decide(arrivals, known, gone, met.draw)
    resolved.linked = [(person, 0, one) for one, person in fresh]
    met.signs.update(fresh)
    return resolved


def remember(resolved: Resolved) -> None:
    """Keeps what was resolved for the next batch; call it once the transaction has committed."""
    memory.keep(resolved.learnt)


def _stored(cursor: Any, digests: dict[Sign, bytes]) -> dict[Sign, int]:
    if not digests:
        return {}
    cursor.execute(
        "select digest, person_id from identity"
        " where digest = any(array(select decode(d, 'hex') from unnest(string_to_array(%s, ',')) d))",
        [",".join([digest.hex() for digest in digests.values()])],
    )
    found = {bytes(digest): int(person) for digest, person in cursor.fetchall()}
    return {one: found[digest] for one, digest in digests.items() if digest in found}


def _erased(signs: set[Sign]) -> set[Sign]:
    """Signs of people who were erased: nothing brings them back, not even the same file once more."""
    marks = erased_list()
    if not marks:
        return set()
    ring = keyring()
    return {one for one in signs if ring.erased_mark(f"{one.kind}/{one.namespace}", one.value) in marks}


def _decide(
    arrivals: Sequence[Arrival], known: dict[Sign, int], gone: set[Sign], draw: Callable[[int], list[int]]
) -> tuple[Resolved, list[tuple[Sign, int]]]:
    """Walks the arrivals in order. Numbers for new people are drawn in one go."""
    resolved = Resolved([None] * len(arrivals), gone=frozenset(gone))
    fresh: list[tuple[Sign, int]] = []
    met = known.keys()
    unborn = sum([a.makes_people and bool(a.signs) and met.isdisjoint(a.signs) for a in arrivals])
    numbers = draw(unborn)[::-1] if unborn else []
    for i, arrival in enumerate(arrivals):
        signs = [one for one in arrival.signs if one not in gone] if gone else arrival.signs
        if len(signs) < len(arrival.signs) and not any(one.strength == Strength.STRONG for one in signs):
            continue  # what is left of an erased person's signs must not become a person again
        if not signs:
            continue
        person: int | None = None
        first: Sign | None = None
        for one in signs:
            owner = known.get(one)
            if owner is None:
                continue
            if person is None:
                person, first = owner, one
            elif owner != person and first is not None:
                resolved.clashes.append(Clash(person, owner, (first.kind, one.kind)))
                resolved.clash_at.append(i)
        if person is None:
            if not arrival.makes_people:
                continue
            person = numbers.pop()
            resolved.met.append(person)
            if arrival.nickname:
                resolved.named[person] = arrival.nickname
        for one in signs:
            if one not in known and one not in arrival.loose:
                known[one] = person
                fresh.append((one, person))
        resolved.people[i] = person
    return resolved, fresh


def _write(
    cursor: Any,
    fresh: list[tuple[Sign, int]],
    digests: dict[Sign, bytes],
    *,
    via: str,
    at: datetime,
    resolved: Resolved,
) -> None:
    moment = at.isoformat()
    strong = {person for one, person in fresh if STRENGTH[one.kind] == Strength.STRONG}
    if resolved.met:
        with copying(
            cursor,
            "copy person (id, identified, internal, via, created_at, name_masked, nickname, sort_key, grams) from stdin",
        ) as copy:
            copy.write("".join(_born(resolved, strong, via=copied(via), moment=moment)))
    known_before = sorted(strong.difference(resolved.met))
    if known_before:
        cursor.execute("update person set identified = true where id = any(%s) and not identified", [known_before])
    note_scopes(cursor, {(one.kind, one.namespace) for one, _ in fresh}, met=memory.scopes)
    # Digest order: two writers with the same signs wait for each other and never deadlock.
    ordered = sorted([(digests[one], one, person) for one, person in fresh])
    numbers = draw(cursor, "identity_id_seq", len(ordered))
    ring = keyring()
    tail = f"{copied(via)}\t{moment}\n"
    rows = []
    for number, (digest, one, person) in zip(numbers, ordered, strict=True):
        told = shown(one)
        is_sealed = one.kind in SEALED or told != one.value
        sealed = "\\\\x" + ring.encrypt(one.value, context="identity").hex() if is_sealed else "\\N"
        rows.append(
            f"{number}\t{person}\t{one.kind}\t{copied(one.namespace)}\t\\\\x{digest.hex()}\t{sealed}\t{copied(told)}"
            f"\t{int(STRENGTH[one.kind])}\t{tail}"
        )
    try:
        with copying(
            cursor,
            "copy identity (id, person_id, kind, namespace, digest, sealed, shown, strength, via, linked_at) from stdin",
        ) as copy:
            copy.write("".join(rows))
    except IntegrityError as error:
        raise Raced from error
    resolved.linked = [(person, number, one) for number, (_, one, person) in zip(numbers, ordered, strict=True)]


def _born(resolved: Resolved, strong: set[int], *, via: str, moment: str) -> Iterator[str]:
    """New people as COPY wants them."""
    for person in resolved.met:
        nickname = clean(resolved.named.get(person, ""), limit=120)
        held = ""
        if nickname:
            held = ",".join(['"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in grams(nickname)])
        yield (
            f"{person}\t{'tf'[person not in strong]}\tf\t{via}\t{moment}\t\t{copied(nickname)}"
            f"\t{copied(sort_key(nickname)) if nickname else ''}\t{{{copied(held)}}}\n"
        )
