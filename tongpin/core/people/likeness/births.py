"""How like two dates of birth are."""

import re
from typing import Final

from tongpin.core.people.likeness.spelling import fold, swapped_neighbours
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import BITS

_GROUPS: Final = re.compile(r"[0-9]+")
# Forms and spreadsheets put these where nobody answered.
_PLACEHOLDERS: Final = frozenset({"19000101", "19700101", "19800101", "19900101", "20000101"})


def read_birth(raw: str | None) -> str:
    """yyyymmdd, yyyymm or yyyy as it stands, possible or not; empty for anything else."""
    groups = _GROUPS.findall(fold(raw or ""))
    if len(groups) in (2, 3) and len(groups[0]) == 4 and all(len(g) <= 2 for g in groups[1:]):
        groups = [groups[0], *(g.zfill(2) for g in groups[1:])]
    text = "".join(groups)
    return text if len(text) in (4, 6, 8) and len(set(text)) > 1 else ""


def is_placeholder(birth: str) -> bool:
    return birth in _PLACEHOLDERS


def compare_births(a: str, b: str) -> Reason | None:
    """None where one side is unknown."""
    code = _code(a, b) if a and b else None
    return None if code is None else Reason(code, BITS[code] > 0, BITS[code])


def _code(a: str, b: str) -> str:
    shorter = min(len(a), len(b))
    if shorter < 8:
        return "birth_year_same" if a[:shorter] == b[:shorter] else "birth_differs"
    if a == b:
        return "birth_same_placeholder" if is_placeholder(a) else "birth_same"
    if swapped_neighbours(a, b):
        return "birth_digits_swapped"
    if a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]:
        return "birth_day_month_swapped"
    if sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return "birth_near"
    same_parts = (a[:4] == b[:4]) + (a[4:6] == b[4:6]) + (a[6:] == b[6:])
    return "birth_part_same" if same_parts == 2 else "birth_differs"
