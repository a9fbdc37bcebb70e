"""What a poster says."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tongpin.base.text import clean

LIMITS = {"place": 24, "together": 40, "name": 16, "sentence": 48, "call": 14, "leads_to": 60, "address": 300}
"""Characters that fit where a line stands."""

NEEDED = ("place", "together", "name", "call", "leads_to", "address")


@dataclass(frozen=True, slots=True)
class Words:
    """What a poster says. `place`: the community; `together`: the one thing done together; `name`, `sentence`: the
    person's own; `call`: what to do with the code (长按认码，看看我们); `leads_to`: what comes then; `address`: the link."""

    place: str
    together: str
    name: str
    sentence: str
    call: str
    leads_to: str
    address: str


def tidy(words: Words) -> Words:
    """Without control marks and needless spaces. Nothing is cut off: what is too long is refused by `wrong_with`."""
    return Words(**{one.name: clean(getattr(words, one.name), limit=10_000) for one in fields(words)})


def wrong_with(words: Words) -> str | None:
    """Which field cannot stand on a poster and why (name_missing, sentence_too_long…), or None."""
    for name in NEEDED:
        if not getattr(words, name):
            return f"{name}_missing"
    return next((f"{name}_too_long" for name, most in LIMITS.items() if len(getattr(words, name)) > most), None)
