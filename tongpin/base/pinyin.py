"""Readings of Han characters (拼音), one by one. The dictionary is loaded on first use: most processes never need it."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=16384)
def reading(character: str) -> str:
    """The commonest reading with its tone, such as `lin2`; the character itself where it has none."""
    style, pinyin = _dictionary()
    return str(pinyin(character, style=style, neutral_tone_with_five=True)[0][0])


@cache
def _dictionary() -> tuple[Any, Any]:
    # Phrases cost 40 MB and say nothing about one character alone.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin  # noqa: PLC0415 - loaded on first use, see above

    return Style.TONE3, pinyin


@lru_cache(maxsize=16384)
def syllable(character: str) -> str:
    """The reading without its tone; empty where it has none."""
    told = reading(character)
    return "" if told == character else told.rstrip("12345")
