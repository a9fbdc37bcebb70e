"""The small language in which sentences about facts are written.

`{field}` puts in a value, `{field:hint}` puts it in as the hint says, `[…]` is left out where a value in it is unset,
`[?field:…]` stands only where the field is true or set, `[!field:…]` only where it is not.

A field that is an id becomes a reference, so that a page can link it. Hints: `fen` money, `n` a number (`n one|many`
with its English noun), `pct` a share, `bp` basis points, `x` one decimal, `signed` with its sign, `span` seconds,
`minutes`, `bytes`, `raw` a code as it is; any other hint names the table of `codes.py` that words the code, and without
a hint the table is called like the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from tongpin.base.money import Money
from tongpin.core.facts.sentences.codes import word

Language = Literal["en", "zh"]

_FLAGGED_START = re.compile(r"\[[?!]\w+:")
NOT_NOUNS = frozenset({"", "fen", "code", "day", "time", "share", "basis points"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a fact says, in two languages.

    It goes on after the name of the entry's person, unless the English begins with a capital letter or a value: then
    both languages stand alone.
    """

    en: str
    zh: str

    @property
    def stands_alone(self) -> bool:
        """True where no name is put before it."""
        return not _FLAGGED_START.sub("", self.en)[0].islower()


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Something with a page or a name: the reader of the sentence puts its title here."""

    noun: str
    id: int


@dataclass(frozen=True, slots=True)
class When:
    """A moment, to be written in the merchant's zone."""

    at: datetime


Part = Text | Ref | When


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template where a value goes."""

    field: str
    hint: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template. `condition` is "" (always), "values" (all set), "if" or "unless" (`flag`)."""

    parts: tuple[str | Slot, ...]
    condition: Literal["", "values", "if", "unless"] = ""
    flag: str = ""


_NO_SPACE = re.compile(r"(?<=[\u4e00-\u9fff」）：，]) (?=[\u4e00-\u9fff])|(?<=[」）：，]) ")
"""No space between two Han characters, nor after a fullwidth mark."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FLAG = re.compile(r"([?!])(\w+):(.*)", re.DOTALL)
_SLOT = re.compile(r"\{(\w+)(?::([^{}]+))?\}")


@lru_cache(maxsize=2048)
def parse(template: str) -> tuple[Piece, ...]:
    """A template taken apart. Raises ValueError for stray brackets."""
    pieces: list[Piece] = []
    for index, stretch in enumerate(_OPTIONAL.split(template)):
        if index % 2 == 0:
            if stretch:
                pieces.append(Piece(_slots(stretch)))
        elif flagged := _FLAG.fullmatch(stretch):
            sign, flag, rest = flagged.groups()
            pieces.append(Piece(_slots(rest), "if" if sign == "?" else "unless", flag))
        else:
            pieces.append(Piece(_slots(stretch), "values"))
    return tuple(pieces)


def _slots(stretch: str) -> tuple[str | Slot, ...]:
    parts: list[str | Slot] = []
    end = 0
    for found in _SLOT.finditer(stretch):
        parts += [stretch[end : found.start()], Slot(found[1], found[2] or "")]
        end = found.end()
    parts.append(stretch[end:])
    if any(isinstance(part, str) and set(part) & set("[]{}") for part in parts):
        raise ValueError(f"stray bracket in {stretch!r}")
    return tuple(part for part in parts if part)


def render(template: str, values: dict[str, Any], meanings: dict[str, str], *, language: Language) -> list[Part]:
    """The parts of a sentence. `values` holds every field of the fact, defaults too; `meanings` what each field is."""
    parts: list[Part] = []
    for piece in parse(template):
        if _stands(piece, values):
            for part in piece.parts:
                parts.append(Text(part) if isinstance(part, str) else put(part, values, meanings, language=language))
    joined = _joined(parts)
    if language == "zh":
        return [Text(_NO_SPACE.sub("", part.text)) if isinstance(part, Text) else part for part in joined]
    return joined


def _stands(piece: Piece, values: dict[str, Any]) -> bool:
    if piece.condition == "if":
        return bool(values[piece.flag])
    if piece.condition == "unless":
        return not values[piece.flag]
    return not piece.condition or all(values[part.field] for part in piece.parts if isinstance(part, Slot))


def put(slot: Slot, values: dict[str, Any], meanings: dict[str, str], *, language: Language) -> Part:
    """One value, worded."""
    value, meaning = values[slot.field], meanings[slot.field]
    if meaning == "about":
        return Ref(str(values[f"{slot.field}_kind"]), int(value or 0))
    if meaning not in NOT_NOUNS:
        return Ref(meaning, int(value or 0))
    if meaning == "time" and value:
        return When(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return Text(_worded(slot, value, meaning, values, language))


def _worded(slot: Slot, value: Any, meaning: str, values: dict[str, Any], language: Language) -> str:
    if value is None or value == "":
        return "—"
    if slot.hint == "fen":
        return _money(int(value), str(values.get("currency", "CNY")))
    if slot.hint in _NUMBERS:
        return _NUMBERS[slot.hint](value, language)
    if slot.hint.startswith("n "):
        one, _, many = slot.hint[2:].partition("|")
        return (
            f"{_count(value, language)} {one if value == 1 else many}" if language == "en" else _count(value, language)
        )
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(word(slot.hint or slot.field, str(v), language) for v in value)
    if isinstance(value, str) and meaning == "code" and slot.hint != "raw":
        return word(slot.hint or slot.field, value, language)
    return str(value)


def _money(fen: int, currency: str) -> str:
    return str(Money(fen)) if currency == "CNY" else f"{currency} {Money(fen)}".replace("¥", "")


def _count(value: Any, language: Language) -> str:
    if language == "zh" and abs(value) >= 10_000:
        unit, size = ("亿", 10**8) if abs(value) >= 10**8 else ("万", 10**4)
        return f"{value / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{value:,}"


def _span(seconds: Any, language: Language) -> str:
    if seconds < 60:
        return f"{seconds:.0f} 秒" if language == "zh" else f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} 分钟" if language == "zh" else f"{seconds / 60:.0f} min"
    hours = f"{seconds / 3600:.1f}".removesuffix(".0")
    return f"{hours} 小时" if language == "zh" else f"{hours} h"


def _bytes(size: Any, language: Language) -> str:
    return f"{size / 1e6:.1f} MB"


_NUMBERS = {
    "n": _count,
    "pct": lambda value, language: f"{value * 100:.0f}%",
    "bp": lambda value, language: f"{value / 100:g}%",
    "x": lambda value, language: f"{value:.1f}".removesuffix(".0"),
    "signed": lambda value, language: f"{value:+d}".replace("-", "−"),
    "span": _span,
    "minutes": lambda value, language: _span(value * 60, language),
    "bytes": _bytes,
}
HINTS = frozenset({*_NUMBERS, "fen", "raw"})


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + part.text)
        elif not (isinstance(part, Text) and not part.text):
            joined.append(part)
    return joined
