"""How like two names are."""

from math import log2
from typing import Final

from tongpin.core.people.likeness.naming import Name
from tongpin.core.people.likeness.spelling import near
from tongpin.core.people.likeness.surnames import surname_share
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import (
    BITS,
    CHARACTER,
    GIVEN_CHARACTER,
    INITIAL,
    LATIN_PART,
    LATIN_PART_MOST,
    MASKED_NAME_MOST,
    NAME_MOST,
    NEAR_LOSS,
    RARE_SURNAME,
    SOUND_LOSS,
    SURNAME_MOST,
    SWAP_LOSS,
    Counts,
    bits_of_value,
)

_DIFFERS: Final = Reason("name_differs", False, BITS["name_differs"])
_SAME, _NEAR, _INITIAL = 3, 2, 1


def compare_names(a: Name, b: Name, counts: Counts | None) -> Reason | None:
    """The one reason two names give; None where they cannot be held against each other (English beside Chinese)."""
    if a.masked or b.masked or a.only_surname or b.only_surname:
        return _compare_ends(a, b)
    if a.script != b.script:
        return _compare_scripts(a, b, counts)
    if a.script == "han":
        return _compare_han(a, b, counts)
    return _compare_latin(a, b, counts)


def name_bits(name: Name, counts: Counts | None) -> float:
    """Bits of a whole Han name: its surname's share and six bits for each given character."""
    default = min(NAME_MOST, _surname_bits(name.parts[0]) + GIVEN_CHARACTER * len("".join(name.parts[1:])))
    return bits_of_value("name", name.text, default=default, most=NAME_MOST, counts=counts)


def _surname_bits(surname: str) -> float:
    share = surname_share(surname)
    return RARE_SURNAME if share is None else min(RARE_SURNAME, log2(1000 / share))


def _ends(name: Name) -> tuple[str, str, bool]:
    """(known beginning, known end, whether something between is hidden)."""
    if name.masked:
        return name.head, name.tail, True
    return name.text, name.text, name.only_surname


def _compare_ends(a: Name, b: Name) -> Reason | None:
    if a.script != b.script:
        return None
    (head_a, tail_a, hides_a), (head_b, tail_b, hides_b) = _ends(a), _ends(b)
    tail_a, tail_b = ("" if a.only_surname else tail_a), ("" if b.only_surname else tail_b)
    head, tail = min(len(head_a), len(head_b)), min(len(tail_a), len(tail_b))
    if head_a[:head] != head_b[:head] or (tail and tail_a[-tail:] != tail_b[-tail:]):
        return _DIFFERS
    # What a star hides is at least one character: 叶*舟 is not 叶舟.
    if (not hides_a and len(a.text) <= head + tail) or (not hides_b and len(b.text) <= head + tail):
        return _DIFFERS
    if head + tail == 0:
        return None
    if a.script == "han":
        bits = min(SURNAME_MOST, _surname_bits(head_a[:1])) if head else 0.0
        bits += SURNAME_MOST * (max(head - 1, 0) + tail)
    else:
        bits = CHARACTER * (head + tail)
    if a.only_surname or b.only_surname:
        return Reason("surname_same", True, min(bits, SURNAME_MOST))
    return Reason("name_mask_fits", True, min(bits, MASKED_NAME_MOST), (f"shown_{min(head + tail, 9)}",))


def _compare_scripts(a: Name, b: Name, counts: Counts | None) -> Reason | None:
    han, latin = (a, b) if a.script == "han" else (b, a)
    if latin.text not in {"".join(han.sounds), "".join(reversed(han.sounds))}:
        return None
    return Reason("name_pinyin_same", True, name_bits(han, counts) - SOUND_LOSS, ("latin_script",))


def _compare_han(a: Name, b: Name, counts: Counts | None) -> Reason:
    bits = min(name_bits(a, counts), name_bits(b, counts))
    surname: tuple[str, ...] = ("surname_same",) if a.parts[0] == b.parts[0] else ()
    if a.text == b.text:
        return Reason("name_same", True, bits)
    if a.text == "".join(reversed(b.parts)) or b.text == "".join(reversed(a.parts)):
        return Reason("name_swapped", True, bits - SWAP_LOSS)
    if a.sounds == b.sounds and all(a.sounds):
        return Reason("name_pinyin_same", True, bits - SOUND_LOSS, surname)
    if len(a.text) > 4 and near(a.text, b.text):
        return Reason("name_near", True, bits - NEAR_LOSS)
    given_a, given_b = "".join(a.parts[1:]), "".join(b.parts[1:])
    if surname and (given_a in given_b or given_b in given_a):
        return Reason("name_part_same", True, 2 * INITIAL, surname)
    # One given character of two: a slip of the hand, but brothers and sisters share it as well.
    if surname and len(given_a) == len(given_b) == 2 and (given_a[0] == given_b[0] or given_a[1] == given_b[1]):
        return Reason("name_near", True, INITIAL, surname)
    return Reason(_DIFFERS.code, False, _DIFFERS.weight, surname)


def _part_bits(part: str, counts: Counts | None) -> float:
    return bits_of_value("part", part, default=LATIN_PART, most=LATIN_PART_MOST, counts=counts)


def _grade(a: str, b: str) -> int:
    if a == b:
        return _SAME
    if len(a) == 1 or len(b) == 1:
        return _INITIAL if a[0] == b[0] else 0
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    if near(a, b) or (len(shorter) >= 3 and longer.startswith(shorter)):
        return _NEAR
    return 0


def _matched(a: Name, b: Name) -> list[tuple[int, int, int]]:
    """(grade, place in a, place in b), best first, each place once; ties are broken by content, not by side."""
    found = [
        (-grade, min(x, y), max(x, y), abs(i - j), i, j)
        for i, x in enumerate(a.parts)
        for j, y in enumerate(b.parts)
        if (grade := _grade(x, y))
    ]
    used_a: set[int] = set()
    used_b: set[int] = set()
    chosen: list[tuple[int, int, int]] = []
    for minus, _, _, _, i, j in sorted(found):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            chosen.append((-minus, i, j))
    return chosen


def _compare_latin(a: Name, b: Name, counts: Counts | None) -> Reason:
    if a.parts == b.parts:
        return Reason("name_same", True, min(NAME_MOST, sum(sorted(_part_bits(p, counts) for p in a.parts))))
    whole = min(NAME_MOST, *(sum(sorted(_part_bits(p, counts) for p in n.parts)) for n in (a, b)))
    if a.text == b.text or sorted(a.parts) == sorted(b.parts):
        code = "name_same" if a.text == b.text else "name_swapped"
        return Reason(code, True, whole - SWAP_LOSS)
    matched = _matched(a, b)
    unmatched = min(len(a.parts), len(b.parts)) - len(matched)
    bits = unmatched * BITS["name_token_differs"]
    for grade, i, j in sorted(matched, key=lambda m: (m[0], min(a.parts[m[1]], b.parts[m[2]]))):
        rarer = min(_part_bits(a.parts[i], counts), _part_bits(b.parts[j], counts))
        bits += rarer if grade == _SAME else INITIAL if grade == _INITIAL else max(INITIAL, rarer - NEAR_LOSS)
    if unmatched and len(a.text) > 6 and near(a.text, b.text):
        return Reason("name_near", True, max(bits, whole - 2 * NEAR_LOSS), ("spacing",))
    if not matched:
        return _DIFFERS
    swapped = any(i != j for _, i, j in matched) and len(a.parts) == len(b.parts)
    detail = tuple(
        code
        for code, holds in (
            ("part_same", any(g == _SAME for g, _, _ in matched)),
            ("part_near", any(g == _NEAR for g, _, _ in matched)),
            ("part_initial", any(g == _INITIAL for g, _, _ in matched)),
            ("part_differs", unmatched > 0),
            ("part_missing", len(a.parts) != len(b.parts)),
            ("swapped", swapped),
            ("given_same", unmatched > 0 and a.parts[0] == b.parts[0]),
        )
        if holds
    )
    bits = min(NAME_MOST, bits)
    code = "name_part_same" if unmatched or len(a.parts) != len(b.parts) else "name_near"
    return Reason(code, bits > 0, bits, detail)
