"""Folding text to what carries meaning, and how far two spellings are apart."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Final

LONGEST: Final = 120
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_DIGITS: Final = re.compile(r"[0-9]+")


def fold(text: str) -> str:
    """Full width to half, small letters, no accents, at most LONGEST characters."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold()
    if not plain.isascii():
        bare = (c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
        plain = unicodedata.normalize("NFC", "".join(bare))
    return plain[:LONGEST]


def letters(text: str) -> str:
    """Only letters and figures of folded text: emoji, signs and spaces carry nothing here."""
    return "".join(c for c in text if c.isalnum())


def has_han(text: str) -> bool:
    return not text.isascii() and _HAN.search(text) is not None


def is_han(text: str) -> bool:
    return bool(text) and all(_HAN.match(c) for c in text)


def figures(text: str) -> tuple[str, ...]:
    """Runs of digits without leading zeros: 03栋 and 3栋 are one."""
    return tuple(run.lstrip("0") or "0" for run in _DIGITS.findall(text))


def edits(a: str, b: str) -> int:
    """Insertions, deletions, substitutions, neighbour swaps (optimal string alignment; bit-parallel, Hyyrö 2003)."""
    if a == b:
        return 0
    if len(a) > len(b):
        a, b = b, a
    if not a:
        return len(b)
    full = (1 << len(a)) - 1
    last = 1 << (len(a) - 1)
    where: dict[str, int] = {}
    for i, c in enumerate(a):
        where[c] = where.get(c, 0) | (1 << i)
    up, down, diagonal, before, distance = full, 0, 0, 0, len(a)
    for c in b:
        match = where.get(c, 0)
        swap = ((~diagonal & match) << 1) & before
        diagonal = ((((match & up) + up) ^ up) | match | down | swap) & full
        plus = (down | ~(diagonal | up)) & full
        minus = diagonal & up
        if plus & last:
            distance += 1
        elif minus & last:
            distance -= 1
        plus = (plus << 1) | 1
        up = ((minus << 1) | ~(diagonal | plus)) & full
        down = plus & diagonal & full
        before = match
    return distance


def near(a: str, b: str) -> bool:
    """A slip or two apart: one edit from 4 letters on, two from 7, three from 11."""
    longer = max(len(a), len(b))
    allowed = 0 if longer < 4 else 1 if longer < 7 else 2 if longer < 11 else 3
    return abs(len(a) - len(b)) <= allowed and edits(a, b) <= allowed


def swapped_neighbours(a: str, b: str) -> bool:
    """Equal but for two neighbours in the wrong order."""
    if len(a) != len(b) or a == b:
        return False
    wrong = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]


def overlap(a: str, b: str) -> tuple[float, float]:
    """Shared pairs of neighbouring characters: (Dice, share of the shorter text that the longer one holds)."""
    x, y = Counter(pairwise(a)), Counter(pairwise(b))
    if not x or not y:
        same = 1.0 if a == b and a else 0.0
        return same, same
    shared = (x & y).total()
    return 2 * shared / (x.total() + y.total()), shared / min(x.total(), y.total())
