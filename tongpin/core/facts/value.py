"""Said by judgement (贡献): which contributions had value, and who gave more than a message."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Share, fact
from tongpin.core.facts.nouns import About, CommunityId, StaffId


@fact("value.judged", key=("about_kind", "about", "formula"), step="insight", lane="bulk", subject="about", quiet=True)
class ValueJudged(Fact):
    """The quality of a contribution, frozen 72 hours after it was made (价值分). The entry's person made it.

    `quality` = gate · weighted mean of the signals the channel can deliver (`signals`); `formula` names its edition.
    """

    about_kind: Code
    about: About
    formula: int
    quality: Share
    community: CommunityId = 0
    gate: bool = True
    substance: Share | None = None
    response: Share | None = None
    acknowledgement: Share | None = None
    kept: bool = False
    novelty: Share | None = None
    signals: tuple[Code, ...] = ()
    by_staff: bool = False


@fact("value.given", key=("person", "about_kind", "about", "part", "staff"), step="give", subject="person")
class ValueGiven(Fact):
    """Somebody gave the community more than a message (贡献): led or helped a topic, talk, gathering; wrote a piece.

    `part` is led, helped or contributed. Who led an item of the programme, teammate or member, is read from here.
    """

    about_kind: Code
    about: About
    part: Code
    community: CommunityId = 0
    staff: StaffId = 0
    minutes: int = 0
