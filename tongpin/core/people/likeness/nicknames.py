"""How like two nicknames are, and whether a nickname tells a real name (微信昵称 beside 收件人)."""

from typing import Final

from tongpin.core.people.likeness.names import name_bits
from tongpin.core.people.likeness.naming import Name
from tongpin.core.people.likeness.spelling import fold, has_han, letters, near
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import LATIN_PART, NICKNAME_COUNTED_MOST, NICKNAME_MOST, Counts, bits_of_value

_NEAR: Final = 4.0
_GIVEN: Final = 5.0
_PET: Final = 2.5
_FREE_LOSS: Final = 3.0
_INSIDE_LOSS: Final = 5.0


def read_nickname(raw: str) -> str:
    """Letters and figures only; empty where only emoji, signs or a single letter are left."""
    plain = letters(fold(raw))
    return plain if len(plain) > 1 else ""


def _length_bits(nickname: str) -> float:
    return min(NICKNAME_MOST, sum(3.0 if has_han(c) else 1.3 for c in nickname))


def compare_nicknames(a: str, b: str, counts: Counts | None) -> Reason | None:
    """Agreement or nothing: people change nicknames too freely for a difference to count."""
    if a == b:
        most = NICKNAME_MOST if counts is None or counts.seen is None else NICKNAME_COUNTED_MOST
        bits = bits_of_value("nickname", a, default=_length_bits(a), most=most, counts=counts)
        return Reason("nickname_same", True, bits)
    shorter, longer = sorted((a, b), key=lambda n: (len(n), n))
    enough = len(shorter) >= (4 if has_han(shorter) else 6)
    if enough and not shorter.isdecimal() and (near(a, b) or shorter in longer):
        return Reason("nickname_near", True, _NEAR)
    return None


def compare_nickname_to_name(nickname: str, name: Name, counts: Counts | None) -> Reason | None:
    """张三丰宝妈 holds 张三丰; 小舟, 舟舟, 阿舟 come from 叶小舟; yexiaozhou88 sounds like it."""
    if name.masked or name.only_surname:
        return None
    if name.script == "latin":
        if len(name.parts) < 2 or len(name.text) < 6 or name.text not in nickname:
            return None
        return Reason("nickname_holds_name", True, min(2 * LATIN_PART - _FREE_LOSS, 1.3 * len(name.text)))
    if name.text in nickname:
        loss = _FREE_LOSS if name.text == nickname else _INSIDE_LOSS
        return Reason("nickname_holds_name", True, max(1.0, name_bits(name, counts) - loss))
    sounds = "".join(name.sounds)
    if len(sounds) >= 6 and sounds in nickname:
        return Reason("nickname_holds_name", True, max(1.0, name_bits(name, counts) - 2 * _FREE_LOSS), ("pinyin",))
    given = "".join(name.parts[1:])
    if len(given) == 2 and nickname == given:
        return Reason("nickname_is_given_name", True, _GIVEN)
    if nickname in {given[-1] * 2, "阿" + given[-1], "小" + given[-1]}:
        return Reason("nickname_is_given_name", True, _PET, ("pet_form",))
    return None
