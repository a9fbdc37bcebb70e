"""Writing down what a community is for."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tongpin.core.facts.positioning import PositioningWritten
from tongpin.core.ledger.actions import record
from tongpin.core.places.hearing import features_of
from tongpin.loop.gather.ground import held_community, paragraph
from tongpin.loop.gather.positioning.models import Positioning
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.positioning.rules import WORDS, Canvas, filled, unknown_codes


class NothingSaid(ValueError):
    """The canvas is empty; write at least what members do together."""


class StrangeCode(ValueError):
    """A kind, tie or motive that is not in the tables; `codes` holds them."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__("choose kinds, tie and motives from the list, each once")
        self.codes = codes


@transaction.atomic
def write_positioning(*, community_id: int, canvas: Canvas, at: datetime, actor: str) -> int:
    """Keeps a new edition of the canvas and returns its number. The same canvas again stays the edition it is.

    A part may be left empty: the launch checklist tells what is still needed. Raises NothingSaid, StrangeCode,
    CommunityUnknown, CommunityClosed.
    """
    if strange := unknown_codes(canvas):
        raise StrangeCode(strange)
    kept = replace(canvas, **_cleaned(canvas))
    if not filled(kept):
        raise NothingSaid("the canvas is empty; write at least what members do together")
    community = held_community(community_id=community_id)
    last = positioning_of(community_id=community_id)
    if last is not None and last.canvas == kept:
        return last.edition
    edition = last.edition + 1 if last else 1
    columns = asdict(kept) | {"kinds": list(kept.kinds), "motives": list(kept.motives)}
    Positioning.objects.create(community=community, edition=edition, written_at=at, written_by=actor[:60], **columns)
    told = PositioningWritten(
        community=community.pk,
        edition=edition,
        community_kinds=kept.kinds,
        tie=kept.tie,
        motives=kept.motives,
        filled=filled(kept),
        tokens=tuple(sorted(features_of("\n".join(getattr(kept, part) for part in WORDS)).tokens)),
    )
    record(told, at=at, actor=actor)
    return edition


def _cleaned(canvas: Canvas) -> dict[str, Any]:
    return {part: paragraph(getattr(canvas, part)) for part in WORDS}
