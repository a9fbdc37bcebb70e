"""The whole way in memory, for tests and benches; the product does the same with keyed hashes in the database."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tongpin.core.people.likeness.compare import weigh
from tongpin.core.people.likeness.keys import BLOCK_LIMIT, keys_of
from tongpin.core.people.likeness.traits import Traits, countable_traits, read
from tongpin.core.people.likeness.values import Pair, Record
from tongpin.core.people.likeness.weights import SUGGEST, Counts


def count(records: Iterable[Record]) -> Counts:
    """How often each countable value occurs in these records."""
    return _count([read(record) for record in records])


def _count(all_traits: list[Traits]) -> Counts:
    seen: Counter[str] = Counter()
    for traits in all_traits:
        seen.update(countable_traits(traits))
    return Counts(len(all_traits), seen)


def candidates(all_traits: list[Traits], *, limit: int = BLOCK_LIMIT) -> Iterator[tuple[int, int]]:
    """Positions of records that share a key, each pair once, the smaller position first."""
    blocks: dict[str, list[int]] = {}
    for place, traits in enumerate(all_traits):
        for key in keys_of(traits):
            blocks.setdefault(key, []).append(place)
    met: dict[int, set[int]] = {}
    for block in blocks.values():
        if 1 < len(block) <= limit:
            for at, first in enumerate(block[:-1], start=1):
                met.setdefault(first, set()).update(block[at:])
    for first in sorted(met):
        for second in sorted(met[first]):
            yield first, second


def suggestions(
    records: Iterable[Record], *, at_least: float = SUGGEST, limit: int = BLOCK_LIMIT, counted: bool = True
) -> Iterator[Pair]:
    """Every pair of different people that scores `at_least`, by person ids; the order of `records` does not matter.

    `counted` sharpens weights by how often names and places occur in these very records.
    """
    in_order = sorted(records, key=lambda record: (record.person_id, repr(record)))
    all_traits = [read(record) for record in in_order]
    counts = _count(all_traits) if counted else None
    for first, second in candidates(all_traits, limit=limit):
        a, b = in_order[first].person_id, in_order[second].person_id
        if a == b:
            continue
        likeness = weigh(all_traits[first], all_traits[second], counts=counts)
        if likeness.score >= at_least:
            yield Pair(a, b, likeness)
