"""Foretelling: who would wait for a human if these people were there. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection

from tongpin.core.people.likeness import BLOCK_LIMIT, SUGGEST, Counts, Record, keys
from tongpin.core.people.likeness.compare import weigh
from tongpin.core.people.likeness.traits import Traits, read
from tongpin.core.people.models import Person
from tongpin.core.people.pairs import Pair, decided_pairs, pair
from tongpin.core.people.records import records_of
from tongpin.core.people.resolving import Clash
from tongpin.core.people.roots import groups_of, roots_of
from tongpin.core.people.rules import Side, settle
from tongpin.core.people.suggesting import KEY, RIVALS, about_how_many
from tongpin.core.team.keys import keyring


class WouldBe:
    """People who are not there yet, numbered below zero, beside those who are."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[int]] = {}
        self.read: dict[int, Traits] = {}

    def alike(self, records: Mapping[int, Record]) -> set[int]:
        """Those of the records for whom a suggestion would be made, among themselves, those before and the people known."""
        held = {person: keys(record) for person, record in records.items()}
        for person, record in records.items():
            self.read[person] = read(record)
            for key in held[person]:
                block = self.by_key.setdefault(key, [])
                if person not in block:
                    block.append(person)
        rivals = self._rivals(held)
        strangers = {other for others in rivals.values() for other in others if other > 0}
        known = {person: read(record) for person, record in records_of(person_ids=sorted(strangers)).items()}
        counts = Counts(about_how_many())
        found: set[int] = set()
        for person, others in rivals.items():
            for other in others:
                traits = known.get(other) if other > 0 else self.read[other]
                if traits is not None and weigh(self.read[person], traits, counts=counts).score >= SUGGEST:
                    found |= {person, other}
        return found & records.keys()

    def _rivals(self, held: Mapping[int, frozenset[str]]) -> dict[int, list[int]]:
        stored = self._stored({key for mine in held.values() for key in mine})
        rivals: dict[int, list[int]] = {}
        for person, mine in held.items():
            shared: Counter[int] = Counter()
            for key in mine:
                block = [*stored.get(key, ()), *self.by_key[key]]
                if len(block) <= BLOCK_LIMIT:
                    shared.update(other for other in block if other != person)
            rivals[person] = [other for other, _ in shared.most_common(RIVALS)]
        return rivals

    def _stored(self, wanted: set[str]) -> dict[str, list[int]]:
        ring = keyring()
        named = {ring.blind(KEY, key): key for key in wanted}
        with connection.cursor() as cursor:
            cursor.execute(
                "select d.digest, array(select o.person_id from likeness_key o where o.digest = d.digest limit %s)"
                " from (select decode(x, 'hex') as digest from unnest(string_to_array(%s, ',')) x) d",
                [BLOCK_LIMIT + 1, ",".join([one.hex() for one in named])],
            )
            return {named[bytes(digest)]: people for digest, people in cursor.fetchall() if people}


def would_doubt(clashes: Sequence[Clash], *, identified: frozenset[int]) -> set[Clash]:
    """Those clashes of a trusted source that would become a suggestion. `identified` are those of the people who are not
    there yet (below zero) who would have a sign of their own."""
    people = {one for clash in clashes for one in (clash.person, clash.other)}
    roots = roots_of(person_ids=people)
    of_root = groups_of(roots={root for root in roots.values() if root > 0})
    members = {member for group in of_root.values() for member in group}
    strong = set(Person.objects.filter(pk__in=members, identified=True).values_list("pk", flat=True)) | identified
    no, _ = decided_pairs(roots=set(of_root))
    found = set()
    for clash in clashes:
        a, b = roots[clash.person], roots[clash.other]
        sides = [Side(root, any(one in strong for one in of_root.get(root, [root]))) for root in (a, b)]
        between: Pair = pair(a, b)
        if between not in no and settle(*sides, trusted=True)[0] == "suggest":
            found.add(clash)
    return found
