"""What a person put on their posters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongpin.core.people.roots import records_of
from tongpin.loop.share.posters.models import Poster


@dataclass(frozen=True, slots=True)
class PosterSeen:
    """A poster that was drawn: the name and the sentence its person chose."""

    id: int
    code_id: int
    name: str
    sentence: str
    drawn_at: datetime


def last_poster(*, person_id: int, code_id: int) -> PosterSeen | None:
    """The words a person used last with a link, to begin the next poster with. Two queries."""
    people = records_of(person_id=person_id)
    row = Poster.objects.filter(person_id__in=people, code=code_id).order_by("-pk").first()
    return PosterSeen(row.pk, row.code_id, row.name, row.sentence, row.drawn_at) if row else None
