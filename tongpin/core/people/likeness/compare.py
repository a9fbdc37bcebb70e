"""The score of two records: the bits of every reason, held against strangers and against housemates."""

from math import exp2, log2
from typing import Final

from tongpin.core.people.likeness.addresses import compare_addresses
from tongpin.core.people.likeness.births import compare_births
from tongpin.core.people.likeness.names import compare_names
from tongpin.core.people.likeness.nicknames import compare_nickname_to_name, compare_nicknames
from tongpin.core.people.likeness.reach import compare_accounts, compare_mails, compare_numbers, compare_phones
from tongpin.core.people.likeness.traits import Traits, read
from tongpin.core.people.likeness.values import Likeness, Reason, Record
from tongpin.core.people.likeness.weights import BITS, HOME_BITS, HOME_DETAIL, HOUSEMATES, STRONG, Counts, prior

_WORTH_SAYING: Final = 1.0


def compare(a: Record, b: Record, /, *, counts: Counts | None = None) -> Likeness:
    """Symmetric, never fails. `counts` sharpens common and rare names and places."""
    return weigh(read(a), read(b), counts=counts)


def weigh(a: Traits, b: Traits, *, counts: Counts | None = None) -> Likeness:
    """`compare` for records already read."""
    found: list[Reason | None] = [
        *_called(a, b, counts),
        compare_births(a.birth, b.birth),
        compare_phones(a.phones, b.phones),
        compare_mails(a.mails, b.mails),
        compare_accounts(a.accounts, b.accounts),
        compare_numbers(a.numbers, b.numbers),
        *compare_addresses(a.addresses, b.addresses, counts),
    ]
    reasons = [Reason(r.code, r.agrees, round(r.weight, 3), r.detail) for r in found if r is not None]
    reasons.sort(key=lambda r: (-abs(r.weight), r.code, r.detail))
    strangers = prior(counts) + sum(r.weight for r in reasons)
    housemates = HOUSEMATES + sum(home_bits(r) for r in reasons)
    bits = -log2(exp2(-strangers) + exp2(-housemates))
    if strangers - bits >= _WORTH_SAYING and chance(bits) < STRONG:
        reasons.append(Reason("housemates_possible", False, round(bits - strangers, 3)))
    return Likeness(chance(bits), tuple(reasons))


def home_bits(reason: Reason) -> float:
    """What a reason weighs against the explanation that the two live together."""
    return HOME_BITS[reason.code] + sum(HOME_DETAIL.get((reason.code, code), 0.0) for code in reason.detail)


def chance(bits: float) -> float:
    """The odds 2**bits as a chance 0..1."""
    return 1 / (1 + exp2(-bits))


def _called(a: Traits, b: Traits, counts: Counts | None) -> list[Reason | None]:
    """What the two are called. A nickname tells a real name only where the real names do not already agree."""
    found: list[Reason | None] = []
    name = _best([compare_names(x, y, counts) for x in a.names for y in b.names])
    found.append(name)
    if a.sexes and b.sexes and not a.sexes & b.sexes:
        found.append(Reason("title_differs", False, BITS["title_differs"]))
    found.append(_best([compare_nicknames(x, y, counts) for x in a.own_nicknames for y in b.own_nicknames]))
    if name is None or not name.agrees:
        crossed = [(x, y) for x in a.nicknames for y in b.names] + [(x, y) for x in b.nicknames for y in a.names]
        found.append(_best([compare_nickname_to_name(x, y, counts) for x, y in crossed]))
    return found


def _best(reasons: list[Reason | None]) -> Reason | None:
    return max((r for r in reasons if r is not None), key=lambda r: (r.weight, r.code, r.detail), default=None)
