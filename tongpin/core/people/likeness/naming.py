"""Reading a name: titles, brackets and masks off; surname and given part; pinyin for names in Han characters."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from tongpin.base.pinyin import syllable
from tongpin.core.people.likeness.spelling import fold, has_han
from tongpin.core.people.likeness.surnames import split_han, surname_share, surname_sound

Sex = Literal["", "f", "m"]

MASK: Final = "*"
_MASKS: Final = str.maketrans(dict.fromkeys("×✱✲●○◯╳", MASK))
_HIDDEN_BY_X: Final = re.compile(r"(?<=[\u3400-\u9fff*])x+")
_BRACKETS: Final = re.compile(r"[(\[{【〔「<《][^)\]}】〕」>》]*[)\]}】〕」>》]")
_APART: Final = re.compile(r"[\s,;/|_\-.]+")

_HAN_TITLES: Final[tuple[tuple[str, Sex], ...]] = (
    *((title, "m") for title in ("先生", "男士", "叔叔", "大哥", "爸爸", "大叔")),
    *((title, "f") for title in ("女士", "小姐", "太太", "阿姨", "大姐", "妈妈", "宝妈", "姐姐", "妹妹")),
    *((title, "") for title in ("老师", "同学", "经理", "医生", "师傅", "老板", "店长", "团长", "主任", "总监")),
    ("姐", "f"),
    ("哥", "m"),
    ("总", ""),
)
_LATIN_TITLES: Final[dict[str, Sex]] = {"mr": "m", "mrs": "f", "ms": "f", "miss": "f", "dr": "", "prof": ""}


@dataclass(frozen=True, slots=True)
class Name:
    """`text` without spaces; `parts` are words, or surname and given part; a masked name knows only its two ends."""

    script: Literal["han", "latin"]
    text: str
    parts: tuple[str, ...]
    sounds: tuple[str, ...] = ()
    masked: bool = False
    head: str = ""
    tail: str = ""
    sex: Sex = ""

    @property
    def only_surname(self) -> bool:
        return self.script == "han" and not self.masked and len(self.parts) == 1


def pinyin(text: str) -> str:
    """Toneless, character by character, so that a part sounds the same alone and inside a name."""
    return "".join(map(syllable, text))


def _untitled_han(text: str) -> tuple[str, Sex]:
    for title, sex in _HAN_TITLES:
        if len(text) > len(title) and text.endswith(title):
            return text[: -len(title)], sex
    if len(text) == 2 and text[0] in "老小" and surname_share(text[1]) is not None:
        return text[1], ""
    return text, ""


def sounds_of(text: str) -> tuple[str, ...]:
    """The pinyin of surname and given part."""
    surname, *given = split_han(text)
    return (surname_sound(surname) or pinyin(surname), *map(pinyin, given))


def _masked(text: str, script: Literal["han", "latin"], sex: Sex) -> Name | None:
    head, _, rest = text.partition(MASK)
    tail = rest.rpartition(MASK)[2]
    if not head and not tail:
        return None
    return Name(script=script, text=text, parts=(), masked=True, head=head, tail=tail, sex=sex)


def read_name(raw: str) -> Name | None:
    """None where nothing of a name is left (empty, stars only, figures only, 匿名)."""
    folded = fold(raw)
    bare = _BRACKETS.sub(" ", folded).strip() or folded
    text = bare.translate(_MASKS)
    if has_han(text):
        return _read_han(text)
    words = [w for w in (letters_and_masks(part) for part in _APART.split(text)) if w]
    sex: Sex = ""
    if len(words) > 1 and words[0] in _LATIN_TITLES:
        sex = _LATIN_TITLES[words.pop(0)]
    joined = "".join(words)
    if MASK in joined:
        return _masked(joined, "latin", sex)
    if not joined or not any(c.isalpha() for c in joined):
        return None
    return Name(script="latin", text=joined, parts=tuple(words[:6]), sex=sex)


def letters_and_masks(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c == MASK)


def _read_han(text: str) -> Name | None:
    joined, sex = _untitled_han(letters_and_masks(_HIDDEN_BY_X.sub(MASK, text)))
    joined = joined[:1] + joined[1:].replace("某", MASK)
    if joined in {"匿名", "匿名用户", "匿名买家", "未知", "无"}:
        return None
    if MASK in joined:
        return _masked(joined, "han", sex)
    return Name(script="han", text=joined, parts=split_han(joined), sounds=sounds_of(joined), sex=sex)
