"""A person's trust (信任) in words: how it stands, and what it rests on, one plain sentence for each sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from tongpin.core.people.assessed import UNKNOWN
from tongpin.core.people.assessing import TRUST, assessment_of

WORDS: dict[str, tuple[str | Promise, str]] = {
    "high": (gettext_lazy("high"), "good"),
    "middling": (gettext_lazy("middling"), ""),
    "low": (gettext_lazy("low"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sign in words: what they did, when last, and how much it counts today."""

    text: str
    good: bool
    weight: float
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TrustSeen:
    """Trust in words. Where `known` is not, there is too little evidence: `have` of `need`."""

    known: bool
    value: float
    word: str
    chip: str
    have: float
    need: float
    sentences: tuple[Sentence, ...]
    as_of: datetime | None


NOTHING = TrustSeen(False, 0.0, "", "na", 0.0, 2.0, (), None)
"""Of whom no measure has found anything yet."""


SAYS: dict[str, Any] = {
    "bought": ngettext_lazy("Paid for %(n)s order and kept it", "Paid for %(n)s orders and kept them", "n"),
    "gave": ngettext_lazy("Gave something of value in %(n)s week", "Gave something of value in %(n)s weeks", "n"),
    "led": ngettext_lazy("Led %(n)s talk or gathering", "Led %(n)s talks or gatherings", "n"),
    "helped": ngettext_lazy(
        "Helped with %(n)s thing on the programme", "Helped with %(n)s things on the programme", "n"
    ),
    "contributed": ngettext_lazy("Gave to %(n)s digest or piece", "Gave to %(n)s digests or pieces", "n"),
    "answer_accepted": ngettext_lazy(
        "Gave %(n)s answer that was accepted", "Gave %(n)s answers that were accepted", "n"
    ),
    "heard_talk": ngettext_lazy("Heard %(n)s talk", "Heard %(n)s talks", "n"),
    "asked": ngettext_lazy("Asked %(n)s question", "Asked %(n)s questions", "n"),
    "came": ngettext_lazy("Came to %(n)s gathering", "Came to %(n)s gatherings", "n"),
    "voted": ngettext_lazy("Voted %(n)s time", "Voted %(n)s times", "n"),
    "reviewed_well": ngettext_lazy("Wrote %(n)s good review", "Wrote %(n)s good reviews", "n"),
    "recommends": ngettext_lazy(
        "Would recommend us, said in %(n)s survey", "Would recommend us, said in %(n)s surveys", "n"
    ),
    "brought": ngettext_lazy(
        "Brought %(n)s person who stayed or bought", "Brought %(n)s people who stayed or bought", "n"
    ),
    "thanked": ngettext_lazy("Was thanked by others in %(n)s week", "Was thanked by others in %(n)s weeks", "n"),
    "witnessed": ngettext_lazy("A teammate noted %(n)s sign of trust", "A teammate noted %(n)s signs of trust", "n"),
    "complained": ngettext_lazy(
        "%(n)s complaint is not settled to their liking", "%(n)s complaints are not settled to their liking", "n"
    ),
    "returned": ngettext_lazy("Sent %(n)s order back for its quality", "Sent %(n)s orders back for their quality", "n"),
    "reviewed_badly": ngettext_lazy("Wrote %(n)s bad review", "Wrote %(n)s bad reviews", "n"),
    "advises_against": ngettext_lazy(
        "Would not recommend us, said in %(n)s survey", "Would not recommend us, said in %(n)s surveys", "n"
    ),
    "muted": ngettext_lazy(
        "Was silenced or put out %(n)s time for breaking a rule",
        "Was silenced or put out %(n)s times for breaking a rule",
        "n",
    ),
    "shut_out": ngettext_lazy(
        "Does not want to hear from us on %(n)s channel", "Does not want to hear from us on %(n)s channels", "n"
    ),
    "witnessed_against": ngettext_lazy(
        "A teammate noted %(n)s sign of distrust", "A teammate noted %(n)s signs of distrust", "n"
    ),
}
"""What each sign says of a person; the same signs as the measure's."""


def trust_of(person_id: int) -> TrustSeen:
    """How a person's trust stands, in words. One query."""
    standing = assessment_of(person_id=person_id, kind=TRUST)
    if standing is None:
        return NOTHING
    found = standing.found
    known = found.word != UNKNOWN and found.value is not None
    word, chip = WORDS.get(found.word, ("", "na"))
    sentences = tuple(
        Sentence(str(SAYS[one.sign] % {"n": one.count}), one.good, one.weight, one.last_at)
        for one in found.evidence
        if one.sign in SAYS
    )
    return TrustSeen(
        known, found.value or 0.0, str(word), chip, found.effective, found.needed, sentences, standing.as_of
    )
