"""Codes in words. Each table belongs to a kind of code; a code without words is shown as it is."""

from __future__ import annotations

from tongpin.core.facts.sentences import (
    words_gathering,
    words_giving,
    words_house,
    words_insight,
    words_people,
    words_trade,
)

Words = dict[str, tuple[str, str]]
"""code → (English, Chinese)"""

CODES: dict[str, Words] = {
    **words_people.CODES,
    **words_house.CODES,
    **words_insight.CODES,
    **words_gathering.CODES,
    **words_giving.CODES,
    **words_trade.CODES,
}


def word(table: str, code: str, language: str) -> str:
    """A code in words, or the code itself with spaces."""
    known = CODES.get(table, {}).get(code)
    return code.replace("_", " ") if known is None else known[language == "zh"]
