"""What a fact says to people, for timelines and Today: plain data in English and Chinese, one module per room."""

from __future__ import annotations

from typing import Any

from tongpin.core.facts.lake import own
from tongpin.core.facts.sentences import doing, gather, give, house, meeting, people, plays, sell, share
from tongpin.core.facts.sentences.grammar import Language, Part, Ref, Sentence, Text, When, render

__all__ = ["SENTENCES", "Language", "Part", "Ref", "Sentence", "Text", "When", "sentence"]

SENTENCES: dict[str, Sentence] = {
    **people.SENTENCES,
    **house.SENTENCES,
    **gather.SENTENCES,
    **give.SENTENCES,
    **doing.SENTENCES,
    **meeting.SENTENCES,
    **sell.SENTENCES,
    **plays.SENTENCES,
    **share.SENTENCES,
}


def sentence(kind: str, body: dict[str, Any], *, language: Language) -> list[Part]:
    """A fact in words, without the name of its person. `body` is of today's version (see `upcasters`).

    A kind this software does not know is said by its bare name.
    """
    if kind not in SENTENCES:
        return [Text(kind)]
    said = SENTENCES[kind]
    values = {column.name: body.get(column.name, column.default) for column in own(kind)}
    meanings = {column.name: column.meaning for column in own(kind)}
    return render(said.en if language == "en" else said.zh, values, meanings, language=language)
