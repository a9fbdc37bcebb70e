"""What a person gets of sending when they ask for their data: the letters to them and what became of each."""

from __future__ import annotations

from collections.abc import Iterable

from tongpin.core.people.exporting import Section
from tongpin.core.sending.models import Letter


def export_letters(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Letters to this person, oldest first, with what they say as far as it is kept."""
    letters = Letter.objects.filter(person_id__in=person_ids).order_by("queued_at", "pk")
    yield Section(
        "did",
        "letters",
        [
            {
                "at": one.queued_at,
                "channel": one.channel,
                "kind": one.letter_class,
                "state": one.state,
                "subject": one.payload.get("subject") or _card(one).get("title", ""),
                "words": one.payload.get("text") or _card(one).get("text", ""),
            }
            for one in letters
        ],
    )


def _card(letter: Letter) -> dict[str, str]:
    """A letter that is a card alone says everything there."""
    return letter.payload.get("card") or {}
