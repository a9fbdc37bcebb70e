"""The values the parts of a page are drawn from: what a view hands to a tag instead of a querysets' row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tongpin.base.counted import Counted

STEPS = {"gather": "聚", "give": "予", "sell": "售", "share": "传", "insight": "察", "house": "务"}
"""A step's code (as facts carry it) and its glyph."""

GLYPHS = {glyph: code for code, glyph in STEPS.items()}
COLOURED = frozenset({"gather", "give", "sell", "share"})

CHIP_ICONS = {"good": "check", "wait": "clock", "warn": "alert-triangle", "fail": "x"}
CHIP_KINDS = frozenset({"", *CHIP_ICONS, "ink", "out", "na", *COLOURED})


def chip_look(kind: str) -> str:
    """The classes of a chip of this kind."""
    return "chip" if not kind else f"chip {kind}" if kind in COLOURED else f"chip chip-{kind}"


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter above a table: its word, where it leads, how many it shows. `kind` as chip kinds."""

    label: str
    href: str
    count: int | Counted | None = None
    chosen: bool = False
    kind: str = ""

    @property
    def look(self) -> str:
        """Its classes."""
        return chip_look(self.kind)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a wizard. `state` is done, now or later."""

    label: str
    state: Literal["done", "now", "later"]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """One of the hints below an empty page: who, when, what to prepare."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Portion:
    """One part of a bar true to scale. `kind` is a step, good, accent, bad or empty for grey."""

    label: str
    count: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A portion as it is drawn: where it begins and how wide it is, in percent."""

    portion: Portion
    x: str
    width: str


def stretches(portions: Sequence[Portion], *, least: float = 0.6) -> list[Stretch]:
    """Portions laid end to end over 100 %; what is not zero stays visible at `least` percent."""
    total = sum(p.count for p in portions) or 1
    wide = [max(100 * p.count / total, least) if p.count else 0.0 for p in portions]
    scale = 100 / (sum(wide) or 100)
    drawn, x = [], 0.0
    for portion, width in zip(portions, wide, strict=True):
        if width:
            drawn.append(Stretch(portion, f"{x:.2f}%", f"{max(width * scale - 0.2, 0.1):.2f}%"))
        x += width * scale
    return drawn
