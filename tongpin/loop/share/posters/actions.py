"""Posters drawn for people."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import transaction

from tongpin.base.ids import digest
from tongpin.core.facts.posters import PosterDrawn
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.loop.share.posters.fonts import chinese_font
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.posters.rules.words import Words, tidy, wrong_with
from tongpin.loop.share.referrals.queries import link_by_code

LAYOUT = "tall"


class BadPoster(ValueError):
    """These words cannot stand on a poster; `reason` is a code: name_missing, sentence_too_long…"""

    def __init__(self, reason: str) -> None:
        super().__init__("a line of the poster is missing or too long")
        self.reason = reason


class NotTheirLink(LookupError):
    """This link is not this person's own: a poster carries nobody else's."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A poster's number and its picture, a PNG of 750 × 1334."""

    id: int
    png: bytes


def draw_poster(*, person_id: int, code_id: int, words: Words, at: datetime, actor: str) -> Drawn:
    """Draws a person's own link with their own words. The same words again are the same poster, told once.

    Raises BadPoster, NotTheirLink, FontMissing, PersonUnknown, PersonIsErased.
    """
    said = tidy(words)
    if reason := wrong_with(said):
        raise BadPoster(reason)
    font = chinese_font()
    number = _noted(person_id, code_id, said, at=at, actor=actor)
    from tongpin.loop.share.posters.rules.drawing import draw  # noqa: PLC0415 - Pillow: only who draws pays for it

    # Drawn after the row's transaction: a tenth of a second of drawing holds nobody up.
    return Drawn(number, draw(said, font=font.path, face=font.face))


@transaction.atomic
def _noted(person_id: int, code_id: int, words: Words, *, at: datetime, actor: str) -> int:
    root = present(person_id=person_id).pk
    link = link_by_code(code_id=code_id)
    if link is None or link.person_id not in members_of(root=root):
        raise NotTheirLink("make the person a link of their own first")
    row, is_new = Poster.objects.get_or_create(
        person_id=person_id,
        code_id=code_id,
        content=digest("poster", *astuple(words)),
        defaults={"name": words.name, "sentence": words.sentence, "drawn_at": at},
    )
    if is_new:
        record(PosterDrawn(poster=row.pk, tracked_code=code_id, layout=LAYOUT), at=at, person_id=person_id, actor=actor)
    return row.pk
